"""SQL of source gates: what all processes must know before they call a source."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from drawbar.connections.breaker import Breaker
from drawbar.connections.budget import Bucket
from drawbar.kit.db import Reading, Writing

ADD = """
INSERT INTO source_gates (workspace_id, connection_id) VALUES ($1, $2) ON CONFLICT DO NOTHING
"""
# The budget runs on the database's own clock, one for all hosts.
SELECT = """
SELECT open_since, probe_at, times_opened, not_before, tokens, filled_at, clock_timestamp() AS at
  FROM source_gates
 WHERE connection_id = $1
"""
SET_BREAKER = """
UPDATE source_gates SET open_since = $2, probe_at = $3, times_opened = $4 WHERE connection_id = $1
"""
CLAIM_RENEWAL = """
UPDATE source_gates SET renewing_by = $2, renewing_until = $3 + $4
 WHERE connection_id = $1 AND (renewing_until IS NULL OR renewing_until <= $3)
"""
END_RENEWAL = """
UPDATE source_gates SET renewing_by = NULL, renewing_until = NULL
 WHERE connection_id = $1 AND renewing_by = $2
"""


class GateState(msgspec.Struct, frozen=True):
    """A gate as stored; `at` is the database's clock when it was read."""

    breaker: Breaker
    not_before: datetime | None
    bucket: Bucket | None
    at: datetime


async def gate(tx: Reading, connection_id: UUID) -> GateState | None:
    """Return a gate, or None when its source was never called."""
    return _state(await tx.fetchrow(SELECT, connection_id))


async def gate_for_update(tx: Writing, connection_id: UUID) -> GateState:
    """Return a gate, made if need be, and hold it until the transaction ends."""
    locked = f"{SELECT} FOR UPDATE"
    state = _state(await tx.fetchrow(locked, connection_id))
    if state is None:
        await tx.execute(ADD, tx.workspace_id, connection_id)
        state = _state(await tx.fetchrow(locked, connection_id))
    if state is None:
        raise LookupError(f"There is no connection {connection_id} to guard.")
    return state


async def set_breaker(tx: Writing, connection_id: UUID, breaker: Breaker) -> None:
    """Note a transition of the breaker."""
    await tx.execute(
        SET_BREAKER, connection_id, breaker.open_since, breaker.probe_at, breaker.times_opened
    )


async def set_bucket(tx: Writing, connection_id: UUID, bucket: Bucket) -> None:
    """Note what is left of the budget."""
    await tx.execute(
        "UPDATE source_gates SET tokens = $2, filled_at = $3 WHERE connection_id = $1",
        connection_id,
        bucket.tokens,
        bucket.filled_at,
    )


async def hold_back(tx: Writing, connection_id: UUID, until: datetime) -> None:
    """Let nobody call before a moment; a later one that was noted stays."""
    await tx.execute(
        "UPDATE source_gates SET not_before = greatest(not_before, $2) WHERE connection_id = $1",
        connection_id,
        until,
    )


async def claim_renewal(tx: Writing, connection_id: UUID, by: UUID, life: timedelta) -> bool:
    """Become the one who renews the connection's grant; False while somebody else does."""
    await gate_for_update(tx, connection_id)
    return await tx.execute(CLAIM_RENEWAL, connection_id, by, tx.now, life) == "UPDATE 1"


async def end_renewal(tx: Writing, connection_id: UUID, by: UUID) -> None:
    """Let others renew again, unless somebody took over already."""
    await tx.execute(END_RENEWAL, connection_id, by)


def _state(row: object) -> GateState | None:
    if row is None:
        return None
    found = dict(row)  # type: ignore[call-overload]
    bucket = None if found["tokens"] is None else Bucket(found["tokens"], found["filled_at"])
    breaker = Breaker(found["open_since"], found["probe_at"], found["times_opened"])
    return GateState(breaker, found["not_before"], bucket, found["at"])
