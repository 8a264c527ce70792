"""A client that polls by the watermark while everything moves ends with an equal copy."""

import asyncio
import random
from typing import Any

import pytest

from tests.support.cast import Cast
from tests.support.database import TestServer
from tests.sync.world import World, hub_and_platform

ROUNDS = 400
WRITERS = 3
SEED = 20261123


async def write_for_a_while(world: World, mark: int, choose: random.Random) -> None:
    """Create, change and delete assets through the platform's API."""
    mine: list[str] = []
    for step in range(ROUNDS):
        deed = choose.random()
        if deed < 0.5 or not mine:
            made = await world.asset("POST", "/assets", name=f"{mark}-{step}")
            mine.append(made["id"])
        elif deed < 0.85:
            id = choose.choice(mine)
            await world.asset("PATCH", f"/assets/{id}", name=f"{mark}-{step}")
        else:
            await world.asset("DELETE", f"/assets/{mine.pop(choose.randrange(len(mine)))}")


async def all_pages(world: World, **params: str) -> list[dict[str, Any]]:
    """Read a whole list, page by page."""
    rows: list[dict[str, Any]] = []
    page: dict[str, Any] = await world.hub("/assets", limit="7", **params)
    rows += page["data"]
    while page["next_cursor"]:
        page = await world.hub("/assets", limit="7", cursor=page["next_cursor"], **params)
        rows += page["data"]
    return rows


async def poll_once(world: World, copy: dict[str, Any], since: str | None) -> str | None:
    """Read the status first, then what changed since the watermark known before."""
    status = await world.hub("/sync-status")
    params = {"modified_after": since} if since else {"include_deleted": "true"}
    for row in await all_pages(world, **params):
        copy[row["id"]] = row
    watermark: str | None = status["last_successful_sync_at"]
    return watermark or since


async def whole_feed(world: World) -> dict[str, str]:
    """Read the changes feed to its end: each record's last kind of change."""
    page = await world.hub("/changes", limit="1000")
    fed = {one["record_id"]: one["kind"] for one in page["data"]}
    while page["has_more"]:
        page = await world.hub("/changes", limit="1000", cursor=page["next_cursor"])
        fed |= {one["record_id"]: one["kind"] for one in page["data"]}
    return fed


async def rows_of_the_platform(world: World) -> dict[str, str]:
    """Read the assets that live on the platform itself, names by id."""
    names: dict[str, str] = {}
    cursor = ""
    while True:
        address = f"/assettracs/api/v1/assets?limit=500{cursor}"
        _, page = await world.call("GET", address, world.asset_key)
        names |= {row["id"]: row["name"] for row in page["data"]}
        if page["next_cursor"] is None:
            return names
        cursor = f"&cursor={page['next_cursor']}"


@pytest.mark.slow
async def test_a_copy_kept_by_the_watermark_misses_nothing(server: TestServer, cast: Cast) -> None:
    choose = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    copy: dict[str, Any] = {}
    since: str | None = None
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        await world.work()
        writers = [
            asyncio.create_task(write_for_a_while(world, mark, random.Random(SEED + mark)))  # noqa: S311
            for mark in range(WRITERS)
        ]
        while not all(writer.done() for writer in writers):
            await world.call("POST", "/api/v1/sync", world.token)
            polling = asyncio.create_task(poll_once(world, copy, since))
            await world.work()
            since = await polling
            await asyncio.sleep(choose.random() / 20)
        await asyncio.gather(*writers)
        await asyncio.sleep(0.01)
        await world.call("POST", "/api/v1/sync", world.token)
        await world.work()
        await poll_once(world, copy, since)
        fed = await whole_feed(world)
        alive = await rows_of_the_platform(world)
    kept = {row["remote_id"]: row["name"] for row in copy.values() if row["deleted_at"] is None}
    gone = {row["id"] for row in copy.values() if row["deleted_at"]}
    assert kept == alive
    assert {id for id, kind in fed.items() if kind == "deleted"} == gone
