"""SQL of the one-time links that letters carry."""

from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.kit.db import System


class Link(msgspec.Struct, frozen=True):
    """What a link opens: a purpose, for a person (or nobody yet) and the address it was sent to."""

    purpose: str
    user_id: UUID | None
    email: str


async def add(tx: System, token_hash: bytes, link: Link, expires_at: datetime) -> None:
    """Store a link by its token's hash; ended ones are forgotten."""
    await tx.execute("DELETE FROM one_time_links WHERE expires_at < $1", tx.now)
    await tx.execute(
        "INSERT INTO one_time_links (token_hash, purpose, user_id, email, expires_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        token_hash,
        link.purpose,
        link.user_id,
        link.email,
        expires_at,
    )


async def live(tx: System, token_hash: bytes, purpose: str) -> Link | None:
    """Return what this link opens, holding it, or None when it is of another purpose or ended."""
    row = await tx.fetchrow(
        "SELECT purpose, user_id, email FROM one_time_links "
        "WHERE token_hash = $1 AND purpose = $2 AND expires_at > $3 FOR UPDATE",
        token_hash,
        purpose,
        tx.now,
    )
    return msgspec.convert(dict(row), Link) if row else None


async def end(tx: System, token_hash: bytes) -> None:
    """Let a link work no more."""
    await tx.execute("DELETE FROM one_time_links WHERE token_hash = $1", token_hash)


async def end_all_of(tx: System, user_id: UUID) -> None:
    """Let no link of a person work any more."""
    await tx.execute("DELETE FROM one_time_links WHERE user_id = $1", user_id)


async def end_all_to(tx: System, email: str) -> None:
    """Let no link to an address that belongs to nobody yet work any more."""
    await tx.execute(
        "DELETE FROM one_time_links WHERE user_id IS NULL AND lower(email) = lower($1)", email
    )
