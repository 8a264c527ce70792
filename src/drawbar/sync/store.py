"""SQL of sync runs and states."""

from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.kit.db import Reading, System, Writing
from drawbar.kit.ids import new_id
from drawbar.sync.model import EntityState, Mode, Run, Trigger

COLUMNS = ", ".join(Run.__struct_fields__)
ADD_STATE = """
INSERT INTO sync_states (workspace_id, connection_id, entity, permitted) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
"""
# A run under way is asked to be followed by another; nothing is queued twice.
ADD_RUN = """
INSERT INTO sync_runs (workspace_id, id, connection_id, entity, mode, trigger, status, queued_at,
                       since, as_of, checkpoint)
VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $8, $9, $10)
ON CONFLICT (workspace_id, connection_id, entity) WHERE status IN ('queued', 'running')
DO UPDATE SET again = sync_runs.status = 'running'
RETURNING id
"""
LATEST = f"""
SELECT latest.*
  FROM sync_states s
 CROSS JOIN LATERAL (
   SELECT {COLUMNS}
     FROM sync_runs r
    WHERE r.workspace_id = s.workspace_id AND r.connection_id = s.connection_id
      AND r.entity = s.entity
    ORDER BY queued_at DESC, id DESC
    LIMIT 1) latest
 WHERE s.connection_id = $1
"""
LATER = ":later"
"""Ends the dedupe key of a run's job that a source's rate limit put off."""
LOST = f"""
SELECT r.workspace_id, r.id, r.connection_id
  FROM sync_runs r
 WHERE r.status IN ('queued', 'running') AND r.queued_at < $1
   AND NOT EXISTS (SELECT FROM pgqueuer j
                    WHERE j.dedupe_key IN (r.id::text, r.id::text || '{LATER}')
                      AND j.status <> 'failed')
 LIMIT 100
"""
ADVANCE = """
UPDATE sync_runs
   SET checkpoint = $2, as_of = coalesce(as_of, $3), expected = coalesce($4, expected),
       pages = pages + 1, seen = seen + $5, created = created + $6, updated = updated + $7,
       deleted = deleted + $8
 WHERE id = $1
"""
FINISH = """
UPDATE sync_runs
   SET status = $2, finished_at = $3, error_code = $4, error_message = $5, again = false
 WHERE id = $1
"""
FAILURES_IN_A_ROW = """
SELECT count(*) FROM sync_runs
 WHERE connection_id = $1 AND status = 'failed' AND queued_at > coalesce(
   (SELECT max(queued_at) FROM sync_runs WHERE connection_id = $1 AND status = 'completed'),
   '-infinity')
"""


async def add_state(tx: Writing, connection_id: UUID, entity: str, *, permitted: bool) -> None:
    """Begin to keep an entity; one that is kept already stays as it is."""
    await tx.execute(ADD_STATE, tx.workspace_id, connection_id, entity, permitted)


async def states(tx: Reading, connection_id: UUID) -> dict[str, EntityState]:
    """Return what is kept of each entity, by its name."""
    rows = await tx.fetch(
        "SELECT entity, permitted, watermark, records_total FROM sync_states "
        "WHERE connection_id = $1 ORDER BY entity",
        connection_id,
    )
    found = msgspec.convert([dict(row) for row in rows], list[EntityState])
    return {state.entity: state for state in found}


async def set_watermark(
    tx: Writing, connection_id: UUID, entity: str, watermark: datetime | None, records_total: int
) -> None:
    """Move an entity's watermark on; it never moves back."""
    await tx.execute(
        "UPDATE sync_states SET watermark = greatest(watermark, $3), records_total = $4 "
        "WHERE connection_id = $1 AND entity = $2",
        connection_id,
        entity,
        watermark,
        records_total,
    )


async def set_permitted(tx: Writing, connection_id: UUID, entity: str, *, permitted: bool) -> None:
    """Note whether the credentials may read an entity."""
    await tx.execute(
        "UPDATE sync_states SET permitted = $3 WHERE connection_id = $1 AND entity = $2",
        connection_id,
        entity,
        permitted,
    )


async def add_run(
    tx: Writing, connection_id: UUID, entity: str, mode: Mode, trigger: Trigger, after: Run | None
) -> tuple[UUID, bool]:
    """Queue a run, going on where the failed one before it stopped; its id, and whether it is new.

    While one is under way no other is queued: that one is asked to be followed by another.
    """
    id = new_id()
    resumed = after if after and after.status == "failed" and after.checkpoint else None
    queued = await tx.fetchval(
        ADD_RUN,
        tx.workspace_id,
        id,
        connection_id,
        entity,
        resumed.mode if resumed else mode,
        trigger,
        tx.now,
        resumed.since if resumed else None,
        resumed.as_of if resumed else None,
        resumed.checkpoint if resumed else None,
    )
    return queued, queued == id


async def run(tx: Reading, id: UUID, *, lock: bool = False) -> Run | None:
    """Return a run, or None; `lock` holds it until the transaction ends."""
    suffix = " FOR UPDATE" if lock else ""
    row = await tx.fetchrow(f"SELECT {COLUMNS} FROM sync_runs WHERE id = $1{suffix}", id)
    return msgspec.convert(dict(row), Run) if row else None


async def latest_runs(tx: Reading, connection_id: UUID) -> dict[str, Run]:
    """Return each entity's newest run, by the entity's name."""
    rows = await tx.fetch(LATEST, connection_id)
    return {row["entity"]: msgspec.convert(dict(row), Run) for row in rows}


async def recent_runs(tx: Reading, connection_id: UUID, most: int) -> list[Run]:
    """Return the connection's newest runs."""
    rows = await tx.fetch(
        f"SELECT {COLUMNS} FROM sync_runs WHERE connection_id = $1 "
        "ORDER BY queued_at DESC, id DESC LIMIT $2",
        connection_id,
        most,
    )
    return msgspec.convert([dict(row) for row in rows], list[Run])


async def begin(tx: Writing, id: UUID, since: datetime | None) -> int:
    """Mark a run as running and return its attempt, which fences off whoever ran it before."""
    attempt: int = await tx.fetchval(
        "UPDATE sync_runs SET status = 'running', attempt = attempt + 1, since = $2, "
        "started_at = coalesce(started_at, $3) WHERE id = $1 RETURNING attempt",
        id,
        since,
        tx.now,
    )
    return attempt


async def advance(
    tx: Writing,
    id: UUID,
    checkpoint: str | None,
    *,
    as_of: datetime | None,
    expected: int | None,
    seen: int,
    kinds: dict[str, int],
) -> None:
    """Count a page and note where to go on, in the transaction that stored its records."""
    await tx.execute(
        ADVANCE,
        id,
        checkpoint,
        as_of,
        expected,
        seen,
        kinds.get("created", 0),
        kinds.get("updated", 0),
        kinds.get("deleted", 0),
    )


async def finish(
    tx: Writing, id: UUID, status: str, code: str | None = None, message: str | None = None
) -> None:
    """End a run."""
    await tx.execute(FINISH, id, status, tx.now, code, message)


async def cancel_under_way(tx: Writing, connection_id: UUID) -> None:
    """End every run of a connection that is queued or running."""
    await tx.execute(
        "UPDATE sync_runs SET status = 'cancelled', finished_at = $2 "
        "WHERE connection_id = $1 AND status IN ('queued', 'running')",
        connection_id,
        tx.now,
    )


async def forget(tx: Writing, connection_id: UUID) -> None:
    """Keep nothing of a connection's entities; its runs stay as history."""
    await tx.execute("DELETE FROM sync_states WHERE connection_id = $1", connection_id)


async def lost_runs(tx: System, queued_before: datetime) -> list[tuple[UUID, UUID, UUID]]:
    """Return (workspace, run, connection) of runs that no job will ever carry on."""
    rows = await tx.fetch(LOST, queued_before)
    return [(row["workspace_id"], row["id"], row["connection_id"]) for row in rows]


async def failures_in_a_row(tx: Reading, connection_id: UUID) -> int:
    """Return how many runs failed since the last that completed."""
    found: int = await tx.fetchval(FAILURES_IN_A_ROW, connection_id)
    return found
