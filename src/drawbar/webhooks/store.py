"""SQL of events, endpoints, deliveries and attempts."""

from uuid import UUID

from drawbar.kit.db import Writing

ADD_EVENT = """
INSERT INTO webhook_events (workspace_id, id, type, connection_id, payload, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
ADD_DELIVERIES = """
INSERT INTO webhook_deliveries (workspace_id, id, endpoint_id, event_id, status, due_at, created_at)
SELECT workspace_id, gen_random_uuid(), id, $1, 'pending', $4, $4
  FROM webhook_endpoints
 WHERE enabled AND deleted_at IS NULL
   AND (connection_id IS NULL OR connection_id = $2)
   AND event_types ?| $3::text[]
"""


async def add_event(
    tx: Writing, id: UUID, type: str, connection_id: UUID | None, payload: bytes
) -> None:
    """Store an event; its payload is never encoded again."""
    await tx.execute(ADD_EVENT, tx.workspace_id, id, type, connection_id, payload, tx.now)


async def add_deliveries(
    tx: Writing, event_id: UUID, connection_id: UUID | None, patterns: list[str]
) -> int:
    """Queue the event for each endpoint subscribed to one of the patterns; return how many."""
    tag = await tx.execute(ADD_DELIVERIES, event_id, connection_id, patterns, tx.now)
    return int(tag.rpartition(" ")[2])
