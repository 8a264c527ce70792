"""SQL of events, endpoints, messages and attempts; `delivery_store` has that of the delivery."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
import msgspec

from drawbar.kit import json
from drawbar.kit.db import Reading, Writing
from drawbar.kit.errors import not_found
from drawbar.kit.listing import Cursors, ListQuery, ListSpec, Position
from drawbar.kit.tables import Table
from drawbar.webhooks.model import (
    Attempt,
    Audience,
    Endpoint,
    Event,
    Message,
    MessageWithAttempts,
    message_id,
)

T = TypeVar("T")

ENDPOINTS: Table[Endpoint] = Table("webhook_endpoints", Endpoint, "webhook endpoint")

OF_ENDPOINTS = {
    Audience.HUB: "event_types->>0 NOT LIKE 'assettracs.%'",
    Audience.PLATFORM: "event_types->>0 LIKE 'assettracs.%'",
}
OF_EVENTS = {
    Audience.HUB: "type NOT LIKE 'assettracs.%'",
    Audience.PLATFORM: "type LIKE 'assettracs.%'",
}

ENDPOINT_LIST = ListSpec(filters={"connection_id": ("connection_id", "uuid[]")}, search="url")
# Neither an event nor a message is edited: `modified_at` is when it came to be.
EVENT_LIST = ListSpec(
    filters={"type": ("type", "text[]"), "connection_id": ("connection_id", "uuid[]")},
    dates={"created": "created_at"},
    soft_deletes=False,
)
MESSAGE_LIST = ListSpec(
    filters={
        "status": ("status", "text[]"),
        "type": ("type", "text[]"),
        "endpoint_id": ("endpoint_id", "uuid[]"),
        "connection_id": ("connection_id", "uuid[]"),
    },
    words={"status": ("pending", "delivered", "failed")},
    dates={"created": "created_at", "finished": "finished_at"},
    soft_deletes=False,
)

EVENTS = """
SELECT id, payload, created_at, modified_at
  FROM (SELECT id, type, connection_id, payload, created_at, created_at AS modified_at
          FROM webhook_events) AS events
"""
MESSAGES = """
SELECT id, event_id, type, connection_id, endpoint_id, url, status, generation, attempt_count,
       next_attempt_at, last_status, last_error, created_at, finished_at, modified_at
  FROM (SELECT d.id, d.event_id, e.type, e.connection_id, d.endpoint_id, p.url, p.event_types,
               d.status, d.generation, d.attempts AS attempt_count, d.due_at AS next_attempt_at,
               d.last_status, d.last_error, d.created_at, d.finished_at,
               d.created_at AS modified_at
          FROM webhook_deliveries AS d
          JOIN webhook_events AS e ON e.workspace_id = d.workspace_id AND e.id = d.event_id
          JOIN webhook_endpoints AS p ON p.workspace_id = d.workspace_id AND p.id = d.endpoint_id
       ) AS messages
"""
ATTEMPTS = """
SELECT generation, number, at, duration_ms, status, error, response, late
  FROM webhook_attempts
 WHERE delivery_id = $1
 ORDER BY at, id
"""
PAYLOAD = "SELECT payload FROM webhook_events WHERE id = $1"

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
ADD_DELIVERY = """
INSERT INTO webhook_deliveries (workspace_id, id, endpoint_id, event_id, status, due_at, created_at)
VALUES ($1, $2, $3, $4, 'pending', $5, $5)
"""
FAIL_WAITING = """
UPDATE webhook_deliveries
   SET status = 'failed', last_error = $2, finished_at = $3,
       due_at = NULL, lease_until = NULL, claim_token = NULL
 WHERE endpoint_id = $1 AND status = 'pending'
"""
AGAIN = """
UPDATE webhook_deliveries AS d
   SET status = 'pending', generation = generation + 1, attempts = 0, first_at = NULL,
       due_at = $1, lease_until = NULL, claim_token = NULL, finished_at = NULL
"""
HASTEN = "UPDATE webhook_deliveries SET due_at = least(due_at, $1) WHERE id = $2"
RETRY_ONE = f"{AGAIN} WHERE d.id = $2"
RETRY_FAILED = f"""
{AGAIN}
 WHERE d.status = 'failed' AND d.finished_at >= $2
   AND EXISTS (SELECT FROM webhook_endpoints AS p
                WHERE p.workspace_id = d.workspace_id AND p.id = d.endpoint_id
                  AND p.enabled AND p.deleted_at IS NULL AND p.%s)
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
    return _count(await tx.execute(ADD_DELIVERIES, event_id, connection_id, patterns, tx.now))


async def add_delivery(tx: Writing, id: UUID, endpoint_id: UUID, event_id: UUID) -> None:
    """Queue the event for one endpoint."""
    await tx.execute(ADD_DELIVERY, tx.workspace_id, id, endpoint_id, event_id, tx.now)


async def endpoint(
    tx: Reading, id: UUID, audience: Audience | None, *, lock: bool = False
) -> Endpoint:
    """Return an endpoint; raise 404 when there is none, or it is another audience's."""
    found = await ENDPOINTS.get(tx, id, lock=lock)
    if audience not in {None, found.audience}:
        raise not_found(ENDPOINTS.what)
    return found


async def fail_waiting(tx: Writing, endpoint_id: UUID, reason: str) -> int:
    """Move what waits for an endpoint to the failed list; return how many."""
    return _count(await tx.execute(FAIL_WAITING, endpoint_id, reason, tx.now))


async def lock_message(tx: Writing, id: UUID) -> None:
    """Hold a message until the end of the transaction, if there is one."""
    await tx.execute("SELECT FROM webhook_deliveries WHERE id = $1 FOR UPDATE", id)


async def message(tx: Reading, id: UUID, audience: Audience | None) -> Message:
    """Return a message; raise 404 when there is none, or it is another audience's."""
    condition = f" AND {OF_ENDPOINTS[audience]}" if audience else ""
    row = await tx.fetchrow(f"{MESSAGES} WHERE id = $1{condition}", id)
    if row is None:
        raise not_found("webhook message")
    return _message(row)


async def message_with_attempts(
    tx: Reading, id: UUID, audience: Audience | None
) -> MessageWithAttempts:
    """Return a message with its payload and tries; raise 404 when there is none."""
    found = await message(tx, id, audience)
    rows = await tx.fetch(ATTEMPTS, id)
    return MessageWithAttempts(
        **msgspec.structs.asdict(found),
        payload=json.decode(await tx.fetchval(PAYLOAD, found.event_id)),
        attempts=[msgspec.convert(dict(row), Attempt) for row in rows],
    )


async def retry(tx: Writing, id: UUID) -> None:
    """Start a new generation of a delivery, due now."""
    await tx.execute(RETRY_ONE, tx.now, id)


async def hasten(tx: Writing, id: UUID) -> None:
    """Make a waiting delivery due now; a try under way goes on to the end of its lease."""
    await tx.execute(HASTEN, tx.now, id)


async def retry_failed(tx: Writing, since: datetime, audience: Audience) -> int:
    """Start a new generation of what failed at `since` or later; return how many.

    What failed at an endpoint that is disabled or deleted stays as it is.
    """
    return _count(await tx.execute(RETRY_FAILED % OF_ENDPOINTS[audience], tx.now, since))


class Listed(msgspec.Struct, frozen=True):
    """One page's rows, the cursor of the next, and the watermark."""

    rows: list[Any]
    next_cursor: str | None
    as_of: datetime


async def page_of_endpoints(
    tx: Reading, query: ListQuery, cursors: Cursors, audience: Audience
) -> Listed:
    """List endpoints."""
    page = await ENDPOINTS.page(tx, _narrowed(query, OF_ENDPOINTS[audience]), cursors)
    return Listed(page.data, page.next_cursor, page.as_of)


async def page_of_messages(
    tx: Reading, query: ListQuery, cursors: Cursors, audience: Audience
) -> Listed:
    """List messages without their attempts."""
    narrowed = _narrowed(query, OF_ENDPOINTS[audience])
    return await _page(tx, narrowed, cursors, MESSAGES, _message, await _as_of(tx, query))


async def page_of_events(
    tx: Reading,
    query: ListQuery,
    cursors: Cursors,
    audience: Audience | None,
    connection_id: UUID | None = None,
) -> Listed:
    """List events, delivered or not; none later than `as_of`, so that polling misses none."""
    as_of = await _as_of(tx, query)
    conditions = [OF_EVENTS[audience]] if audience else []
    narrowed = _narrowed(query, *conditions)
    narrowed = _bound(narrowed, "created_at <= {}", as_of)
    if connection_id is not None:
        narrowed = _bound(narrowed, "connection_id = {}", connection_id)
    return await _page(tx, narrowed, cursors, EVENTS, _event, as_of)


async def _as_of(tx: Reading, query: ListQuery) -> datetime:
    began = query.position.as_of if query.position else None
    return began or await tx.watermark()


async def _page(
    tx: Reading,
    query: ListQuery,
    cursors: Cursors,
    select: str,
    build: Callable[[asyncpg.Record], T],
    as_of: datetime,
) -> Listed:
    rows = await tx.fetch(query.sql(select), *query.values())
    shown = rows[: query.limit]
    cursor = None
    if len(rows) > query.limit:
        last = shown[-1]
        cursor = cursors.seal(
            Position(last[query.sort_column], last["id"], as_of), query.fingerprint
        )
    return Listed([build(row) for row in shown], cursor, as_of)


def _narrowed(query: ListQuery, *conditions: str) -> ListQuery:
    return msgspec.structs.replace(query, conditions=(*query.conditions, *conditions))


def _bound(query: ListQuery, condition: str, value: object) -> ListQuery:
    place = f"${len(query.args) + 1}"
    narrowed = _narrowed(query, condition.format(place))
    return msgspec.structs.replace(narrowed, args=(*narrowed.args, value))


def _message(row: asyncpg.Record) -> Message:
    return msgspec.convert({**row, "webhook_id": message_id(row["event_id"])}, Message)


def _event(row: asyncpg.Record) -> Event:
    return json.decode(row["payload"], Event)


def _count(tag: str) -> int:
    return int(tag.rpartition(" ")[2])
