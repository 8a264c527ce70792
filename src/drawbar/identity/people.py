"""What the people of a workspace are there, and letting them go."""

import re
from collections.abc import Mapping
from uuid import UUID

import msgspec

from drawbar import audit
from drawbar.audit import Actor
from drawbar.identity import people_store, session_store
from drawbar.identity.actions import LONGEST_EMAIL
from drawbar.identity.model import Roles
from drawbar.identity.people_store import Account
from drawbar.identity.rights import ASSET_ROLES, HUB_ROLES
from drawbar.kit.db import Database, Writing
from drawbar.kit.errors import conflict, denied, invalid, not_found
from drawbar.kit.mail import can_reach

LONGEST_NAME = 200
NOBODY = Roles()
_EMAIL = re.compile(r"[^@\s\x00]+@[^@\s\x00]+")


class Person(msgspec.Struct, frozen=True):
    """A member as the other members see them."""

    account: Account
    roles: Roles


async def people(database: Database, workspace_id: UUID) -> list[Person]:
    """Return a workspace's people, who came first first."""
    async with database.reading(workspace_id) as tx:
        members = await people_store.roles_of_all(tx)
    async with database.as_system("the names of a workspace's people") as tx:
        accounts = await people_store.accounts(tx, members)
    return [Person(accounts[id], roles) for id, roles in members.items()]


async def change_roles(
    tx: Writing, actor: Actor, own: Roles, user_id: UUID, roles: Mapping[str, str | None]
) -> None:
    """Let a member be something else from their next click on; a role left out stays."""
    members, before = await _member(tx, user_id)
    after = msgspec.structs.replace(before, **roles)
    if after == before:
        return
    check_roles(after)
    check_powers(own, before, after)
    _check_led({**members, user_id: after}, members)
    await people_store.set_roles(tx, user_id, after)
    await audit.record(tx, actor, "member.changed", user_id, before=before, after=after)


async def remove_person(database: Database, actor: Actor, own: Roles, user_id: UUID) -> None:
    """Let a member go: their sessions in this workspace end, their account stays."""
    async with database.writing(actor.workspace_id) as tx:
        members, before = await _member(tx, user_id)
        check_powers(own, before, NOBODY)
        _check_led({id: roles for id, roles in members.items() if id != user_id}, members)
        await people_store.remove(tx, user_id)
        await audit.record(tx, actor, "member.removed", user_id, before=before)
    async with database.as_system("end the sessions of somebody who left") as system:
        await session_store.end_sessions_in(system, user_id, actor.workspace_id)


def check_powers(own: Roles, before: Roles, after: Roles) -> None:
    """Raise 403 for a change of roles that is not this member's to make.

    An owner may make any; others change only the half they administer, and nobody but an owner
    makes or ends an owner, nobody but an asset administrator another one.
    """
    if own.hub_role == "owner":
        return
    if "owner" in {before.hub_role, after.hub_role} and before.hub_role != after.hub_role:
        raise denied("Only an owner makes somebody an owner, or ends it.")
    if before.hub_role != after.hub_role and own.hub_role != "admin":
        raise denied("Roles in the hub are changed by its owners and administrators.")
    if before.asset_role == after.asset_role or own.asset_role == "admin":
        return
    if own.asset_role != "manager" or "admin" in {before.asset_role, after.asset_role}:
        raise denied("This role among the assets is given and taken by their administrators.")


def is_name(text: str) -> bool:
    """Whether a text can be the name of a person or a workspace."""
    return 0 < len(text.strip()) <= LONGEST_NAME and "\0" not in text


def is_email(text: str) -> bool:
    """Whether a text looks like an e-mail address; only a letter that arrives proves one."""
    address = text.strip()
    return len(text) <= LONGEST_EMAIL and bool(_EMAIL.fullmatch(address)) and can_reach(address)


async def _member(tx: Writing, user_id: UUID) -> tuple[dict[UUID, Roles], Roles]:
    members = await people_store.roles_of_all(tx, lock=True)
    if user_id not in members:
        raise not_found("person")
    return members, members[user_id]


def _check_led(after: dict[UUID, Roles], before: dict[UUID, Roles]) -> None:
    """Refuse to take the last owner, and the last administrator of the assets."""
    owned, owns = ("owner" in {one.hub_role for one in many.values()} for many in (before, after))
    if owned and not owns:
        raise conflict("A workspace keeps an owner. Make somebody else one first.")
    led, leads = ("admin" in {one.asset_role for one in many.values()} for many in (before, after))
    if led and not leads:
        raise conflict("The assets keep an administrator. Make somebody else one first.")


def check_roles(roles: Roles) -> None:
    """Raise 422 for a role that does not exist, or for none at all."""
    if roles.hub_role not in HUB_ROLES:
        raise invalid("hub_role", "is no role in the hub.")
    if roles.asset_role not in ASSET_ROLES:
        raise invalid("asset_role", "is no role among the assets.")
    if roles == NOBODY:
        raise invalid("asset_role", "Choose a role, or remove the person.")
