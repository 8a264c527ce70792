"""SQL of the delivery: which lanes have something due, claims, payloads, results.

A lane is the queue of one endpoint. The claim takes a few rows of each lane, so that a million
rows waiting for one endpoint cost the others nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from drawbar.kit.db import System

# One index probe per endpoint with something pending: the next lane is the first row after the
# lane before (a "loose index scan"; https://wiki.postgresql.org/wiki/Loose_indexscan).
DUE_LANES = """
WITH RECURSIVE lane AS (
  (SELECT workspace_id, endpoint_id, due_at
     FROM webhook_deliveries
    WHERE status = 'pending'
    ORDER BY endpoint_id, due_at
    LIMIT 1)
  UNION ALL
  SELECT following.workspace_id, following.endpoint_id, following.due_at
    FROM lane
   CROSS JOIN LATERAL (
     SELECT workspace_id, endpoint_id, due_at
       FROM webhook_deliveries
      WHERE status = 'pending' AND endpoint_id > lane.endpoint_id
      ORDER BY endpoint_id, due_at
      LIMIT 1) AS following
)
SELECT lane.endpoint_id, endpoint.enabled AND endpoint.deleted_at IS NULL AS is_open
  FROM lane
  JOIN webhook_endpoints AS endpoint
    ON endpoint.workspace_id = lane.workspace_id AND endpoint.id = lane.endpoint_id
 WHERE lane.due_at <= $1
"""
# By ctid, because the rows are locked by the very statement, and a join would make the planner
# hash the whole table as soon as its statistics are out of date.
CLAIM = """
UPDATE webhook_deliveries
   SET lease_until = $4, claim_token = $5, attempts = attempts + 1,
       first_at = coalesce(first_at, $3)
 WHERE ctid = ANY(ARRAY(
   SELECT due.ctid
     FROM unnest($1::uuid[], $2::integer[]) AS lane(endpoint_id, slots)
    CROSS JOIN LATERAL (
      SELECT ctid
        FROM webhook_deliveries AS waiting
       WHERE waiting.endpoint_id = lane.endpoint_id AND waiting.status = 'pending'
         AND waiting.due_at <= $3
         AND (waiting.lease_until IS NULL OR waiting.lease_until <= $3)
       ORDER BY waiting.due_at
       LIMIT lane.slots
         FOR UPDATE SKIP LOCKED) AS due))
RETURNING workspace_id, id, endpoint_id, event_id, generation, attempts AS number, first_at
"""
EVENTS = """
SELECT event.id, event.payload
  FROM unnest($1::uuid[], $2::uuid[]) AS wanted(workspace_id, id)
  JOIN webhook_events AS event USING (workspace_id, id)
"""
ENDPOINTS = """
SELECT endpoint.workspace_id, endpoint.id, endpoint.url, endpoint.sealed_headers,
       endpoint.sealed_secret
  FROM unnest($1::uuid[], $2::uuid[]) AS wanted(workspace_id, id)
  JOIN webhook_endpoints AS endpoint USING (workspace_id, id)
"""
# A result counts only while its claim is the latest; one that comes too late is noted as late.
SETTLE = """
WITH result AS (
  SELECT *
    FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[],
                $6::integer[], $7::text[], $8::timestamptz[])
      AS result(workspace_id, id, claim_token, status, due_at, last_status, last_error, finished_at)
), settled AS (
  UPDATE webhook_deliveries AS delivery
     SET status = result.status, due_at = result.due_at, last_status = result.last_status,
         last_error = result.last_error, finished_at = result.finished_at,
         lease_until = NULL, claim_token = NULL
    FROM result
   WHERE delivery.workspace_id = result.workspace_id AND delivery.id = result.id
     AND delivery.claim_token = result.claim_token
  RETURNING delivery.workspace_id, delivery.id, result.claim_token
)
SELECT id, claim_token FROM settled
"""
ADD_ATTEMPTS = """
INSERT INTO webhook_attempts
       (workspace_id, id, delivery_id, generation, number, at, duration_ms, status, error,
        response, late)
SELECT *
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::integer[], $6::timestamptz[],
              $7::integer[], $8::integer[], $9::text[], $10::text[], $11::boolean[])
    ON CONFLICT DO NOTHING
"""


class Lane(msgspec.Struct, frozen=True):
    """An endpoint with something due; not open when it is disabled or deleted."""

    endpoint_id: UUID
    is_open: bool


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """The right to make one try of a delivery, until the lease ends."""

    workspace_id: UUID
    id: UUID
    endpoint_id: UUID
    event_id: UUID
    generation: int
    number: int
    """1 for the first try; it counts from the claim on, whatever becomes of it."""
    first_at: datetime
    token: UUID
    claimed_at: datetime


class Receiver(msgspec.Struct, frozen=True):
    """Where to send to, and with what, still sealed."""

    workspace_id: UUID
    id: UUID
    url: str
    sealed_headers: bytes
    sealed_secret: bytes


class Parcel(msgspec.Struct, frozen=True):
    """A claim and what it takes to act on it."""

    claim: Claim
    receiver: Receiver
    payload: bytes


class Try(msgspec.Struct, frozen=True):
    """What a try brought: an answer, or the reason for none."""

    duration_ms: int
    status: int | None = None
    error: str | None = None
    response: str = ""
    retry_after: str | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A claim's end: delivered, failed, or pending again until `due_at`.

    `made` is None when no try was made, because too many before had an unknown outcome.
    """

    id: UUID
    claim: Claim
    made: Try | None
    status: str
    due_at: datetime | None = None
    last_error: str | None = None


async def due_lanes(tx: System) -> list[Lane]:
    """Return the lanes with something due, leased or not."""
    return [msgspec.convert(dict(row), Lane) for row in await tx.fetch(DUE_LANES, tx.now)]


async def claim(
    tx: System, slots: Mapping[UUID, int], lease: timedelta, token: UUID
) -> list[Parcel]:
    """Take up to so many due deliveries of each endpoint, oldest first."""
    rows = await tx.fetch(CLAIM, list(slots), list(slots.values()), tx.now, tx.now + lease, token)
    claims = [msgspec.convert({**row, "token": token, "claimed_at": tx.now}, Claim) for row in rows]
    if not claims:
        return []
    payloads = await tx.fetch(
        EVENTS, *_distinct((one.workspace_id, one.event_id) for one in claims)
    )
    receivers = await tx.fetch(
        ENDPOINTS, *_distinct((one.workspace_id, one.endpoint_id) for one in claims)
    )
    payload_of = {row["id"]: row["payload"] for row in payloads}
    receiver_of = {row["id"]: msgspec.convert(dict(row), Receiver) for row in receivers}
    return [Parcel(one, receiver_of[one.endpoint_id], payload_of[one.event_id]) for one in claims]


async def settle(tx: System, results: Sequence[Result]) -> None:
    """Write what became of claims, and a row for each try that was made."""
    rows = await tx.fetch(
        SETTLE,
        [one.claim.workspace_id for one in results],
        [one.claim.id for one in results],
        [one.claim.token for one in results],
        [one.status for one in results],
        [one.due_at for one in results],
        [one.made.status if one.made else None for one in results],
        [one.last_error for one in results],
        [None if one.status == "pending" else tx.now for one in results],
    )
    in_time = {(row["id"], row["claim_token"]) for row in rows}
    tries = [(one, one.claim, one.made) for one in results if one.made is not None]
    await tx.execute(
        ADD_ATTEMPTS,
        [claim.workspace_id for _, claim, _ in tries],
        [one.id for one, _, _ in tries],
        [claim.id for _, claim, _ in tries],
        [claim.generation for _, claim, _ in tries],
        [claim.number for _, claim, _ in tries],
        [claim.claimed_at for _, claim, _ in tries],
        [made.duration_ms for _, _, made in tries],
        [made.status for _, _, made in tries],
        [made.error for _, _, made in tries],
        [made.response for _, _, made in tries],
        [(claim.id, claim.token) not in in_time for _, claim, _ in tries],
    )


def _distinct(pairs: Iterable[tuple[UUID, UUID]]) -> tuple[list[UUID], list[UUID]]:
    unique = dict.fromkeys(pairs)
    return [first for first, _ in unique], [second for _, second in unique]
