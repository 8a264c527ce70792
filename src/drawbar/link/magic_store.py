"""SQL of magic links."""

from uuid import UUID

import msgspec

from drawbar.kit.db import Reading, System, Writing
from drawbar.kit.listing import ListSpec
from drawbar.kit.tables import Table
from drawbar.link.model import MagicLink

MAGIC_LINKS = Table("magic_links", MagicLink, "magic link")
SPEC = ListSpec(
    filters={
        "connection_id": ("connection_id", "uuid[]"),
        "application_id": ("application_id", "uuid[]"),
        "system": ("system", "text[]"),
    },
    dates={"created": "created_at", "modified": "modified_at", "expires": "expires_at"},
    soft_deletes=False,
)


async def link_by_token(tx: System, token_hash: bytes) -> tuple[UUID, MagicLink] | None:
    """Return the link with this token, used or not, and whose it is."""
    row = await tx.fetchrow(
        f"SELECT workspace_id, {', '.join(MAGIC_LINKS.columns)} FROM magic_links "
        "WHERE token_hash = $1",
        token_hash,
    )
    if row is None:
        return None
    return row["workspace_id"], msgspec.convert(dict(row), MagicLink)


async def waiting_for(tx: Reading, connection_id: UUID) -> list[MagicLink]:
    """Return a connection's links that nobody has used or revoked yet."""
    return await MAGIC_LINKS.where(
        tx,
        "connection_id = $1 AND finished_at IS NULL AND revoked_at IS NULL ORDER BY created_at",
        connection_id,
    )


async def note_opened(tx: Writing, id: UUID) -> None:
    """Note that somebody opened a link for the first time."""
    await tx.execute(
        "UPDATE magic_links SET opened_at = $2 WHERE id = $1 AND opened_at IS NULL", id, tx.now
    )
