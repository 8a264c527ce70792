"""SQL that counts a connection's events for its status."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.kit.db import Reading

TALLY = """
SELECT (SELECT max(created_at) FROM webhook_events WHERE connection_id = $1) AS last_event_at,
       max(d.finished_at) FILTER (WHERE d.status = 'delivered') AS last_delivered_at,
       count(*) FILTER (WHERE d.status = 'pending') AS pending,
       count(*) FILTER (WHERE d.status = 'failed') AS failed
  FROM webhook_deliveries d
  JOIN webhook_events e ON e.workspace_id = d.workspace_id AND e.id = d.event_id
 WHERE e.connection_id = $1
"""


TALLIES = """
SELECT e.connection_id, max(e.created_at) AS last_event_at,
       max(d.finished_at) FILTER (WHERE d.status = 'delivered') AS last_delivered_at,
       count(*) FILTER (WHERE d.status = 'pending') AS pending,
       count(*) FILTER (WHERE d.status = 'failed') AS failed
  FROM webhook_events e
  LEFT JOIN webhook_deliveries d ON d.workspace_id = e.workspace_id AND d.event_id = e.id
 WHERE e.connection_id = ANY($1::uuid[])
 GROUP BY e.connection_id
"""


class Tally(msgspec.Struct, frozen=True):
    """How a connection's events fare."""

    last_event_at: datetime | None
    last_delivered_at: datetime | None
    pending: int
    failed: int


async def tally(tx: Reading, connection_id: UUID) -> Tally:
    """Count a connection's events and deliveries."""
    row = await tx.fetchrow(TALLY, connection_id)
    return msgspec.convert(dict(row or {}), Tally)


async def tallies(tx: Reading, connections: Sequence[UUID]) -> dict[UUID, Tally]:
    """Count the events and deliveries of many connections in one query; silent ones are missing."""
    found = {}
    for row in await tx.fetch(TALLIES, connections):
        fields = dict(row)
        found[fields.pop("connection_id")] = msgspec.convert(fields, Tally)
    return found
