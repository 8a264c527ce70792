"""A connection as it goes on: the parts of its page, written anew whenever they change."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from itertools import zip_longest
from uuid import UUID

import msgspec

from drawbar.connections import store
from drawbar.connections.model import Connection
from drawbar.dashboard.records.store import RecordLine, newest_records
from drawbar.kit.db import Database, Reading
from drawbar.sync import store as sync_store
from drawbar.sync.model import Run
from drawbar.sync.status import SyncStatus, sync_status

WHILE_RUNNING = 0.7
"""Seconds between looks while a run is under way."""
AT_REST = 2.0
RUNS_SHOWN = 12
RECORDS_SHOWN = 20
LONGEST = 300.0
"""Seconds until the browser has to ask anew, and with that to show that its session still lives."""


class Look(msgspec.Struct, frozen=True):
    """What is seen of a connection at one moment; `entity` is the one whose records are shown."""

    connection: Connection
    status: SyncStatus
    runs: list[Run]
    entities: list[str]
    entity: str
    records: list[RecordLine]


async def look_at(tx: Reading, connection_id: UUID, wanted: str) -> Look:
    """Read a connection's state, runs and newest records of the wanted entity, or of the first."""
    connection = await store.CONNECTIONS.get(tx, connection_id)
    status = await sync_status(tx, connection)
    entities = [one.entity for one in status.entities if one.records_total]
    entity = wanted if wanted in entities else next(iter(entities), "")
    return Look(
        connection=connection,
        status=status,
        runs=await sync_store.recent_runs(tx, connection_id, RUNS_SHOWN),
        entities=entities,
        entity=entity,
        records=await newest_records(tx, connection_id, entity, RECORDS_SHOWN) if entity else [],
    )


async def changes_of(
    database: Database,
    workspace_id: UUID,
    connection_id: UUID,
    wanted: str,
    written: Callable[[Look], list[str]],
    *,
    pause_scale: float = 1.0,
) -> AsyncIterator[str | None]:
    """Yield what differs of the parts as `written`, None when a look found no change.

    The first part goes with every change: it fills the place that asks for the stream.
    """
    before: list[str] = []
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        async with database.reading(workspace_id) as tx:
            look = await look_at(tx, connection_id, wanted)
        parts = written(look)
        changed = [now for now, then in zip_longest(parts[1:], before[1:]) if now != then]
        yield "".join([parts[0], *changed]) if parts != before else None
        before = parts
        running = look.status.status == "in_progress" and look.connection.live
        await asyncio.sleep((WHILE_RUNNING if running else AT_REST) * pause_scale)
