"""The second factor: set up, asked, replaced by a recovery code, switched off.

The secret is sealed by the vault and never leaves it but to the app; recovery codes are stored as
prints. A code is accepted once (RFC 6238 §5.2).
"""

import base64
import secrets
from datetime import timedelta
from uuid import UUID

import msgspec

from drawbar.identity import attempt_store, second_factor_store, session_store, store
from drawbar.identity.attempt_store import Attempt
from drawbar.identity.letters import Letterhead, recovery_code_used, second_factor_changed
from drawbar.identity.model import SignedIn
from drawbar.identity.personal import check_own_password, tell_workspaces
from drawbar.identity.throttle import CODE, CODES, allow
from drawbar.identity.totp import address_for_apps, new_totp_secret, step_of, typed
from drawbar.kit import json
from drawbar.kit.crypto import SealError, Vault, fingerprint
from drawbar.kit.db import Database, System
from drawbar.kit.errors import conflict, invalid, invalid_request
from drawbar.kit.mail import Letter
from drawbar.kit.sealed import SealedColumn

RECOVERY_CODES = 10
RECOVERY_BYTES = 10
GROUP = 4
SET_UP_LIFE = timedelta(hours=1)
SEALED = (
    SealedColumn(
        "second_factors", "sealed_secret", ("user_id",), lambda row: context_of(row["user_id"])
    ),
)


class CodeRefused(Exception):  # noqa: N818 - says what was done
    """The code does not fit, or was used before."""


class Offer(msgspec.Struct, frozen=True):
    """A secret to share with an app; nothing is stored before a code of it comes back."""

    address: str
    typed: str
    sealed: str

    def __repr__(self) -> str:
        return "Offer()"


class _Sealed(msgspec.Struct, frozen=True):
    secret: bytes
    ends_at: float


async def offer(database: Database, vault: Vault, person: SignedIn) -> Offer | None:
    """Return a fresh secret, for the app and, sealed, for the form that brings the code.

    Returns None when a second factor is set up already.
    """
    async with database.as_system("has this person a second factor") as tx:
        if (await store.person(tx, person.user_id)).has_second_factor:
            return None
        ends_at = tx.now + SET_UP_LIFE
    secret = new_totp_secret()
    sealed = vault.seal(
        json.encode(_Sealed(secret, ends_at.timestamp())),
        context=_offered(person.user_id),
    )
    return Offer(
        address_for_apps(secret, person.email), typed(secret), base64.b64encode(sealed).decode()
    )


async def offered_again(database: Database, vault: Vault, person: SignedIn, sealed: str) -> Offer:
    """Return the same offer for a form that is shown again; raise 400 when it has ended."""
    async with database.as_system("whether a set-up has ended") as tx:
        secret = _opened(vault, person.user_id, sealed, tx.now.timestamp())
    return Offer(address_for_apps(secret, person.email), typed(secret), sealed)


async def switch_on(
    database: Database, head: Letterhead, person: SignedIn, sealed: str, password: str, code: str
) -> list[str]:
    """Ask for a code at every sign-in from now on; return the recovery codes, shown this once.

    Raises 422 for a password or code that does not fit, 409 when a second factor is set up
    already, 400 for an offer that has ended, TooOften.
    """
    await check_own_password(database, person, password)
    async with database.as_system("switch a second factor on") as tx:
        secret = _opened(head.vault, person.user_id, sealed, tx.now.timestamp())
        step = step_of(secret, _digits(code), tx.now)
        if step is None:
            raise invalid("code", "This is not the app's code. Check that its clock is right.")
        kept = head.vault.seal(secret, context=context_of(person.user_id))
        if not await second_factor_store.add(tx, person.user_id, kept, step):
            raise conflict("A second factor is set up already. Switch it off first.")
        codes = await _new_recovery_codes(tx, person.user_id)
        await session_store.end_half_sessions(tx, person.user_id)
        await tell_workspaces(tx, person.user_id, person.name, "member.second_factor_on")
        await head.send(tx, _changed(head, person, on=True))
    return codes


async def switch_off(
    database: Database, head: Letterhead, person: SignedIn, password: str, code: str
) -> None:
    """Ask for no code any more; raises 422 for a password or code that does not fit, TooOften."""
    await check_own_password(database, person, password)
    await _check_own_code(database, head, person, code)
    async with database.as_system("switch a second factor off") as tx:
        await second_factor_store.remove(tx, person.user_id)
        await tell_workspaces(tx, person.user_id, person.name, "member.second_factor_off")
        await head.send(tx, _changed(head, person, on=False))


async def renew_recovery_codes(
    database: Database, head: Letterhead, person: SignedIn, password: str, code: str
) -> list[str]:
    """Replace the recovery codes; raises 422 for a password or code that does not fit, TooOften."""
    await check_own_password(database, person, password)
    await _check_own_code(database, head, person, code)
    async with database.as_system("replace recovery codes") as tx:
        codes = await _new_recovery_codes(tx, person.user_id)
        await tell_workspaces(tx, person.user_id, person.name, "member.recovery_codes_renewed")
    return codes


async def check_code(tx: System, head: Letterhead, user_id: UUID, code: str) -> None:
    """Use up a code of the app, or a recovery code; raise CodeRefused for any other.

    The caller has counted the attempt.
    """
    sealed = await second_factor_store.sealed_secret(tx, user_id)
    if sealed is None:
        raise CodeRefused
    secret = head.vault.open(sealed, context=context_of(user_id))
    step = step_of(secret, _digits(code), tx.now)
    if step is not None and await second_factor_store.use_step(tx, user_id, step):
        return
    if not await second_factor_store.use_recovery_code(tx, user_id, _print_of(code)):
        raise CodeRefused
    person = await store.person(tx, user_id)
    left = await second_factor_store.recovery_codes_left(tx, user_id)
    letter = recovery_code_used(person.email, person.locale, head.address, left)
    await head.send(tx, letter)
    await tell_workspaces(tx, user_id, person.name, "member.recovery_code_used")


def context_of(user_id: UUID) -> bytes:
    """Return what a second factor's seal is bound to."""
    return b"second factor:" + user_id.bytes


async def _check_own_code(
    database: Database, head: Letterhead, person: SignedIn, code: str
) -> None:
    attempt = Attempt(CODE, str(person.user_id), "")
    async with database.as_system("count a code") as tx:
        await allow(tx, attempt, CODES)
    try:
        async with database.as_system("check a code") as tx:
            await check_code(tx, head, person.user_id, code)
            await attempt_store.forget(tx, attempt)
    except CodeRefused as error:
        raise invalid("code", "This code does not fit, or was used before.") from error


async def _new_recovery_codes(tx: System, user_id: UUID) -> list[str]:
    codes = [_new_recovery_code() for _ in range(RECOVERY_CODES)]
    await second_factor_store.replace_recovery_codes(tx, user_id, map(_print_of, codes))
    return codes


def _new_recovery_code() -> str:
    text = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def _print_of(code: str) -> bytes:
    """Return what a recovery code is stored as, however it was typed."""
    return fingerprint("".join(letter for letter in code.lower() if letter.isalnum()))


def _changed(head: Letterhead, person: SignedIn, *, on: bool) -> Letter:
    return second_factor_changed(person.email, person.locale, head.address, on=on)


def _digits(code: str) -> str:
    return "".join(code.split())


def _opened(vault: Vault, user_id: UUID, sealed: str, now: float) -> bytes:
    ended = invalid_request("This set-up has ended. Begin again.", "sealed")
    try:
        body = vault.open(base64.b64decode(sealed, validate=True), context=_offered(user_id))
    except (SealError, ValueError) as error:
        raise ended from error
    offered = json.decode(body, _Sealed)
    if offered.ends_at < now:
        raise ended
    return offered.secret


def _offered(user_id: UUID) -> bytes:
    return b"second factor to set up:" + user_id.bytes
