"""Row-level security and the watermark, on a real server."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import asyncpg
import pytest

from drawbar.kit.db import NOBODY, Database
from drawbar.kit.roles import UnfitDatabase, refuse_unfit
from drawbar.migrations import newest_revision
from tests.support.cast import Cast
from tests.support.clock import FakeClock
from tests.support.database import TestServer

TABLES = """
SELECT c.oid::regclass::text AS name, c.relrowsecurity AND c.relforcerowsecurity AS walled
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname IN ('public', 'assettracs') AND c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND c.relname NOT LIKE 'pgqueuer%' AND c.relname <> 'alembic_version'
"""


async def test_every_table_forces_row_level_security(server: TestServer) -> None:
    connection = await asyncpg.connect(server.owner_url)
    rows = await connection.fetch(TABLES)
    await connection.close()
    assert len(rows) > 20
    assert [row["name"] for row in rows if not row["walled"]] == []


async def test_a_transaction_of_no_workspace_sees_no_rows(database: Database, cast: Cast) -> None:
    async with database.reading(NOBODY) as tx:
        assert await tx.fetchval("SELECT count(*) FROM memberships") == 0
    async with database.reading(cast.alice.workspace_id) as tx:
        assert await tx.fetchval("SELECT count(*) FROM memberships") == 3


async def test_nobody_writes_into_another_workspace(database: Database, cast: Cast) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.writing(cast.mallory.workspace_id) as tx:
            await tx.execute("INSERT INTO counters VALUES ($1, 'x', 1)", cast.alice.workspace_id)


async def test_people_are_hidden_from_every_workspace(database: Database, cast: Cast) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.reading(cast.alice.workspace_id) as tx:
            await tx.fetch("SELECT * FROM users")


async def test_the_audit_log_cannot_be_rewritten(database: Database, cast: Cast) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.writing(cast.alice.workspace_id) as tx:
            await tx.execute("DELETE FROM audit_entries")


async def test_the_watermark_waits_for_a_writer_that_began_before_it(
    database: Database, cast: Cast, clock: FakeClock
) -> None:
    workspace = cast.alice.workspace_id
    began, may_end = asyncio.Event(), asyncio.Event()

    async def slow_writer() -> None:
        async with database.writing(workspace):
            began.set()
            await may_end.wait()

    writer = asyncio.create_task(slow_writer())
    await began.wait()
    started_at = clock.now
    clock.forward(seconds=30)
    async with database.reading(workspace) as tx:
        held_back = await tx.watermark()
    async with database.reading(cast.mallory.workspace_id) as tx:
        theirs = await tx.watermark()
    may_end.set()
    await writer
    async with database.reading(workspace) as tx:
        free = await tx.watermark()
    assert held_back < started_at
    assert theirs == free == clock.now - timedelta(microseconds=1)


async def test_a_role_that_sees_past_the_wall_is_refused(server: TestServer) -> None:
    connection = await asyncpg.connect(server.owner_url)
    with pytest.raises(UnfitDatabase, match="drawbar_owner"):
        await refuse_unfit(connection, revision=newest_revision())
    await connection.close()


async def test_a_database_of_another_revision_is_refused(server: TestServer) -> None:
    connection = await asyncpg.connect(server.app_url)
    await refuse_unfit(connection, revision=newest_revision())
    with pytest.raises(UnfitDatabase, match="drawbar migrate"):
        await refuse_unfit(connection, revision="9999")
    await connection.close()


async def test_a_failed_transaction_leaves_nothing_and_calls_nobody(
    database: Database, cast: Cast
) -> None:
    called: list[str] = []
    name = uuid4().hex

    async def note() -> None:
        called.append("after")

    async def fail_after_writing() -> None:
        async with database.writing(cast.alice.workspace_id) as tx:
            tx.after_commit(note)
            await tx.execute("INSERT INTO counters VALUES ($1, $2, 1)", tx.workspace_id, name)
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        await fail_after_writing()
    async with database.reading(cast.alice.workspace_id) as seen:
        assert not await seen.fetchval("SELECT EXISTS (SELECT FROM counters WHERE name = $1)", name)
    assert called == []
