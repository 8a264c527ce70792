"""Background jobs on a real server: transactions, retries, take-over, limits, schedules."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from drawbar.kit import json
from drawbar.kit.db import Database, Writing, open_database
from drawbar.kit.embedded import SUPERUSER, EmbeddedPostgres
from drawbar.kit.jobs import Recurring, Worker, enqueue, schema_sql

# Says that it began, then works longer than any test: only a kill ends it.
DYING_WORKER = """
import asyncio, sys
from drawbar.kit.jobs import Worker

async def never_ends(payload):
    print("began", flush=True)
    await asyncio.sleep(60)

asyncio.run(Worker(sys.argv[1], {"greet": never_ends}).run())
"""
RARELY = timedelta(seconds=30)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    embedded = EmbeddedPostgres(tmp_path_factory.mktemp("jobs"))
    embedded.start()
    yield embedded
    embedded.stop()


@pytest.fixture
async def url(server: EmbeddedPostgres) -> str:
    name = f"jobs_{uuid4().hex}"
    connection = await asyncpg.connect(server.url(SUPERUSER, "postgres"))
    await connection.execute(f"CREATE DATABASE {name} STRATEGY wal_log")
    await connection.close()
    address = server.url(SUPERUSER, name)
    connection = await asyncpg.connect(address)
    await connection.execute(schema_sql())
    await connection.close()
    return address


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with open_database(url) as database:
        yield database


@asynccontextmanager
async def writing(database: Database) -> AsyncIterator[Writing]:
    async with database.pool.acquire() as connection:
        async with connection.transaction():
            tx = Writing(connection, uuid4(), datetime.now(UTC))
            yield tx
        await tx.committed()


@asynccontextmanager
async def working(worker: Worker) -> AsyncIterator[None]:
    running = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await asyncio.wait_for(running, 6)


class Notes:
    """What handlers were given, in order."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Any] = asyncio.Queue()

    async def take(self, payload: bytes) -> None:
        await self._queue.put(json.decode(payload))

    async def next(self, seconds: float = 5) -> Any:
        return await asyncio.wait_for(self._queue.get(), seconds)

    def count(self) -> int:
        return self._queue.qsize()


async def status_of_jobs(database: Database) -> list[str]:
    return [row["status"] for row in await database.pool.fetch("SELECT status FROM pgqueuer")]


async def eventually(database: Database, *statuses: str) -> bool:
    async with asyncio.timeout(5):
        while await status_of_jobs(database) != [*statuses]:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.02)
    return True


async def enqueue_and_fail(database: Database) -> None:
    async with writing(database) as tx:
        await enqueue(tx, "greet", {"name": "Alice"})
        raise ZeroDivisionError


async def test_a_committed_job_wakes_an_idle_worker(url: str, database: Database) -> None:
    notes = Notes()
    async with working(Worker(url, {"greet": notes.take}, poll=RARELY)):
        await asyncio.sleep(0.5)
        async with writing(database) as tx:
            assert await enqueue(tx, "greet", {"name": "Alice"})
        assert await notes.next(2) == {"name": "Alice"}
        assert await eventually(database)


async def test_a_job_of_a_rolled_back_transaction_never_was(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await enqueue_and_fail(database)
    assert await status_of_jobs(database) == []


async def test_a_waiting_job_is_not_enqueued_twice(database: Database) -> None:
    async with writing(database) as tx:
        assert await enqueue(tx, "greet", {}, dedupe_key="once")
        assert not await enqueue(tx, "greet", {}, dedupe_key="once")
    assert await status_of_jobs(database) == ["queued"]


async def test_a_delayed_job_waits(url: str, database: Database) -> None:
    notes = Notes()
    async with writing(database) as tx:
        await enqueue(tx, "greet", "later", delay=timedelta(seconds=1))
        await enqueue(tx, "greet", "now")
    async with working(Worker(url, {"greet": notes.take})):
        assert [await notes.next(), await notes.next()] == ["now", "later"]


async def test_inserting_a_job_notifies_nobody_inside_the_transaction(database: Database) -> None:
    triggers = await database.pool.fetchval(
        "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'pgqueuer'::regclass"
    )
    assert triggers == 0


async def test_a_failing_job_is_retried_and_then_kept_as_failed(
    url: str, database: Database
) -> None:
    notes = Notes()

    async def fail(payload: bytes) -> None:
        await notes.take(payload)
        raise ValueError("no such site")

    async with writing(database) as tx:
        await enqueue(tx, "greet", 1)
    async with working(Worker(url, {"greet": fail}, tries=2)):
        assert await eventually(database, "failed")
    assert notes.count() == 2


async def test_a_killed_workers_job_is_taken_over(url: str, database: Database) -> None:
    notes = Notes()
    async with writing(database) as tx:
        await enqueue(tx, "greet", {"name": "Bob"})
    dying = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DYING_WORKER, url, stdout=asyncio.subprocess.PIPE
    )
    assert dying.stdout is not None
    assert await asyncio.wait_for(dying.stdout.readline(), 10) == b"began\n"
    dying.send_signal(signal.SIGKILL)
    await dying.wait()
    async with working(Worker(url, {"greet": notes.take})):
        assert await notes.next(14) == {"name": "Bob"}
        assert await eventually(database)


async def test_a_job_that_killed_six_workers_is_kept_as_failed(
    url: str, database: Database
) -> None:
    notes = Notes()
    async with writing(database) as tx:
        await enqueue(tx, "greet", {})
        await tx.execute(
            "UPDATE pgqueuer SET status = 'picked', execute_after = now() - INTERVAL '1 hour', "
            "heartbeat = now() - INTERVAL '1 minute'"
        )
        await tx.execute(
            "INSERT INTO pgqueuer_log (job_id, status, priority, entrypoint) "
            "SELECT id, 'picked', 0, 'greet' FROM pgqueuer, generate_series(1, 6)"
        )
    async with working(Worker(url, {"greet": notes.take})):
        assert await eventually(database, "failed")
    assert notes.count() == 0


async def test_a_limited_name_runs_one_at_a_time(url: str, database: Database) -> None:
    notes = Notes()

    async def slowly(_: bytes) -> None:
        await notes.take(b'"began"')
        await asyncio.sleep(0.1)
        await notes.take(b'"ended"')

    async with writing(database) as tx:
        await enqueue(tx, "greet", 1)
        await enqueue(tx, "greet", 2)
    async with working(Worker(url, {"greet": slowly}, limits={"greet": 1})):
        seen = [await notes.next() for _ in range(4)]
    assert seen == ["began", "ended", "began", "ended"]


async def test_a_schedule_runs(url: str) -> None:
    notes = Notes()
    tick = Recurring("tick", "* * * * * *", lambda: notes.take(b'"tick"'))
    async with working(Worker(url, {}, [tick])):
        assert await notes.next() == "tick"


async def test_stopping_requeues_a_job_that_outlasts_the_grace(
    url: str, database: Database
) -> None:
    notes = Notes()

    async def long(payload: bytes) -> None:
        await notes.take(payload)
        await asyncio.sleep(60)

    async with writing(database) as tx:
        await enqueue(tx, "greet", "again")
    async with working(Worker(url, {"greet": long}, grace=timedelta(seconds=0.1))):
        await notes.next()
    assert await status_of_jobs(database) == ["queued"]


async def test_cancelling_a_worker_loses_no_job(url: str, database: Database) -> None:
    notes = Notes()

    async def long(payload: bytes) -> None:
        await notes.take(payload)
        await asyncio.sleep(60)

    async with writing(database) as tx:
        await enqueue(tx, "greet", "again")
    running = asyncio.create_task(Worker(url, {"greet": long}).run())
    await notes.next()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await status_of_jobs(database) == ["queued"]


async def test_a_worker_survives_the_loss_of_its_connection(url: str, database: Database) -> None:
    notes = Notes()
    async with working(Worker(url, {"greet": notes.take})):
        await asyncio.sleep(0.3)
        lost = await database.pool.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE application_name = 'drawbar worker' AND datname = current_database()"
        )
        async with writing(database) as tx:
            await enqueue(tx, "greet", "after")
        assert (lost, await notes.next()) == (1, "after")
