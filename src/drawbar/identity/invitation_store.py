"""SQL of invitations that wait for an answer."""

from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.identity.model import Roles
from drawbar.kit.db import Reading, System, Writing

COLUMNS = "id, workspace_id, email, hub_role, asset_role, invited_by, sent_at, expires_at"


class Invitation(msgspec.Struct, frozen=True):
    """Somebody asked into a workspace, by whom, as what, until when."""

    id: UUID
    workspace_id: UUID
    email: str
    hub_role: str | None
    asset_role: str | None
    invited_by: UUID
    sent_at: datetime
    expires_at: datetime

    @property
    def roles(self) -> Roles:
        """What they will be."""
        return Roles(self.hub_role, self.asset_role)


async def add(tx: Writing, invitation: Invitation, token_hash: bytes) -> bool:
    """Store an invitation; False when the address has one in this workspace already."""
    tag = await tx.execute(
        "INSERT INTO invitations (workspace_id, id, email, hub_role, asset_role, token_hash, "
        "invited_by, sent_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
        "ON CONFLICT DO NOTHING",
        invitation.workspace_id,
        invitation.id,
        invitation.email,
        invitation.hub_role,
        invitation.asset_role,
        token_hash,
        invitation.invited_by,
        invitation.sent_at,
        invitation.expires_at,
    )
    return tag == "INSERT 0 1"


async def invitations(tx: Reading) -> list[Invitation]:
    """Return the workspace's invitations, newest first, also those that have expired."""
    rows = await tx.fetch(f"SELECT {COLUMNS} FROM invitations ORDER BY sent_at DESC, id DESC")
    return msgspec.convert([dict(row) for row in rows], list[Invitation])


async def invitation(tx: Writing, id: UUID) -> Invitation | None:
    """Return one of the workspace's invitations, holding it."""
    row = await tx.fetchrow(f"SELECT {COLUMNS} FROM invitations WHERE id = $1 FOR UPDATE", id)
    return msgspec.convert(dict(row), Invitation) if row else None


async def live_invitation(tx: System, token_hash: bytes) -> Invitation | None:
    """Return the invitation this token opens, holding it, or None when it ended."""
    row = await tx.fetchrow(
        f"SELECT {COLUMNS} FROM invitations WHERE token_hash = $1 AND expires_at > $2 FOR UPDATE",
        token_hash,
        tx.now,
    )
    return msgspec.convert(dict(row), Invitation) if row else None


async def renew(tx: Writing, id: UUID, token_hash: bytes, expires_at: datetime) -> None:
    """Let another link open an invitation; the one before ends."""
    await tx.execute(
        "UPDATE invitations SET token_hash = $2, sent_at = $3, expires_at = $4 WHERE id = $1",
        id,
        token_hash,
        tx.now,
        expires_at,
    )


async def end(tx: Writing, id: UUID) -> None:
    """Forget an invitation: accepted or taken back."""
    await tx.execute("DELETE FROM invitations WHERE id = $1", id)


async def workspace_name(tx: System, id: UUID) -> str:
    """Return a workspace's name."""
    return str(await tx.fetchval("SELECT name FROM workspaces WHERE workspace_id = $1", id))
