"""What the worker does for accounts: letters to addresses nobody vouched for, and tidying up.

Whether an address has an account must not be seen from outside, not even by how long an answer
takes. So the page only queues a job, whatever the address, and the worker finds out.
"""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from drawbar.identity import attempt_store, letters, session_store, store, token_store
from drawbar.identity.attempt_store import Attempt
from drawbar.identity.letters import Letterhead
from drawbar.identity.link_store import Link
from drawbar.identity.links import make_link
from drawbar.identity.model import CONFIRM_LIFE, RESET_LIFE, Visit
from drawbar.identity.throttle import LETTER, LETTERS, allow
from drawbar.kit import json
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.jobs import Handler, Recurring, enqueue
from drawbar.kit.settings import Settings

RESET_JOB = "identity.reset_wanted"
SIGN_UP_JOB = "identity.sign_up_wanted"
KEPT = timedelta(days=30)
"""How long an ended token is kept, for whoever looks into what happened."""


class LetterWanted(msgspec.Struct, frozen=True):
    """Somebody at a page wants a letter to this address, in this language."""

    email: str
    locale: str


async def want_letter(database: Database, job: str, wanted: LetterWanted, visit: Visit) -> None:
    """Queue a letter that anybody may ask for; raise TooOften for too many."""
    async with database.as_system("queue a letter somebody asks for") as tx:
        await allow(tx, Attempt(LETTER, wanted.email, visit.network), LETTERS)
        await enqueue(tx, job, wanted)


def handlers(database: Database, vault: Vault, settings: Settings) -> Mapping[str, Handler]:
    """Return the handlers of accounts by job name."""
    head = Letterhead(vault, settings.address)

    async def reset(payload: bytes) -> None:
        await send_reset(database, head, json.decode(payload, LetterWanted))

    async def sign_up(payload: bytes) -> None:
        await send_sign_up(database, head, json.decode(payload, LetterWanted))

    return {RESET_JOB: reset, SIGN_UP_JOB: sign_up}


def schedules(database: Database) -> list[Recurring]:
    """Return what is done by the clock: forget what ended."""

    async def tidy() -> None:
        async with database.as_system("forget ended sessions and old attempts") as tx:
            await session_store.forget_ended(tx)
            await attempt_store.forget_old(tx)

    async def forget() -> None:
        await forget_tokens(database)

    return [
        Recurring("identity.tidy", "43 * * * *", tidy),
        Recurring("identity.forget_tokens", "41 3 * * *", forget),
    ]


async def forget_tokens(database: Database) -> None:
    """Delete codes and tokens that ended more than `KEPT` ago, of all workspaces."""
    async with database.as_system("forget tokens that ended long ago") as tx:
        await token_store.forget(tx, before=tx.now - KEPT)


async def send_reset(database: Database, head: Letterhead, wanted: LetterWanted) -> None:
    """Write to the account's own address how to choose a new password; to nobody without one."""
    async with database.as_system("send a link that resets a password") as tx:
        person = await store.person_by_email(tx, wanted.email)
        if person is None or person.disabled_at is not None:
            return
        token = await make_link(tx, Link("reset", person.id, person.email), RESET_LIFE)
        link = f"{head.address}/reset/{token}"
        locale = person.locale or wanted.locale
        await head.send(tx, letters.reset(person.email, locale, link))


async def send_sign_up(database: Database, head: Letterhead, wanted: LetterWanted) -> None:
    """Write how to go on, or, to somebody with an account, that they have one."""
    async with database.as_system("send a link that signs up") as tx:
        person = await store.person_by_email(tx, wanted.email)
        if person is not None:
            locale = person.locale or wanted.locale
            await head.send(tx, letters.known_already(person.email, locale, head.address))
            return
        token = await make_link(tx, Link("sign_up", None, wanted.email), CONFIRM_LIFE)
        link = f"{head.address}/sign-up/{token}"
        await head.send(tx, letters.sign_up(wanted.email, wanted.locale, link))
