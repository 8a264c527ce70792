"""SQL of the overview: what is connected, what ran in the last day, what failed."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from drawbar.kit.db import Reading

BY_HEALTH = """
SELECT CASE WHEN status IN ('synchronizing', 'active') THEN health ELSE status END AS state,
       count(*) AS number
  FROM connections
 WHERE deleted_at IS NULL AND status <> 'disconnected'
 GROUP BY 1
"""
HOURS = """
SELECT hour, count(r.id) FILTER (WHERE r.status = 'completed') AS completed,
       count(r.id) FILTER (WHERE r.status = 'failed') AS failed,
       coalesce(sum(r.created + r.updated + r.deleted), 0)::bigint AS changed
  FROM generate_series(date_trunc('hour', $1::timestamptz), $2::timestamptz,
                       interval '1 hour') AS hour
  LEFT JOIN sync_runs r ON r.finished_at >= hour AND r.finished_at < hour + interval '1 hour'
 GROUP BY hour
 ORDER BY hour
"""
TROUBLED = """
SELECT c.id, c.name, c.health, c.status, c.last_synced_at,
       (SELECT error_message FROM sync_runs r
         WHERE r.connection_id = c.id AND r.status = 'failed'
         ORDER BY r.queued_at DESC LIMIT 1) AS error
  FROM connections c
 WHERE c.deleted_at IS NULL
   AND (c.status = 'inactive' OR c.status IN ('synchronizing', 'active') AND c.health <> 'online')
 ORDER BY c.modified_at DESC
 LIMIT 10
"""
NEWEST = """
SELECT id, name, health, status, last_synced_at, NULL AS error
  FROM connections
 WHERE deleted_at IS NULL AND status IN ('synchronizing', 'active')
 ORDER BY last_synced_at DESC NULLS FIRST, id
 LIMIT 8
"""
DAY = timedelta(hours=23)


class Hour(msgspec.Struct, frozen=True):
    """The runs that ended in an hour, and how many records they changed."""

    hour: datetime
    completed: int
    failed: int
    changed: int


class ConnectionLine(msgspec.Struct, frozen=True):
    """A connection in a line; `error` is what its last failed run said."""

    id: UUID
    name: str
    health: str
    status: str
    last_synced_at: datetime | None
    error: str | None


async def connections_by_state(tx: Reading) -> dict[str, int]:
    """Count connections by health, those that are not live by status."""
    return {row["state"]: row["number"] for row in await tx.fetch(BY_HEALTH)}


async def last_day(tx: Reading) -> list[Hour]:
    """Return the last 24 hours of sync, oldest first; the last one is not over yet."""
    rows = await tx.fetch(HOURS, tx.now - DAY, tx.now)
    return msgspec.convert([dict(row) for row in rows], list[Hour])


async def troubled(tx: Reading) -> list[ConnectionLine]:
    """Return connections that need somebody."""
    return msgspec.convert([dict(row) for row in await tx.fetch(TROUBLED)], list[ConnectionLine])


async def newest(tx: Reading) -> list[ConnectionLine]:
    """Return the live connections that synced last, those at their first sync before all."""
    return msgspec.convert([dict(row) for row in await tx.fetch(NEWEST)], list[ConnectionLine])
