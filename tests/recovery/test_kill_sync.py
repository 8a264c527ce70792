"""Kill -9 of a worker in the middle of an initial sync: nothing missing, nothing told untruly."""

import base64
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from drawbar.assettracs.tags.kinds import SCAN_TABLE, TagScan
from tests.support.cast import Cast
from tests.support.database import TestServer
from tests.support.patience import until
from tests.sync.world import World, hub_and_platform

SCANS = 15_000
"""Thirty pages: enough that the worker is caught between two of them."""


def start_worker(server: TestServer, data: Path, world: World) -> "subprocess.Popen[bytes]":
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DRAWBAR_DATA": str(data),
        "DRAWBAR_DATABASE_URL": server.app_url,
        "DRAWBAR_OWNER_DATABASE_URL": server.owner_url,
        "DRAWBAR_MASTER_KEY": base64.b64encode(bytes(range(32))).decode(),
        "DRAWBAR_ALLOW_NETWORKS": "127.0.0.0/8",
        "DRAWBAR_PUBLIC_URL": world.address,
        "DRAWBAR_LOG_LEVEL": "warning",
    }
    return subprocess.Popen([sys.executable, "-m", "drawbar", "worker"], env=environment)


async def add_scans(world: World, cast: Cast) -> None:
    async with world.database.writing(cast.alice.workspace_id) as tx:
        await SCAN_TABLE.insert_new(
            tx,
            [
                TagScan(
                    id=uuid4(),
                    created_at=tx.now,
                    modified_at=tx.now - timedelta(seconds=number),
                    payload=f"T{number}",
                    scanned_at=tx.now,
                )
                for number in range(SCANS)
            ],
        )


async def in_the_middle(world: World) -> bool:
    async with world.database.reading(world.workspace_id) as tx:
        seen: int = await tx.fetchval(
            "SELECT coalesce(sum(seen), 0)::int FROM sync_runs WHERE entity = 'tag_scans'"
        )
        return 0 < seen < SCANS


async def completed(world: World) -> bool:
    return bool((await world.hub("/sync-status"))["status"] == "completed")


async def status_of_scans(world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    status = await world.hub("/sync-status")
    (scans,) = [one for one in status["entities"] if one["entity"] == "tag_scans"]
    return status, scans


async def test_a_killed_worker_leaves_no_gap_and_claims_no_success(
    server: TestServer, cast: Cast, tmp_path: Path
) -> None:
    async with hub_and_platform(server, cast) as world:
        await add_scans(world, cast)
        await world.connect()
        first = start_worker(server, tmp_path, world)
        try:
            await until(lambda: in_the_middle(world), within_s=30, every_s=0.01)
        finally:
            first.kill()
            first.wait()
        status, scans = await status_of_scans(world)
        assert status["status"] == "in_progress"
        assert status["last_successful_sync_at"] is None
        assert (scans["status"], scans["watermark"]) == ("in_progress", None)

        second = start_worker(server, tmp_path, world)
        try:
            await until(lambda: completed(world), within_s=60)
        finally:
            second.terminate()
            ended = second.wait(10)
        _, scans = await status_of_scans(world)
        async with world.database.reading(world.workspace_id) as tx:
            read = await tx.fetchval(
                "SELECT count(DISTINCT body->>'tag') FROM records WHERE entity = 'tag_scans'"
            )
        assert ended == 0
        assert (read, scans["records_total"]) == (SCANS, SCANS)
