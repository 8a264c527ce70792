"""Signing in, with a second step where one is set up, signing out, and changing workspace."""

from uuid import UUID

from drawbar.identity import attempt_store, second_factor, session_store, store
from drawbar.identity.attempt_store import Attempt
from drawbar.identity.letters import Letterhead
from drawbar.identity.model import (
    HALF_SESSION_LIFE,
    SESSION_LIFE,
    Person,
    SignedIn,
    Token,
    Visit,
)
from drawbar.identity.passwords import matches
from drawbar.identity.throttle import CODE, CODES, LOG_IN, allow, allow_log_in
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import Database, System
from drawbar.kit.errors import not_found

LONGEST_EMAIL = 320
LONGEST_AGENT = 300
MOST_CODES = 5
"""Wrong codes until the password is asked again."""


class LogInRefused(Exception):  # noqa: N818 - says what was done
    """Address and password do not fit; never says which of the two."""


class CodeOwed(Exception):  # noqa: N818 - says a state
    """The password fits, but the person also has a second factor; `half` opens that step only."""

    def __init__(self, half: Token) -> None:
        super().__init__()
        self.half = half


class PasswordAskedAgain(Exception):  # noqa: N818 - says a state
    """The second step ended: too late, or too many wrong codes."""


async def sign_in(database: Database, email: str, password: str, visit: Visit) -> Token:
    """Check the password and return a fresh session's token; the browser's former one ends.

    Raises LogInRefused, TooOften, or CodeOwed when a code is still to be given.
    """
    known = await check_password(database, email, password, visit)
    if known.has_second_factor:
        # Raised after the commit: an exception inside would take the half session back.
        async with database.as_system("begin the second step") as tx:
            half = await _begin_second_step(tx, known.id)
        raise CodeOwed(half)
    async with database.as_system("begin a session") as tx:
        workspace_id = await session_store.workspace_to_enter(tx, known.id)
        if workspace_id is None:
            raise LogInRefused
        return await open_session(tx, known.id, workspace_id, visit)


async def check_password(database: Database, email: str, password: str, visit: Visit) -> Person:
    """Return the person whose address and password these are; raise LogInRefused or TooOften.

    An attempt counts as wrong before the password is looked at, so that many at once are not
    better off.
    """
    address = email.strip().replace("\0", "")[:LONGEST_EMAIL]
    attempt = Attempt(LOG_IN, address, visit.network)
    async with database.as_system("count a log-in and read the password's hash") as tx:
        person = await store.person_by_email(tx, address)
        await allow_log_in(tx, attempt, person.id if person else None)
    known = person if person and person.disabled_at is None else None
    fits = await matches(known.password_hash if known else None, password)
    if known is None or not fits:
        raise LogInRefused
    async with database.as_system("count the right password no more") as tx:
        await attempt_store.forget(tx, attempt)
    return known


async def give_code(
    database: Database, head: Letterhead, half: str, code: str, visit: Visit
) -> Token:
    """Finish signing in with a code of the second factor, or one for recovery.

    Raises second_factor.CodeRefused, PasswordAskedAgain or TooOften.
    """
    async with database.as_system("count a code") as tx:
        user_id = await session_store.count_code(tx, fingerprint(half), MOST_CODES)
        if user_id is None:
            raise PasswordAskedAgain
        await allow(tx, Attempt(CODE, str(user_id), visit.network), CODES)
    async with database.as_system("check a code and begin a session") as tx:
        await second_factor.check_code(tx, head, user_id, code)
        workspace_id = await session_store.workspace_to_enter(tx, user_id)
        if workspace_id is None:
            raise PasswordAskedAgain
        await attempt_store.forget(tx, Attempt(CODE, str(user_id), visit.network))
        await session_store.end_half_session(tx, fingerprint(half))
        return await open_session(tx, user_id, workspace_id, visit)


async def second_step_lives(database: Database, half: str) -> bool:
    """Whether a code may still be given."""
    async with database.as_system("does this second step live") as tx:
        return await session_store.half_session_lives(tx, fingerprint(half), MOST_CODES)


async def open_session(tx: System, user_id: UUID, workspace_id: UUID, visit: Visit) -> Token:
    """Begin a session under a token nobody has seen before; the browser's former one ends."""
    if visit.former:
        await session_store.end_session(tx, fingerprint(visit.former))
    token = Token(text=new_secret(), expires_at=tx.now + SESSION_LIFE)
    shown = visit.agent.replace("\0", "")[:LONGEST_AGENT]
    await session_store.add_session(
        tx,
        fingerprint(token.text),
        user_id,
        workspace_id,
        token.expires_at,
        shown,
        visit.address,
    )
    return token


async def sign_out(database: Database, token: str) -> None:
    """End a session; nothing happens to one that ended already."""
    async with database.as_system("end a session") as tx:
        await session_store.end_session(tx, fingerprint(token))


async def go_to_workspace(
    database: Database, person: SignedIn, token: str, workspace_id: UUID
) -> None:
    """Let the session go on in another of the person's workspaces; raise 404 for any other."""
    if workspace_id not in {one.workspace_id for one in person.memberships}:
        raise not_found("workspace")
    async with database.as_system("move a session to another workspace") as tx:
        await session_store.move_session(tx, fingerprint(token), workspace_id)


async def _begin_second_step(tx: System, user_id: UUID) -> Token:
    half = Token(text=new_secret(), expires_at=tx.now + HALF_SESSION_LIFE)
    await session_store.add_half_session(tx, fingerprint(half.text), user_id, half.expires_at)
    return half
