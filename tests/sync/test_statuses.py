"""The status of all connections at once says what each says of itself."""

from collections.abc import AsyncIterator

import pytest

from tests.support.cast import Cast
from tests.support.database import TestServer
from tests.sync.world import World, hub_and_platform


@pytest.fixture
async def world(server: TestServer, cast: Cast) -> AsyncIterator[World]:
    async with hub_and_platform(server, cast) as opened:
        yield opened


async def test_every_connection_is_told_as_it_tells_itself(world: World) -> None:
    await world.asset("POST", "/assets", name="Pump 4")
    await world.connect()
    await world.work()
    own = await world.hub("/sync-status")
    await world.connect()
    status, page = await world.call("GET", "/admin/v1/sync-status", world.admin_token)
    first, second = page["data"]
    moving = ("lag_seconds",)
    assert status == 200
    assert {**first, **dict.fromkeys(moving)} == {**own, **dict.fromkeys(moving)}
    assert first["status"] == "completed"
    assert (second["connection_id"], second["entities"]) == (world.connection_id, [])
    assert second["status"] == "in_progress"


async def test_the_list_is_filtered_and_paged_as_connections_are(world: World) -> None:
    await world.connect()
    first_id = world.connection_id
    await world.connect()
    _, page = await world.call(
        "GET", "/admin/v1/sync-status", world.admin_token, params={"limit": "1"}
    )
    _, none = await world.call(
        "GET", "/admin/v1/sync-status", world.admin_token, params={"health": "offline"}
    )
    assert [one["connection_id"] for one in page["data"]] == [first_id]
    assert page["next_cursor"]
    assert none["data"] == []
