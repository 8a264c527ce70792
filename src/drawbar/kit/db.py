"""PostgreSQL: a pool, and three ways in - reading, writing, and as the system.

Every tenant table carries `workspace_id` under row-level security. A transaction says whose rows it
may see, so queries never name the tenant; one that forgets sees nothing rather than someone else's.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import msgspec

from drawbar.kit import json
from drawbar.kit.clock import Clock

if TYPE_CHECKING:
    Connection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]

NOBODY = UUID(int=0)
"""The workspace of a transaction that belongs to none."""

OLDEST_WRITER = """
SELECT min(objid::bigint)
  FROM pg_locks
 WHERE locktype = 'advisory' AND objsubid = 2 AND classid = workspace_lock($1)::bit(32)::bigint::oid
   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class Reading:
    """A read-only transaction in one workspace; `now` is its moment, aware, in UTC."""

    def __init__(self, connection: "Connection", workspace_id: UUID, now: datetime) -> None:
        self.connection = connection
        self.workspace_id = workspace_id
        self.now = now

    async def fetch(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Return all rows."""
        return await self.connection.fetch(sql, *args)

    async def fetchrow(self, sql: str, *args: Any) -> asyncpg.Record | None:
        """Return the first row, or None."""
        return await self.connection.fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: Any) -> Any:
        """Return the first column of the first row, or None."""
        return await self.connection.fetchval(sql, *args)

    async def watermark(self) -> datetime:
        """Return a moment at or before which every change of this workspace is visible.

        Writers announce the second they began in an advisory lock that lives as long as they do
        (see `enter_writing` in the first migration). Call it before the query it is to vouch for:
        each statement of a READ COMMITTED transaction sees what was committed before it started.
        """
        began = await self.fetchval(OLDEST_WRITER, self.workspace_id)
        oldest = self.now if began is None else datetime.fromtimestamp(began, UTC)
        # A writer may still begin, or have begun, at that very moment.
        return min(self.now, oldest) - timedelta(microseconds=1)


class Writing(Reading):
    """A transaction that may change one workspace; it commits when its block ends."""

    def __init__(self, connection: "Connection", workspace_id: UUID, now: datetime) -> None:
        super().__init__(connection, workspace_id, now)
        self._afterwards: list[Callable[[], Awaitable[None]]] = []

    async def execute(self, sql: str, *args: Any) -> str:
        """Run a statement and return PostgreSQL's command tag, `UPDATE 3`."""
        return await self.connection.execute(sql, *args)

    async def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement once per row, pipelined."""
        await self.connection.executemany(sql, rows)

    def after_commit(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Call back once the commit is durable; for wake-ups, which may be lost without harm."""
        self._afterwards.append(callback)

    async def committed(self) -> None:
        """Run what waited for the commit."""
        for callback in self._afterwards:
            await callback()


class System(Writing):
    """A transaction that sees every workspace; only `Database.as_system` makes one."""

    def __init__(self, connection: "Connection", now: datetime, reason: str) -> None:
        super().__init__(connection, NOBODY, now)
        self.reason = reason

    def inside(self, workspace_id: UUID) -> Writing:
        """Return the same transaction for functions that add rows to one workspace.

        It still sees every workspace: a query in it needs the tenant named, or `writing`.
        """
        return Writing(self.connection, workspace_id, self.now)


class Database:
    """The pool and the clock behind all transactions.

    Without a clock the database's own is used: one clock for any number of hosts.
    """

    def __init__(self, pool: "Pool", clock: Clock | None = None) -> None:
        self.pool = pool
        self._clock = clock

    @asynccontextmanager
    async def reading(self, workspace_id: UUID) -> AsyncIterator[Reading]:
        """Read one workspace's rows."""
        async with self.pool.acquire() as connection, connection.transaction(readonly=True):
            now = await connection.fetchval(
                "SELECT enter_reading($1, $2)", workspace_id, self._held()
            )
            yield Reading(connection, workspace_id, now)

    @asynccontextmanager
    async def writing(self, workspace_id: UUID) -> AsyncIterator[Writing]:
        """Change one workspace's rows; commit at the end, roll back on an exception."""
        async with self.pool.acquire() as connection:
            async with connection.transaction():
                now = await connection.fetchval(
                    "SELECT enter_writing($1, $2)", workspace_id, self._held()
                )
                tx = Writing(connection, workspace_id, now)
                yield tx
            await tx.committed()

    @asynccontextmanager
    async def as_system(self, reason: str) -> AsyncIterator[System]:
        """See every workspace; for authentication, schedulers and deliveries, with a reason."""
        async with self.pool.acquire() as connection:
            async with connection.transaction():
                await connection.execute("SET LOCAL ROLE drawbar_system")
                held = self._held()
                now = held or await connection.fetchval("SELECT clock_timestamp()")
                tx = System(connection, now, reason)
                yield tx
            await tx.committed()

    def _held(self) -> datetime | None:
        return self._clock() if self._clock else None


async def open_pool(url: str, *, size: int = 10) -> "Pool":
    """Connect; the caller closes the pool.

    Columns of type `json` hold exact text and come as bytes; `jsonb` comes decoded.
    """
    return await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=size,
        init=_codecs,
        reset=_nothing,
        command_timeout=60,
        server_settings={"timezone": "UTC", "application_name": "drawbar"},
    )


@asynccontextmanager
async def open_database(
    url: str, *, size: int = 10, clock: Clock | None = None
) -> AsyncIterator[Database]:
    """Open a pool for the length of a block."""
    pool = await open_pool(url, size=size)
    try:
        yield Database(pool, clock)
    finally:
        await pool.close()


async def _codecs(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    await connection.set_type_codec(
        "json", schema="pg_catalog", encoder=bytes, decoder=bytes, format="binary"
    )
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: json.encode(value).decode(),
        decoder=msgspec.json.decode,
        format="text",
    )


async def _nothing(_: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Skip asyncpg's reset on release: all our settings are local to their transaction."""
