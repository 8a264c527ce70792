"""The embedded PostgreSQL: first start, adoption, crashes, races, private folders."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from drawbar.kit.embedded import SUPERUSER, EmbeddedPostgres, EmbeddedPostgresError
from tests.support.patience import seen_within

# Never looks whether its postmaster is alive, so it outlives it and holds the shared memory.
STUBBORN = "DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    embedded = EmbeddedPostgres(tmp_path)
    yield embedded
    embedded.stop()


def postmaster_pid(data: Path) -> int:
    return int((data / "postgres" / "postmaster.pid").read_text().split("\n")[0])


async def value(server: EmbeddedPostgres, sql: str) -> Any:
    connection = await asyncpg.connect(server.url(SUPERUSER, "postgres"))
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_a_first_start_makes_a_cluster_that_asks_for_the_password(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    assert server.start()
    assert await value(server, "SELECT lower('ÄÖ')") == "äö"
    assert stat.S_IMODE((tmp_path / "postgres.password").stat().st_mode) == 0o600
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.url(SUPERUSER, "postgres", "guessed"))


async def test_sqlalchemy_understands_the_same_url(server: EmbeddedPostgres) -> None:
    server.start()
    url = server.url(SUPERUSER, "postgres").replace("postgresql:", "postgresql+asyncpg:")
    engine = create_async_engine(url)
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar() == 1
    await engine.dispose()


async def test_version_16_works_too(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path, version=16)
    assert server.start()
    version = await value(server, "SHOW server_version_num")
    lowered = await value(server, "SELECT lower('ÄÖ')")
    server.stop()
    assert (version[:2], lowered) == ("16", "äö")


def test_a_running_server_is_adopted_and_stopped_by_whoever_comes(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    server.start()
    other = EmbeddedPostgres(tmp_path)
    assert not other.start()
    other.stop()
    assert not server.is_running
    assert server.start()


def test_a_server_whose_parent_was_killed_is_adopted(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    code = (
        "import os, sys, pathlib; from drawbar.kit.embedded import EmbeddedPostgres; "
        "EmbeddedPostgres(pathlib.Path(sys.argv[1])).start(); os.kill(os.getpid(), 9)"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    killed = subprocess.run(command, check=False)  # noqa: S603 - our own code
    assert killed.returncode == -signal.SIGKILL
    assert not server.start()
    server.stop()
    assert not server.is_running


def test_of_two_racing_starters_exactly_one_starts_it(tmp_path: Path) -> None:
    racers = [EmbeddedPostgres(tmp_path), EmbeddedPostgres(tmp_path)]
    with ThreadPoolExecutor() as pool:
        started = list(pool.map(EmbeddedPostgres.start, racers))
    racers[0].stop()
    racers[1].stop()
    assert sorted(started) == [False, True]


async def test_a_killed_server_recovers_though_a_busy_backend_survives_it(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    server.start()
    await value(server, "CREATE TABLE kept AS SELECT 7 AS number")
    busy = await asyncpg.connect(server.url(SUPERUSER, "postgres"))
    loop = asyncio.create_task(busy.execute(STUBBORN))
    await asyncio.sleep(0.2)
    os.kill(postmaster_pid(tmp_path), signal.SIGKILL)
    assert seen_within(5, lambda: not server.is_running)
    assert await asyncio.to_thread(server.start)
    assert await value(server, "SELECT number FROM kept") == 7
    with pytest.raises((asyncpg.PostgresError, OSError)):
        await loop


async def test_stop_ends_a_server_with_busy_clients_within_its_bound(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    server.start()
    pid = postmaster_pid(tmp_path)
    busy = await asyncpg.connect(server.url(SUPERUSER, "postgres"))
    loop = asyncio.create_task(busy.execute(STUBBORN))
    await asyncio.sleep(0.2)
    await asyncio.wait_for(asyncio.to_thread(server.stop), timeout=10)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    with pytest.raises((asyncpg.PostgresError, OSError)):
        await loop


def test_a_recorded_number_that_now_belongs_to_a_stranger_is_left_alone(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    server.start()
    pid_file = tmp_path / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().split("\n")
    os.kill(int(lines[0]), signal.SIGKILL)
    stranger = subprocess.Popen(["/bin/sleep", "60"])
    pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))
    server.stop()
    assert server.start()
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


async def test_folders_above_stay_private_and_unchanged(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    before = private.stat()
    server = EmbeddedPostgres(private / "here")
    server.start()
    assert await value(server, "SELECT 1") == 1
    server.stop()
    after = private.stat()
    assert (after.st_mode, after.st_uid) == (before.st_mode, before.st_uid)
    assert stat.S_IMODE((private / "here").stat().st_mode) == 0o700


async def test_a_data_folder_too_deep_for_a_socket_gets_a_short_private_one(
    tmp_path: Path,
) -> None:
    deep = tmp_path / ("deep" * 25)
    server = EmbeddedPostgres(deep)
    server.start()
    assert await value(server, "SELECT 1") == 1
    folder = server.socket_folder
    assert EmbeddedPostgres(deep).socket_folder == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    server.stop()
    folder.rmdir()


def test_a_cluster_of_another_version_is_refused_with_the_way_out(tmp_path: Path) -> None:
    cluster = tmp_path / "postgres"
    cluster.mkdir()
    (cluster / "PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedPostgresError, match=r"made by PostgreSQL 14.*runs 18.*pg_dumpall"):
        EmbeddedPostgres(tmp_path).start()


def test_a_server_that_cannot_start_shows_its_own_words(
    server: EmbeddedPostgres, tmp_path: Path
) -> None:
    server.start()
    server.stop()
    (tmp_path / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(EmbeddedPostgresError, match="could not find the database system"):
        server.start()


def test_an_unfinished_first_start_is_begun_again(server: EmbeddedPostgres, tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18\n")
    assert server.start()
