"""SQL of a workspace's applications: what their owner sees, and their end."""

from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.kit.db import Reading, Writing


class Application(msgspec.Struct, frozen=True):
    """An OAuth client as its owner sees it."""

    id: UUID
    name: str
    client_id: str
    environment: str
    created_at: datetime


async def applications(tx: Reading) -> list[Application]:
    """Return the workspace's live applications, newest first."""
    rows = await tx.fetch(
        "SELECT id, name, client_id, environment, created_at FROM applications "
        "WHERE revoked_at IS NULL ORDER BY created_at DESC, id DESC"
    )
    return msgspec.convert([dict(row) for row in rows], list[Application])


async def revoke_application(tx: Writing, id: UUID) -> bool:
    """End an application, and with it every token of its; whether there was one."""
    tag = await tx.execute(
        "UPDATE applications SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", id, tx.now
    )
    return tag == "UPDATE 1"


async def revoke_token(tx: Writing, token_hash: bytes, application_id: UUID) -> None:
    """End a token of this application, or of a connection of the workspace."""
    await tx.execute(
        "UPDATE access_tokens SET revoked_at = $3 WHERE token_hash = $1 AND revoked_at IS NULL "
        "AND (application_id = $2 OR kind = 'connection')",
        token_hash,
        application_id,
        tx.now,
    )
