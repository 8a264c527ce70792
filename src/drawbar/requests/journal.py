"""Requests on their way into the log: a bounded queue that a task empties once a second.

Nothing here may hold up or fail a request. What a crash loses is the last second's.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg

from drawbar.kit import logs
from drawbar.kit.db import Database
from drawbar.requests import store
from drawbar.requests.model import NewLog

log = logs.logger(__name__)
MOST_WAITING = 5_000
BATCH = 200
PAUSE = 1.0  # seconds
Shaping = Callable[[], NewLog]
"""Masks and shapes one request; done when it is written, not while its caller waits."""


class Journal:
    """Collects requests and writes them in batches, for the time of `writing`."""

    def __init__(self, *, most_waiting: int = MOST_WAITING) -> None:
        self._waiting: deque[Shaping] = deque()
        self._most_waiting = most_waiting
        self._full = asyncio.Event()
        self._writing = asyncio.Lock()
        self._lost = 0

    def add(self, shape: Shaping) -> None:
        """Queue one request; when too many wait it is counted and dropped."""
        if len(self._waiting) >= self._most_waiting:
            self._lost += 1
            return
        self._waiting.append(shape)
        if len(self._waiting) >= BATCH:
            self._full.set()

    @asynccontextmanager
    async def writing(self, database: Database) -> AsyncIterator[None]:
        """Write what comes in while the block runs, and what is left at its end."""
        task = asyncio.create_task(self._write_on(database))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            await self.flush(database)

    async def flush(self, database: Database) -> None:
        """Write everything that waits."""
        async with self._writing:
            while self._waiting:
                await self._write(database, await self._shaped())
        if self._lost:
            log.warning("requests not logged: too many at once", count=self._lost)
            self._lost = 0

    async def _write_on(self, database: Database) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._full.wait(), PAUSE)
            self._full.clear()
            await self.flush(database)

    async def _shaped(self) -> list[NewLog]:
        rows: list[NewLog] = []
        while self._waiting and len(rows) < BATCH:
            shape = self._waiting.popleft()
            try:
                rows.append(shape())
            except Exception:  # a body nobody foresaw must not end the log
                log.exception("request not logged")
            # Masking a body takes a fraction of a millisecond: requests go in between.
            await asyncio.sleep(0)
        return rows

    async def _write(self, database: Database, rows: list[NewLog]) -> None:
        try:
            async with database.as_system("write the request log") as tx:
                await store.add(tx, rows)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("requests not logged", count=len(rows), reason=str(error))
