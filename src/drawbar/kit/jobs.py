"""Background jobs: enqueued in the transaction of the fact, run by any number of workers.

A thin layer over PgQueuer 1.6. A job runs at least once: a worker that dies, or loses the database,
has its jobs taken over by another after ten seconds, so a handler must bear to run twice.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import asyncpg
import msgspec
import structlog
from pgqueuer import PgQueuer
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.adapters.persistence.query_helpers import cell
from pgqueuer.db import AsyncpgDriver
from pgqueuer.domain.settings import DBSettings, Durability
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job, Schedule, TableChangedEvent
from pgqueuer.queries import Queries
from pgqueuer.types import Channel

from drawbar.kit import json
from drawbar.kit.db import Writing

if TYPE_CHECKING:
    from drawbar.kit.db import Connection

log = structlog.get_logger()
Handler = Callable[[bytes], Awaitable[None]]

# Every name is given, because PgQueuer would read the rest from the environment, some from
# variables as common as CHANNEL.
NAMES = DBSettings(
    prefix="",
    db_schema=None,
    channel=Channel("drawbar_jobs"),
    function="pgqueuer_changed",
    trigger="pgqueuer_changed",
    queue_table="pgqueuer",
    queue_table_log="pgqueuer_log",
    statistics_table="pgqueuer_statistics",
    schedules_table="pgqueuer_schedules",
    queue_status_type="pgqueuer_status",
    durability=Durability.durable,
)
_ENVIRONMENT = QueryBuilderEnvironment(NAMES)
_QUEUE = QueryQueueBuilder(NAMES)
ENQUEUE = _QUEUE.build_enqueue_query("skip")
WAKE = "SELECT pg_notify($1, $2)"

# How often this job was picked since it was last queued, less the pick that is running now.
RECOVERIES = """
SELECT count(*) - 1 AS recoveries
  FROM pgqueuer_log
 WHERE job_id = $1 AND status = 'picked'
   AND id > (SELECT max(id) FROM pgqueuer_log WHERE job_id = $1 AND status = 'queued')
"""
MOST_RECOVERIES = 5

# PgQueuer writes three log rows per job and never removes one.
PRUNE = "DELETE FROM pgqueuer_log WHERE created < now() - INTERVAL '7 days'"

LONGEST_RETRY_DELAY = timedelta(minutes=5)
PICKED_AT_ONCE = 10
RECONNECT_AFTER = 1.0  # seconds


class AbandonedJobError(Exception):
    """The job's worker died every time it ran; it is kept as failed and not tried again."""


class Recurring(msgspec.Struct, frozen=True):
    """A coroutine run by one of the workers whenever the cron expression says, in UTC.

    A sixth field of the expression means seconds. An exception is logged and waits for the next
    time; a worker's death is noticed after thirty seconds.
    """

    name: str
    cron: str
    run: Callable[[], Awaitable[None]]


_waking: WeakSet[Writing] = WeakSet()


async def enqueue(
    tx: Writing,
    name: str,
    payload: Any,
    *,
    delay: timedelta = timedelta(0),
    dedupe_key: str | None = None,
) -> bool:
    """Add a job that exists if and only if the transaction commits.

    The payload (a struct or a dict) is written as JSON. False means that a job with this dedupe
    key is waiting or running already, and nothing was added. Idle workers are woken after the
    commit, once per transaction: notifying inside it would serialise all commits.
    """
    rows = await tx.connection.fetch(
        ENQUEUE, [0], [name], [json.encode(payload)], [delay], [dedupe_key], [None]
    )
    if rows and not delay and tx not in _waking:
        _waking.add(tx)
        tx.after_commit(lambda: _wake(tx.connection))
    return bool(rows)


def schema_sql() -> str:
    """Return the DDL of PgQueuer's tables for the migration that creates them.

    Rendered by the locked PgQueuer, so that it always fits the queries beside it; when a newer
    one changes its tables, a later revision runs its converging DDL, which does nothing on a
    database that has them already. The NOTIFY trigger is left out: `enqueue` wakes the workers.
    """
    return "\n\n".join(
        (
            _ENVIRONMENT.build_install_query(create_schema=False),
            f"DROP TRIGGER {NAMES.trigger} ON {NAMES.queue_table};",
            f"DROP FUNCTION {NAMES.function}();",
            _ENVIRONMENT.build_optimize_autovacuum_query(),
        )
    )


class Worker:
    """Runs jobs until stopped, through one connection of its own, and reconnects when it is lost.

    `url` should not lead through a transaction-mode pooler: wake-ups do not pass one, and the
    worker then only finds jobs when it looks, every `poll`. `limits` says how many jobs of a name
    may run at once on all workers together. A handler that raises is tried again after 1, 2, 4 …
    seconds, `tries` times in all; then the job is kept with status `failed`. A job whose worker
    has died more than five times in a row is kept so too.
    """

    def __init__(
        self,
        url: str,
        handlers: Mapping[str, Handler],
        schedules: Sequence[Recurring] = (),
        *,
        limits: Mapping[str, int] | None = None,
        tries: int = 8,
        concurrency: int = 50,
        poll: timedelta = timedelta(seconds=1),
        heartbeat_timeout: timedelta = timedelta(seconds=10),
        grace: timedelta = timedelta(seconds=3),
    ) -> None:
        self._url = url
        self._handlers = handlers
        self._schedules = schedules
        self._limits = limits or {}
        self._tries = tries
        self._concurrency = concurrency
        self._poll = poll
        self._heartbeat_timeout = heartbeat_timeout
        self._grace = grace
        self._stopping = asyncio.Event()
        self._running: set[asyncio.Future[None]] = set()

    def stop(self) -> None:
        """Take no more jobs; those still running after the grace are interrupted and requeued."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until `stop`; a lost database is waited for."""
        while not self._stopping.is_set():
            try:
                connection = await asyncpg.connect(
                    self._url, server_settings={"application_name": "drawbar worker"}
                )
            except (OSError, asyncpg.PostgresError) as error:
                await self._rest(error)
                continue
            connection.add_termination_listener(self._interrupt)
            try:
                await self._serve(connection)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                await self._rest(error)
            finally:
                with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    await connection.close(timeout=1)

    async def _serve(self, connection: Any) -> None:
        queue = self._queue(AsyncpgDriver(connection))
        serving = asyncio.create_task(
            queue.run(
                dequeue_timeout=self._poll,
                batch_size=PICKED_AT_ONCE,
                max_concurrent_tasks=self._concurrency,
                heartbeat_timeout=self._heartbeat_timeout,
                log_aggregation_interval=timedelta(0),
            )
        )
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            queue.shutdown.set()
            await asyncio.wait({serving}, timeout=self._grace.total_seconds())
            self._interrupt()
            await serving
        finally:
            stopping.cancel()
            serving.cancel()
            await asyncio.wait({serving, stopping})

    def _queue(self, driver: AsyncpgDriver) -> PgQueuer:
        builders = (_ENVIRONMENT, _QUEUE, QuerySchedulerBuilder(NAMES))
        queue = PgQueuer(driver, channel=NAMES.channel, queries=Queries(driver, *builders))
        for name, handler in self._handlers.items():
            queue.entrypoint(
                name,
                concurrency_limit=self._limits.get(name, 0),
                accepts_context=False,
                on_failure="hold",
            )(self._entrypoint(driver, handler))

        async def prune() -> None:
            await driver.execute(PRUNE)

        for each in (*self._schedules, Recurring("jobs.prune", "17 * * * *", prune)):
            queue.schedule(each.name, each.cron, accepts_context=False)(self._crontab(each))
        return queue

    def _entrypoint(
        self, driver: AsyncpgDriver, handler: Handler
    ) -> Callable[[Job], Awaitable[None]]:
        async def run(job: Job) -> None:
            bound = log.bind(job=job.entrypoint, job_id=job.id, attempt=job.attempts + 1)
            try:
                await self._refuse_abandoned(driver, job)
                await self._interruptible(handler(job.payload or b"null"))
            except asyncio.CancelledError:
                # PgQueuer would delete a cancelled job; ours were only interrupted.
                bound.info("jobs.interrupted")
                raise RetryRequested(reason="the worker stopped") from None
            except AbandonedJobError as error:
                bound.error("jobs.abandoned", error=str(error))
                raise
            except Exception as error:
                if job.attempts + 1 >= self._tries:
                    bound.exception("jobs.failed")
                    raise
                delay = min(timedelta(seconds=2**job.attempts), LONGEST_RETRY_DELAY)
                bound.warning("jobs.retried", delay=delay.total_seconds(), exc_info=error)
                raise RetryRequested(delay, reason=str(error)) from error

        return run

    def _crontab(self, each: Recurring) -> Callable[[Schedule], Awaitable[None]]:
        async def run(_: Schedule) -> None:
            await self._interruptible(each.run())

        return run

    async def _refuse_abandoned(self, driver: AsyncpgDriver, job: Job) -> None:
        # Who was picked soon after falling due was never recovered: no need to count.
        if job.updated - job.execute_after < self._heartbeat_timeout:
            return
        (row,) = await driver.fetch(RECOVERIES, job.id)
        recoveries = cell(row, "recoveries", int)
        if recoveries > MOST_RECOVERIES:
            raise AbandonedJobError(f"Its worker died {recoveries} times while it ran.")

    async def _interruptible(self, work: Awaitable[None]) -> None:
        running = asyncio.ensure_future(work)
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        await running

    def _interrupt(self, *_: object) -> None:
        for each in self._running:
            each.cancel()

    async def _rest(self, error: Exception) -> None:
        log.warning("jobs.database_lost", error=str(error), again_in=RECONNECT_AFTER)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), RECONNECT_AFTER)


async def _wake(connection: "Connection") -> None:
    event = TableChangedEvent(
        channel=NAMES.channel,
        sent_at=datetime.now(UTC),
        type="table_changed_event",
        operation="insert",
        table=NAMES.queue_table,
    )
    await connection.execute(WAKE, NAMES.channel, event.model_dump_json())
