"""SQL of the people of one workspace."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from drawbar.identity.model import Roles
from drawbar.kit.db import Reading, System, Writing

MEMBERS = "SELECT user_id, hub_role, asset_role FROM memberships ORDER BY created_at, user_id"


class Account(msgspec.Struct, frozen=True):
    """What one member may know of another."""

    id: UUID
    email: str
    name: str


async def roles_of_all(tx: Reading, *, lock: bool = False) -> dict[UUID, Roles]:
    """Return what everybody is in the workspace, by account; `lock` holds them until the end."""
    rows = await tx.fetch(f"{MEMBERS} FOR UPDATE" if lock else MEMBERS)
    return {row["user_id"]: Roles(row["hub_role"], row["asset_role"]) for row in rows}


async def accounts(tx: System, ids: Iterable[UUID]) -> dict[UUID, Account]:
    """Return the accounts with these ids, by id."""
    rows = await tx.fetch("SELECT id, email, name FROM users WHERE id = ANY ($1)", list(ids))
    return {row["id"]: Account(**dict(row)) for row in rows}


async def roles_in(tx: System, user_id: UUID, workspace_id: UUID) -> Roles | None:
    """Return what somebody is in a workspace, or None when they are no member."""
    row = await tx.fetchrow(
        "SELECT hub_role, asset_role FROM memberships WHERE user_id = $1 AND workspace_id = $2",
        user_id,
        workspace_id,
    )
    return Roles(row["hub_role"], row["asset_role"]) if row else None


async def set_roles(tx: Writing, user_id: UUID, roles: Roles) -> None:
    """Let a member be something else from now on."""
    await tx.execute(
        "UPDATE memberships SET hub_role = $2, asset_role = $3 WHERE user_id = $1",
        user_id,
        roles.hub_role,
        roles.asset_role,
    )


async def remove(tx: Writing, user_id: UUID) -> None:
    """Let somebody be a member no more; their sessions here open nothing from now on."""
    await tx.execute("DELETE FROM memberships WHERE user_id = $1", user_id)
