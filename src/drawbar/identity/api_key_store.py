"""SQL of a workspace's API keys: what their owner sees, and their end."""

from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.kit.db import Reading, Writing


class ApiKey(msgspec.Struct, frozen=True):
    """A key as its owner sees it."""

    id: UUID
    name: str
    hint: str
    scopes: list[str]
    created_at: datetime


async def api_keys(tx: Reading) -> list[ApiKey]:
    """Return the workspace's live keys, newest first."""
    rows = await tx.fetch(
        "SELECT id, name, hint, scopes, created_at FROM api_keys WHERE revoked_at IS NULL "
        "ORDER BY created_at DESC"
    )
    return msgspec.convert([dict(row) for row in rows], list[ApiKey])


async def revoke_api_key(tx: Writing, id: UUID) -> bool:
    """End a key at once; whether there was one."""
    return (
        await tx.execute(
            "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", id, tx.now
        )
        == "UPDATE 1"
    )
