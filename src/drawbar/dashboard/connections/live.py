"""A connection's sync as it goes on: its progress, written anew whenever it changes."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from uuid import UUID

from drawbar.connections import store
from drawbar.kit.db import Database
from drawbar.sync import store as sync_store
from drawbar.sync.model import Run
from drawbar.sync.status import SyncStatus, sync_status

WHILE_RUNNING = 0.7
"""Seconds between looks while a run is under way."""
AT_REST = 2.0
RUNS_SHOWN = 12
LONGEST = 300.0
"""Seconds until the browser has to ask anew, and with that to show that its session still lives."""


async def changes_of_status(
    database: Database,
    workspace_id: UUID,
    connection_id: UUID,
    written: Callable[[SyncStatus, list[Run]], str],
    *,
    pause_scale: float = 1.0,
) -> AsyncIterator[str | None]:
    """Yield the status as `written` whenever that differs, None when a look found no change."""
    before = None
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        async with database.reading(workspace_id) as tx:
            connection = await store.CONNECTIONS.get(tx, connection_id)
            status = await sync_status(tx, connection)
            runs = await sync_store.recent_runs(tx, connection_id, RUNS_SHOWN)
        text = written(status, runs)
        yield text if text != before else None
        before = text
        running = status.status == "in_progress" and connection.live
        await asyncio.sleep((WHILE_RUNNING if running else AT_REST) * pause_scale)
