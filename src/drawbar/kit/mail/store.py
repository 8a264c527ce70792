"""SQL of letters that wait to be posted."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from drawbar.kit.db import System, Writing

STALE = timedelta(minutes=10)
"""A letter this old is no longer in the hands of its first job."""
LONGEST_WAIT = timedelta(days=2)


class Waiting(msgspec.Struct, frozen=True):
    """A sealed letter."""

    id: UUID
    kind: str
    sealed_letter: bytes
    created_at: datetime


async def add(tx: Writing, id: UUID, kind: str, sealed_letter: bytes) -> None:
    """Store a letter to be posted."""
    await tx.execute(
        "INSERT INTO letters (id, kind, sealed_letter, created_at) VALUES ($1, $2, $3, $4)",
        id,
        kind,
        sealed_letter,
        tx.now,
    )


async def waiting(tx: System, id: UUID) -> Waiting | None:
    """Return a letter, or None when it was posted already."""
    row = await tx.fetchrow(
        "SELECT id, kind, sealed_letter, created_at FROM letters WHERE id = $1", id
    )
    return msgspec.convert(dict(row), Waiting) if row else None


async def forget(tx: System, id: UUID) -> None:
    """Forget a letter: it was posted, or never can be."""
    await tx.execute("DELETE FROM letters WHERE id = $1", id)


async def left_over(tx: System) -> list[UUID]:
    """Return the letters whose first job gave up."""
    rows = await tx.fetch(
        "SELECT id FROM letters WHERE created_at < $1 ORDER BY created_at LIMIT 200",
        tx.now - STALE,
    )
    return [row["id"] for row in rows]


async def forget_old(tx: System) -> int:
    """Forget letters nobody took for too long; how many there were."""
    tag = await tx.execute("DELETE FROM letters WHERE created_at < $1", tx.now - LONGEST_WAIT)
    return int(tag.rpartition(" ")[2])
