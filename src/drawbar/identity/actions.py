"""Signing in and out, and going to another workspace."""

import math
from datetime import datetime
from uuid import UUID

from drawbar.identity import login_store, store
from drawbar.identity.model import (
    FAILURE_WINDOW,
    MOST_FAILURES,
    SESSION_LIFE,
    SignedIn,
    Token,
)
from drawbar.identity.passwords import matches
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import Database, System
from drawbar.kit.errors import not_found

LONGEST_EMAIL = 320
LONGEST_AGENT = 300


class LogInRefused(Exception):  # noqa: N818 - says what was done
    """Address and password do not fit; never says which of the two."""


class LogInPaused(Exception):  # noqa: N818 - says a state
    """Too many wrong passwords for this address; `minutes` until the next try."""

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes)
        self.minutes = minutes


async def sign_in(
    database: Database, email: str, password: str, *, agent: str = "", former: str = ""
) -> Token:
    """Check the password and return a fresh session's token; the browser's `former` one ends.

    Raises LogInRefused, or LogInPaused after `MOST_FAILURES` wrong passwords. An attempt counts
    as wrong before the password is looked at, so that many at once are not better off.
    """
    address = email.strip().replace("\0", "")[:LONGEST_EMAIL]
    async with database.as_system("count a log-in and read the password's hash") as tx:
        await login_store.hold_attempts(tx, address)
        failures = await login_store.recent_failures(tx, address)
        paused = _pause(failures, tx.now)
        if paused:
            raise LogInPaused(paused)
        await login_store.note_failure(tx, address)
        person = await store.person_by_email(tx, address)
    known = person if person and person.disabled_at is None else None
    fits = await matches(known.password_hash if known else None, password)
    if known is None or not fits:
        raise LogInRefused
    async with database.as_system("begin a session") as tx:
        await login_store.forget_failures(tx, address)
        workspace_id = await login_store.workspace_to_enter(tx, known.id)
        if workspace_id is None:
            raise LogInRefused
        if former:
            await store.end_session(tx, fingerprint(former))
        return await open_session(tx, known.id, workspace_id, agent)


async def open_session(tx: System, user_id: UUID, workspace_id: UUID, agent: str) -> Token:
    """Begin a session and return its token."""
    token = Token(text=new_secret(), expires_at=tx.now + SESSION_LIFE)
    shown = agent.replace("\0", "")[:LONGEST_AGENT]
    await store.add_session(
        tx, fingerprint(token.text), user_id, workspace_id, token.expires_at, shown
    )
    return token


async def sign_out(database: Database, token: str) -> None:
    """End a session; nothing happens to one that ended already."""
    async with database.as_system("end a session") as tx:
        await store.end_session(tx, fingerprint(token))


async def go_to_workspace(
    database: Database, person: SignedIn, token: str, workspace_id: UUID
) -> None:
    """Let the session go on in another of the person's workspaces; raise 404 for any other."""
    if workspace_id not in {one.workspace_id for one in person.memberships}:
        raise not_found("workspace")
    async with database.as_system("move a session to another workspace") as tx:
        await store.move_session(tx, fingerprint(token), workspace_id)


def _pause(failures: list[datetime], now: datetime) -> int:
    """Return the minutes, rounded up, until the oldest of the failures no longer counts."""
    if len(failures) < MOST_FAILURES:
        return 0
    left = failures[-1] + FAILURE_WINDOW - now
    return max(1, math.ceil(left.total_seconds() / 60))
