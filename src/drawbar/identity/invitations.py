"""Asking people into a workspace by letter, and what happens when they come."""

from uuid import UUID

import msgspec

from drawbar import audit
from drawbar.audit import Actor
from drawbar.identity import (
    account_store,
    attempt_store,
    invitation_store,
    letters,
    people_store,
    store,
)
from drawbar.identity.actions import open_session
from drawbar.identity.attempt_store import Attempt
from drawbar.identity.invitation_store import Invitation
from drawbar.identity.letters import Letterhead
from drawbar.identity.links import LinkDead
from drawbar.identity.model import INVITATION_LIFE, Person, Roles, Token, Visit
from drawbar.identity.passwords import fault_of, hash_password
from drawbar.identity.people import NOBODY, check_powers, check_roles, is_email, is_name
from drawbar.identity.throttle import ACCOUNT, LETTER, LETTERS, allow
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import Database, System
from drawbar.kit.errors import (
    FieldError,
    Problem,
    conflict,
    denied,
    invalid,
    invalid_fields,
    not_found,
)
from drawbar.kit.ids import new_id


class Invited(msgspec.Struct, frozen=True):
    """What an invitation's page shows; `known` when the address has an account already."""

    invitation: Invitation
    workspace_name: str
    inviter_name: str
    known: bool


class Pending(msgspec.Struct, frozen=True):
    """An invitation without an answer, as the members see it."""

    invitation: Invitation
    inviter_name: str
    expired: bool


async def pending(database: Database, workspace_id: UUID) -> list[Pending]:
    """Return a workspace's invitations without an answer, newest first."""
    async with database.reading(workspace_id) as tx:
        found, now = await invitation_store.invitations(tx), tx.now
    async with database.as_system("the names of those who invited") as system:
        names = await people_store.accounts(system, {one.invited_by for one in found})
    return [Pending(one, names[one.invited_by].name, one.expires_at <= now) for one in found]


async def invite(
    database: Database,
    head: Letterhead,
    actor: Actor,
    own: Roles,
    email: str,
    roles: Roles,
    locale: str,
) -> None:
    """Send a letter with a link that makes whoever opens it a member.

    `locale` is the language of a letter to somebody without an account. Raises 422 that names the
    field at fault, 403 for a role that is not the actor's to give
    (`own` is what the actor is), 409 for a member or somebody invited already, TooOften.
    """
    wanted = email.strip()
    if not is_email(wanted):
        raise invalid("email", "Write an address such as alice@example.com.")
    check_roles(roles)
    check_powers(own, NOBODY, roles)
    async with database.as_system("invite somebody, who may have an account") as tx:
        known = await store.person_by_email(tx, wanted)
        if known is not None and await _is_member(tx, known.id, actor.workspace_id):
            raise conflict(f"{known.email} is in this workspace already.")
        invitation = Invitation(
            new_id(),
            actor.workspace_id,
            wanted,
            roles.hub_role,
            roles.asset_role,
            _person_id(actor),
            tx.now,
            tx.now + INVITATION_LIFE,
        )
        token, inside = new_secret(), tx.inside(actor.workspace_id)
        if not await invitation_store.add(inside, invitation, fingerprint(token)):
            raise conflict(f"{wanted} is invited already. Send the letter again from the list.")
        await _send(tx, head, actor, invitation, token, locale)
        await audit.record(inside, actor, "invitation.sent", invitation.id, after=invitation)


async def invite_again(
    database: Database, head: Letterhead, actor: Actor, own: Roles, id: UUID, locale: str
) -> None:
    """Send the letter again with another link, good for as long again; the one before ends.

    Raises 404, 403 for roles that are not the actor's to give, TooOften.
    """
    async with database.writing(actor.workspace_id) as tx:
        found = await invitation_store.invitation(tx, id)
        if found is None:
            raise not_found("invitation")
    check_powers(own, NOBODY, found.roles)
    async with database.as_system("send an invitation again") as system:
        inside, token = system.inside(actor.workspace_id), new_secret()
        ends = system.now + INVITATION_LIFE
        await invitation_store.renew(inside, id, fingerprint(token), ends)
        await _send(system, head, actor, found, token, locale)
        await audit.record(inside, actor, "invitation.sent_again", id)


async def take_back(database: Database, actor: Actor, own: Roles, id: UUID) -> None:
    """End an invitation: its link opens nothing any more. Raises 404, or 403 as `invite` does."""
    async with database.writing(actor.workspace_id) as tx:
        found = await invitation_store.invitation(tx, id)
        if found is None:
            raise not_found("invitation")
        check_powers(own, NOBODY, found.roles)
        await invitation_store.end(tx, id)
        await audit.record(tx, actor, "invitation.taken_back", id, before=found)


async def invited(database: Database, token: str) -> Invited:
    """Return what the invitation says; raise LinkDead when it ended."""
    async with database.as_system("what does this invitation say") as tx:
        found, inviter = await _live(tx, token)
        name = await invitation_store.workspace_name(tx, found.workspace_id)
        known = await store.person_by_email(tx, found.email)
        return Invited(found, name, inviter.name, known is not None)


async def join(database: Database, token: str) -> UUID:
    """Make the account with the invited address a member; return the workspace.

    Opening the letter proves the address; signing in still takes the account's own password.
    Raises LinkDead, also when the account is gone meanwhile.
    """
    async with database.as_system("accept an invitation with an account") as tx:
        found, _ = await _live(tx, token)
        person = await store.person_by_email(tx, found.email)
        if person is None or person.disabled_at is not None:
            raise LinkDead
        await account_store.confirm_email(tx, person.id)
        await _enter(tx, found, person.id, person.name)
        return found.workspace_id


async def join_anew(
    database: Database, token: str, name: str, password: str, visit: Visit
) -> Token:
    """Make an account for the invited address, a member, and sign them in.

    Raises LinkDead, 422 that names each field at fault, 409 when there is an account meanwhile.
    """
    email = (await invited(database, token)).invitation.email
    faults = {
        "name": "" if is_name(name) else "Write your name.",
        "password": fault_of(password, email),
    }
    errors = tuple(FieldError(field, fault) for field, fault in faults.items() if fault)
    if errors:
        raise invalid_fields(errors)
    password_hash = await hash_password(password, email=email)
    async with database.as_system("accept an invitation with a new account") as tx:
        found, _ = await _live(tx, token)
        await attempt_store.hold(tx, Attempt(ACCOUNT, email, ""))
        if await store.person_by_email(tx, email) is not None:
            raise conflict("This address has an account by now. Open the link again.")
        id = new_id()
        await store.add_person(tx, id, email, name.strip(), password_hash, tx.now)
        await account_store.confirm_email(tx, id)
        await _enter(tx, found, id, name.strip())
        return await open_session(tx, id, found.workspace_id, visit)


async def _live(tx: System, token: str) -> tuple[Invitation, Person]:
    """Return a live invitation and who sent it, who must still be able to."""
    found = await invitation_store.live_invitation(tx, fingerprint(token))
    if found is None:
        raise LinkDead
    inviter = await store.person(tx, found.invited_by)
    roles = await people_store.roles_in(tx, found.invited_by, found.workspace_id)
    if roles is None or inviter.disabled_at is not None:
        raise LinkDead
    try:
        check_powers(roles, NOBODY, found.roles)
    except Problem as error:
        raise LinkDead from error
    return found, inviter


async def _enter(tx: System, invitation: Invitation, user_id: UUID, name: str) -> None:
    inside = tx.inside(invitation.workspace_id)
    await invitation_store.end(inside, invitation.id)
    if await _is_member(tx, user_id, invitation.workspace_id):
        return
    await store.add_membership(inside, user_id, invitation.hub_role, invitation.asset_role)
    actor = Actor(kind="user", id=user_id, label=name, workspace_id=invitation.workspace_id)
    await audit.record(inside, actor, "member.joined", user_id, after=invitation.roles)


async def _send(
    tx: System,
    head: Letterhead,
    actor: Actor,
    invitation: Invitation,
    token: str,
    locale: str,
) -> None:
    known = await store.person_by_email(tx, invitation.email)
    await allow(tx, Attempt(LETTER, invitation.email, ""), LETTERS[:1])
    letter = letters.invitation(
        invitation.email,
        (known.locale if known else "") or locale,
        workspace=await invitation_store.workspace_name(tx, invitation.workspace_id),
        inviter=actor.label,
        link=f"{head.address}/invitation/{token}",
        days=INVITATION_LIFE.days,
    )
    await head.send(tx, letter)


async def _is_member(tx: System, user_id: UUID, workspace_id: UUID) -> bool:
    return await people_store.roles_in(tx, user_id, workspace_id) is not None


def _person_id(actor: Actor) -> UUID:
    if actor.id is None:
        raise denied("Only a person can invite another.")
    return actor.id
