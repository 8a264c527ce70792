"""Two processes race for the last credit, again and again: exactly one wins each time."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import UUID

from drawbar.kit.db import Database
from drawbar.workspaces import credits, store
from drawbar.workspaces.store import Pool
from tests.support.cast import Cast
from tests.support.database import TestServer


@contextmanager
def racer(server: TestServer, workspace_id: UUID) -> Iterator["subprocess.Popen[str]"]:
    started = subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, Path(__file__).with_name("racer.py"), server.app_url, str(workspace_id)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with started:
        assert said(started) == "ready"
        yield started
        assert started.stdin is not None
        started.stdin.close()


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


async def race(server: TestServer, database: Database, workspace_id: UUID, times: int) -> None:
    with ExitStack() as stack:
        racers = [stack.enter_context(racer(server, workspace_id)) for _ in range(2)]
        for _ in range(times):
            async with database.writing(workspace_id) as tx:
                await credits.grant(tx, 1, "the last one")
            for one in racers:
                tell(one)
            assert sorted(said(one) for one in racers) == ["inactive", "synchronizing"]
    async with database.reading(workspace_id) as tx:
        assert await store.pool(tx) == Pool(available=0, used=times, granted=times)


async def test_of_two_processes_exactly_one_gets_the_last_credit_200_times(
    server: TestServer, database: Database, cast: Cast
) -> None:
    await race(server, database, cast.alice.workspace_id, 200)
