"""Starting runs and ending them, in the caller's transaction."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from drawbar.connections import health
from drawbar.connections import store as connections
from drawbar.connections.health import Finding
from drawbar.connections.model import Connection
from drawbar.connectors.catalogue import CATALOGUE
from drawbar.kit.db import Writing
from drawbar.kit.errors import invalid
from drawbar.kit.jobs import enqueue
from drawbar.records import store as records
from drawbar.sync import store
from drawbar.sync.model import RUN_JOB, UNDER_WAY, Mode, Run, RunJob, Trigger
from drawbar.webhooks import outbox

JITTER = 0.1
"""Share of the interval by which the next scheduled sync is spread."""
LONGEST_PAUSE = timedelta(hours=1)
"""Between syncs of a source that keeps failing."""


async def start_runs(
    tx: Writing,
    connection: Connection,
    mode: Mode,
    trigger: Trigger,
    *,
    entities: Iterable[str] | None = None,
) -> list[UUID]:
    """Queue a run for each permitted entity, or for those named; return their ids.

    An entity that has never been read through gets its initial run, whatever was asked.
    """
    # Before any run, as the worker does when it ends one: see `engine`.
    await connections.CONNECTIONS.get(tx, connection.id, lock=True)
    states = await store.states(tx, connection.id)
    latest = await store.latest_runs(tx, connection.id)
    wanted = list(states) if entities is None else list(entities)
    for name in wanted:
        if name not in states:
            known = ", ".join(sorted(states))
            raise invalid("entities", f"{name!r} is not synced here; there is {known}.")
    ids: list[UUID] = []
    for name in CATALOGUE[connection.system].manifest.entities:
        if name not in wanted or not states[name].permitted:
            continue
        run_mode: Mode = "initial" if states[name].watermark is None else mode
        id, is_new = await store.add_run(
            tx, connection.id, name, run_mode, trigger, latest.get(name)
        )
        if is_new:
            await enqueue(tx, RUN_JOB, RunJob(tx.workspace_id, id), dedupe_key=str(id))
        ids.append(id)
    return ids


async def complete(tx: Writing, connection: Connection, run: Run, as_of: datetime | None) -> None:
    """Close a run that read its last page: the watermark moves on and the event goes out.

    A source whose clock is ahead is not believed beyond our own present: a watermark that is too
    early only repeats changes, one that is too late would hide them.
    """
    if not connection.live:
        await store.cancel_under_way(tx, connection.id)
        return
    await store.finish(tx, run.id, "completed")
    total = await records.count(tx, connection.id, run.entity)
    watermark = min(as_of or run.started_at or tx.now, tx.now)
    await store.set_watermark(tx, connection.id, run.entity, watermark, total)
    states = await store.states(tx, connection.id)
    read_through = all(state.watermark for state in states.values() if state.permitted)
    denied = [state.entity for state in states.values() if not state.permitted]
    await health.note(
        tx,
        connection,
        health.denied(denied),
        status="active" if read_through else connection.status,
        next_sync_at=_after(tx.now, timedelta(seconds=connection.sync_interval_seconds)),
        synced=True,
    )
    counts = {"seen": run.seen, "created": run.created, "updated": run.updated}
    await outbox.publish(
        tx,
        "sync.completed",
        {
            "run_id": run.id,
            "entity": run.entity,
            "mode": run.mode,
            **counts,
            "deleted": run.deleted,
        },
        connection_id=connection.id,
    )
    if run.again:
        await start_runs(tx, connection, "incremental", "push", entities=[run.entity])


async def fail(
    tx: Writing, connection: Connection, run: Run, code: str, message: str, found: Finding | None
) -> None:
    """Close a run that could not go on; its checkpoint stays for the next one.

    `found` is what that tells of the source; None when it tells nothing.
    """
    if not connection.live:
        await store.cancel_under_way(tx, connection.id)
        return
    await store.finish(tx, run.id, "failed", code, message)
    failures = await store.failures_in_a_row(tx, connection.id)
    interval = timedelta(seconds=connection.sync_interval_seconds)
    pause = min(interval * 2 ** min(failures, 8), max(LONGEST_PAUSE, interval))
    told = found or Finding(connection.health, connection.health_message)
    await health.note(tx, connection, told, next_sync_at=_after(tx.now, pause))
    facts = {"run_id": run.id, "entity": run.entity, "code": code, "message": message}
    await outbox.publish(tx, "sync.failed", facts, connection_id=connection.id)


def _after(now: datetime, pause: timedelta) -> datetime:
    jitter = 1 + JITTER * random.random()  # noqa: S311 - spreads load, guards nothing
    return now + pause * jitter


def is_under_way(run: Run | None) -> bool:
    """Whether a run is queued or running."""
    return run is not None and run.status in UNDER_WAY
