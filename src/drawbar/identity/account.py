"""What a person changes in their own account."""

from uuid import UUID
from zoneinfo import available_timezones

from drawbar.identity import account_store, attempt_store, letters, link_store, session_store, store
from drawbar.identity.attempt_store import Attempt
from drawbar.identity.letters import Letterhead
from drawbar.identity.link_store import Link
from drawbar.identity.links import LinkDead, live_link, make_link, use_link
from drawbar.identity.model import CONFIRM_LIFE, Person, SignedIn, Visit
from drawbar.identity.passwords import hash_password
from drawbar.identity.people import is_email, is_name
from drawbar.identity.personal import check_own_password, tell_workspaces
from drawbar.identity.throttle import ACCOUNT, LETTER, LETTERS, allow
from drawbar.kit.db import Database, System
from drawbar.kit.errors import FieldError, conflict, invalid, invalid_fields, not_found
from drawbar.ui.reader import LOCALES


async def change_profile(
    database: Database, person: SignedIn, name: str, locale: str, time_zone: str
) -> None:
    """Store name, language and time zone; an empty language or zone means the browser's, UTC.

    Raises 422 that names each field at fault.
    """
    errors = []
    if not is_name(name):
        errors.append(FieldError("name", "Write your name."))
    if locale and locale not in LOCALES:
        errors.append(FieldError("locale", "Choose one of the languages shown."))
    if time_zone and time_zone not in available_timezones():
        errors.append(FieldError("time_zone", "Write a zone such as Europe/Lisbon."))
    if errors:
        raise invalid_fields(tuple(errors))
    async with database.as_system("change a person's profile") as tx:
        await account_store.set_profile(tx, person.user_id, name.strip(), locale, time_zone)
        if name.strip() != person.name:
            await tell_workspaces(tx, person.user_id, name.strip(), "member.renamed")


async def change_password(
    database: Database, head: Letterhead, person: SignedIn, current: str, password: str
) -> None:
    """Set another password: all other browsers are signed out, and a letter tells it.

    Raises 422 for `current` or `password`, TooOften.
    """
    await check_own_password(database, person, current)
    password_hash = await hash_password(password, email=person.email)
    async with database.as_system("change a password") as tx:
        await _set_password(tx, head, await store.person(tx, person.user_id), password_hash)
        await session_store.end_sessions(tx, person.user_id, keep=person.session_id)


async def reset_password(database: Database, head: Letterhead, token: str, password: str) -> None:
    """Set another password by a letter's link: every session ends, a second factor stays.

    Raises LinkDead, or 422 for `password`, after which the link still works.
    """
    email = await email_of_link(database, token, "reset")
    password_hash = await hash_password(password, email=email)
    async with database.as_system("reset a password") as tx:
        link = await use_link(tx, token, "reset")
        person = await _person_of(tx, link)
        await _set_password(tx, head, person, password_hash)
        await account_store.confirm_email(tx, person.id)
        await session_store.end_sessions(tx, person.id)


async def ask_for_email(
    database: Database,
    head: Letterhead,
    person: SignedIn,
    email: str,
    current: str,
    visit: Visit,
) -> None:
    """Send a link to the address the person wants; it becomes theirs when they open it.

    An address that has an account is told so by letter, and the page says the same as always.
    Raises 422 for `email` or `current`, TooOften.
    """
    wanted = email.strip()
    if not is_email(wanted):
        raise invalid("email", "Write an address such as alice@example.com.")
    await check_own_password(database, person, current)
    async with database.as_system("send a link that confirms an address") as tx:
        await allow(tx, Attempt(LETTER, wanted, visit.network), LETTERS)
        known = await store.person_by_email(tx, wanted)
        if known is not None and known.id != person.user_id:
            letter = letters.known_already(known.email, known.locale, head.address)
        else:
            token = await make_link(tx, Link("confirm", person.user_id, wanted), CONFIRM_LIFE)
            letter = letters.confirm(wanted, person.locale, f"{head.address}/confirm/{token}")
        await head.send(tx, letter)


async def confirm_email(database: Database, head: Letterhead, token: str) -> str:
    """Make the address a link was sent to the person's own; tell the old one. Return it.

    Raises LinkDead, or 409 when somebody else has taken it meanwhile.
    """
    async with database.as_system("confirm an address") as tx:
        link = await use_link(tx, token, "confirm")
        person = await _person_of(tx, link)
        await attempt_store.hold(tx, Attempt(ACCOUNT, link.email, ""))
        known = await store.person_by_email(tx, link.email)
        if known is not None and known.id != person.id:
            raise conflict("This address belongs to another account by now.")
        await account_store.set_email(tx, person.id, link.email)
        if link.email.lower() != person.email.lower():
            # A reset that was sent to the old address must not open the account any more.
            await link_store.end_all_of(tx, person.id)
            await tell_workspaces(tx, person.id, person.name, "member.email_changed")
            await head.send(
                tx,
                letters.email_changed(person.email, person.locale, link.email, head.address),
            )
    return link.email


async def email_of_link(database: Database, token: str, purpose: str) -> str:
    """Return the address a link was sent to, which stays usable; raise LinkDead."""
    async with database.as_system("does this link live") as tx:
        return (await live_link(tx, token, purpose)).email


async def end_one_session(database: Database, person: SignedIn, id: UUID) -> None:
    """Sign one of the person's browsers out; raise 404 when it is none of theirs."""
    async with database.as_system("end one of a person's sessions") as tx:
        if not await session_store.end_session_of(tx, person.user_id, id):
            raise not_found("session")
        await tell_workspaces(tx, person.user_id, person.name, "member.session_ended")


async def end_other_sessions(database: Database, person: SignedIn) -> None:
    """Sign out all of the person's browsers but the one in use."""
    async with database.as_system("end a person's other sessions") as tx:
        if await session_store.end_sessions(tx, person.user_id, keep=person.session_id):
            await tell_workspaces(tx, person.user_id, person.name, "member.sessions_ended")


async def _person_of(tx: System, link: Link) -> Person:
    if link.user_id is None:
        raise LinkDead
    person = await store.person(tx, link.user_id, lock=True)
    if person.disabled_at is not None:
        raise LinkDead
    return person


async def _set_password(tx: System, head: Letterhead, person: Person, password_hash: str) -> None:
    await account_store.set_password(tx, person.id, password_hash)
    await link_store.end_all_of(tx, person.id)
    await session_store.end_half_sessions(tx, person.id)
    await tell_workspaces(tx, person.id, person.name, "member.password_changed")
    await head.send(tx, letters.password_changed(person.email, person.locale, head.address))
