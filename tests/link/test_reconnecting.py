"""Credentials end at the source: who notices, and how a magic link sets it right."""

import re
from typing import Any

from drawbar.kit import json
from tests.dashboard.browser import Browser
from tests.link.scene import PLAIN, Guest, RealWire
from tests.support.cast import Cast
from tests.support.database import TestServer
from tests.sync.world import World, hub_and_platform


async def a_sandbox(world: World) -> None:
    """Connect the sandbox over the Admin API and take its token."""
    credentials = {name.removeprefix("credentials."): text for name, text in PLAIN.items()}
    wish = {"name": "Leeds plant", "system": "sandbox", "credentials": credentials}
    _, made = await world.call("POST", "/admin/v1/connections", world.admin_token, json=wish)
    world.connection_id = made["id"]
    path = f"/admin/v1/connections/{made['id']}"
    _, issued = await world.call("POST", f"{path}/token", world.admin_token)
    world.token = issued["access_token"]
    await world.work()


async def admin(world: World, method: str, path: str, **body: Any) -> Any:
    """Call the Admin API about the connection."""
    status, answer = await world.call(
        method, f"/admin/v1{path}", world.admin_token, json=body or None
    )
    assert status < 300, answer
    return answer


async def test_expired_credentials_are_noticed_and_mended_by_a_magic_link(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await a_sandbox(world)
        here, old = f"/connections/{world.connection_id}", world.token
        await admin(world, "PATCH", f"{here}/sandbox", credentials_expired=True)
        await world.call("POST", "/api/v1/sync", old, json={})
        await world.work()
        failed = await admin(world, "GET", here)
        status = await world.hub("/sync-status")
        _, badge = await Browser(world, cast.mallory).get("/hub/connections")
        _, page = await Browser(world, cast.mallory).get(f"/hub{here}")
        link = await admin(world, "POST", "/magic-links", connection_id=world.connection_id)
        guest = await Guest(RealWire(world)).open(link["url"].removeprefix(world.address))
        await guest.connect()
        dead, _ = await world.call("GET", "/api/v1/connection", old)
        mended = await admin(world, "GET", here)
        world.token = (await admin(world, "POST", f"{here}/token"))["access_token"]
        await world.work()
        orders = await world.hub("/purchase-orders", limit="1")
        async with world.database.reading(world.workspace_id) as tx:
            types = [row["type"] for row in await tx.fetch("SELECT type FROM webhook_events")]
    assert failed["health"] == "reauth_required"
    assert {one["code"] for one in status["errors"]} == {"REAUTHORIZATION_REQUIRED"}
    assert "connection.auth_required" in types
    assert "Reauth required" in badge
    assert re.search(rf"/hub/connections/links/new\?connection_id={world.connection_id}", page)
    assert guest.status == 200, json.encode(guest.text)
    assert dead == 401
    assert (mended["id"], mended["health"]) == (world.connection_id, "online")
    assert mended["credits"] == failed["credits"]
    assert len(orders["data"]) == 1
