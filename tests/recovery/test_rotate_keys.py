"""The master key of a whole Drawbar exchanged while it works: nobody notices."""

import asyncio
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from drawbar.house.addresses import addresses_of
from drawbar.kit.db import Database, open_database
from drawbar.kit.settings import Settings
from tests.support.cast import bring_on
from tests.support.hooks import Inbox, admin_token, bearer, open_inbox
from tests.support.house import House, drawbar, house
from tests.support.patience import until

pytestmark = pytest.mark.slow
MESSAGES = "SELECT status, last_error FROM webhook_deliveries"


class Vendor:
    """Somebody whose program makes endpoints, tests them and reads lists without a pause."""

    def __init__(self, http: aiohttp.ClientSession, address: str, inbox: Inbox) -> None:
        self._http, self._address, self._inbox = http, address, inbox
        self.answers: Counter[int] = Counter()
        self.enough = asyncio.Event()
        self.endpoints: list[str] = []
        self.cursor = ""

    async def call(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """Make a call and count its status."""
        async with self._http.request(method, self._address + path, **options) as answer:
            self.answers[answer.status] += 1
            return dict(await answer.json())

    async def work(self) -> None:
        """Go on until it is enough."""
        while not self.enough.is_set():
            wish = {
                "url": self._inbox.url,
                "event_types": ["webhook.test"],
                "headers": {"X-Key": "k"},
            }
            made = await self.call("POST", "/webhook-endpoints", json=wish)
            self.endpoints.append(made["id"])
            for id in self.endpoints[:2] + self.endpoints[-1:]:
                await self.call("POST", f"/webhook-endpoints/{id}/test")
            await self.call("GET", "/webhook-endpoints?limit=1")

    async def first_cursor(self) -> str:
        """Return a cursor of the list of endpoints."""
        page = await self.call("GET", "/webhook-endpoints?limit=1")
        return str(page["next_cursor"])


async def test_nobody_notices_that_the_master_key_is_exchanged(tmp_path: Path) -> None:
    with house(tmp_path / "data") as ours:
        ours.env["DRAWBAR_ALLOW_NETWORKS"] = "127.0.0.0/8"
        ours.env["DRAWBAR_REQUESTS_PER_MINUTE"] = "1000000"
        await asyncio.to_thread(ours.start)
        settings = Settings(data=ours.data)
        before = (ours.data / "master.key").read_text()
        async with open_database(addresses_of(settings).app, size=2) as database:
            cast = await bring_on(database)
            token = await admin_token(database, cast.alice)
            async with (
                open_inbox() as inbox,
                aiohttp.ClientSession(headers=bearer(token)) as http,
            ):
                address = f"http://127.0.0.1:{ours.port}/admin/v1"
                vendor = Vendor(http, address, inbox)
                working = asyncio.create_task(vendor.work())
                await until(lambda: _many(vendor), within_s=20)
                cursor = await vendor.first_cursor()

                await _killed_then_run_again(ours)
                await asyncio.sleep(1)
                vendor.enough.set()
                await working
                await until(lambda: _all_told(database, cast.alice.workspace_id), within_s=20)

                failed = [status for status in vendor.answers if status >= 400]
                assert failed == []
                assert await _errors(database, cast.alice.workspace_id) == []
                await asyncio.to_thread(_restart, ours)
                await vendor.call("GET", f"/webhook-endpoints?limit=1&cursor={cursor}")
                await vendor.call("POST", f"/webhook-endpoints/{vendor.endpoints[0]}/test")
                await until(lambda: _all_told(database, cast.alice.workspace_id), within_s=20)
                assert [status for status in vendor.answers if status >= 400] == []

        assert (ours.data / "master.key").read_text() != before
        assert sorted(path.name for path in ours.data.glob("master.key*")) == ["master.key"]


async def _many(vendor: Vendor) -> bool:
    return len(vendor.endpoints) > 20


async def _killed_then_run_again(ours: House) -> None:
    command = [sys.executable, "-m", "drawbar", "rotate-keys"]
    killed = await asyncio.create_subprocess_exec(
        *command, env=ours.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert killed.stdout is not None
    while b"moved" not in await killed.stdout.readline():
        pass
    killed.kill()
    await killed.wait()
    done = await asyncio.to_thread(drawbar, "rotate-keys", env=ours.env)
    assert done.returncode == 0, done.stderr
    assert "seals now" in done.stdout


def _restart(ours: House) -> None:
    assert ours.stop() == 0
    ours.start()


async def _rows(database: Database, workspace_id: UUID) -> list[Any]:
    async with database.reading(workspace_id) as tx:
        return await tx.fetch(MESSAGES)


async def _all_told(database: Database, workspace_id: UUID) -> bool:
    return all(row["status"] == "delivered" for row in await _rows(database, workspace_id))


async def _errors(database: Database, workspace_id: UUID) -> list[str]:
    return [row["last_error"] for row in await _rows(database, workspace_id) if row["last_error"]]
