"""What `/sync-status` answers: the truth about a connection's copy (hub.md §6)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from drawbar.connections.model import Connection
from drawbar.kit.db import Reading
from drawbar.sync import store, survey_store
from drawbar.sync.actions import is_under_way
from drawbar.sync.model import EntityState, Run
from drawbar.webhooks.tally import Tally, tallies, tally

SILENT = Tally(None, None, 0, 0)
EVENT_GRACE = timedelta(minutes=2)
"""How long after a scheduled sync a client waits for its event before it looks by itself."""


class Progress(msgspec.Struct, frozen=True):
    """How far a run is; `share` is 0-1, null when the source does not tell its size."""

    seen: int
    expected: int | None
    share: float | None


class EntityStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One entity: `records_changed` counts its latest run."""

    entity: str
    status: str
    mode: str | None
    records_total: int
    records_changed: int
    watermark: datetime | None
    last_started_at: datetime | None
    last_finished_at: datetime | None
    progress: Progress | None
    error: str | None


class StatusError(msgspec.Struct, frozen=True):
    """Why an entity's latest run failed."""

    code: str
    message: str
    entity: str
    at: datetime | None


class Events(msgspec.Struct, frozen=True, kw_only=True):
    """How the connection's webhook events fare; silence past `next_expected_by` is a signal."""

    last_event_at: datetime | None
    last_delivered_at: datetime | None
    pending: int
    failed: int
    next_expected_by: datetime | None


class SyncStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a connection's copy.

    Every change up to `last_successful_sync_at` is readable: it is the oldest watermark of the
    permitted entities, null until each was read through once.
    """

    connection_id: UUID
    status: str
    health: str
    last_successful_sync_at: datetime | None
    lag_seconds: int | None
    overdue: bool
    last_started_at: datetime | None
    last_finished_at: datetime | None
    next_scheduled_sync_at: datetime | None
    progress: float | None
    errors: list[StatusError]
    events: Events
    entities: list[EntityStatus]


async def sync_status(tx: Reading, connection: Connection) -> SyncStatus:
    """Read a connection's status."""
    states = await store.states(tx, connection.id)
    runs = await store.latest_runs(tx, connection.id)
    counts = await tally(tx, connection.id)
    return assemble(connection, states, runs, counts, tx.now)


async def sync_statuses(tx: Reading, connections: Sequence[Connection]) -> list[SyncStatus]:
    """Read the status of many connections, in as many queries as of one."""
    ids = [one.id for one in connections]
    states, runs = await survey_store.states(tx, ids), await survey_store.latest_runs(tx, ids)
    counts = await tallies(tx, ids)
    return [
        assemble(
            one, states.get(one.id, {}), runs.get(one.id, {}), counts.get(one.id, SILENT), tx.now
        )
        for one in connections
    ]


def assemble(
    connection: Connection,
    states: dict[str, EntityState],
    runs: dict[str, Run],
    counts: Tally,
    now: datetime,
) -> SyncStatus:
    """Put a status together from facts."""
    entities = [_entity(state, runs.get(state.entity)) for state in states.values()]
    permitted = [entity for entity in entities if entity.status != "not_permitted"]
    marks = [entity.watermark for entity in permitted]
    watermark = min((mark for mark in marks if mark), default=None) if all(marks) else None
    due = connection.next_sync_at
    started = [entity.last_started_at for entity in permitted if entity.last_started_at]
    finished = [entity.last_finished_at for entity in permitted if entity.last_finished_at]
    return SyncStatus(
        connection_id=connection.id,
        status=_overall([entity.status for entity in permitted]),
        health=connection.health,
        last_successful_sync_at=watermark,
        lag_seconds=max(0, int((now - watermark).total_seconds())) if watermark else None,
        overdue=bool(due and now > due + EVENT_GRACE),
        last_started_at=max(started, default=None),
        last_finished_at=max(finished, default=None),
        next_scheduled_sync_at=due,
        progress=_share_done([entity.status for entity in permitted]),
        errors=[
            StatusError(run.error_code or "", run.error_message or "", run.entity, run.finished_at)
            for run in runs.values()
            if run.status == "failed"
        ],
        events=Events(
            last_event_at=counts.last_event_at,
            last_delivered_at=counts.last_delivered_at,
            pending=counts.pending,
            failed=counts.failed,
            next_expected_by=due + EVENT_GRACE if due else None,
        ),
        entities=entities,
    )


def _entity(state: EntityState, run: Run | None) -> EntityStatus:
    return EntityStatus(
        entity=state.entity,
        status=_word(state, run),
        mode=run.mode if run else None,
        records_total=state.records_total,
        records_changed=run.created + run.updated + run.deleted if run else 0,
        watermark=state.watermark,
        last_started_at=run.started_at if run else None,
        last_finished_at=run.finished_at if run else None,
        progress=_progress(state, run) if run and is_under_way(run) else None,
        error=run.error_message if run else None,
    )


def _word(state: EntityState, run: Run | None) -> str:
    if not state.permitted:
        return "not_permitted"
    if run is None:
        return "queued"
    return {"running": "in_progress", "cancelled": "paused"}.get(run.status, run.status)


def _progress(state: EntityState, run: Run) -> Progress:
    """Tell how far a run is; a full run should meet about as many records as are known."""
    expected = run.expected or (state.records_total if run.mode == "full" else 0) or None
    share = min(1.0, run.seen / expected) if expected else None
    return Progress(run.seen, expected, share)


def _overall(words: list[str]) -> str:
    if not words or any(word in {"queued", "in_progress"} for word in words):
        return "in_progress"
    return "failed" if "failed" in words else "completed"


def _share_done(words: list[str]) -> float | None:
    if not words:
        return None
    done = sum(word not in {"queued", "in_progress"} for word in words)
    return round(done / len(words), 3)
