"""A sandbox connection from connect to each thing that can be switched to go wrong."""

from typing import Any
from uuid import UUID

import pytest

from drawbar.audit import Actor
from drawbar.connections import actions
from tests.support.cast import Cast
from tests.support.database import TestServer
from tests.sync.world import World, hub_and_platform

WISH = {
    "name": "Kestrel",
    "system": "sandbox",
    "credentials": {"user": "demo", "password": "demo"},
}


async def connected(world: World, **changes: Any) -> str:
    """Connect a sandbox, take its token, read everything once."""
    status, made = await world.call(
        "POST", "/admin/v1/connections", world.admin_token, json=WISH | changes
    )
    assert status == 201, made
    world.connection_id = made["id"]
    _, issued = await world.call(
        "POST", f"/admin/v1/connections/{made['id']}/token", world.admin_token
    )
    world.token = issued["access_token"]
    await world.work()
    return f"/admin/v1/connections/{made['id']}"


async def turned(world: World, connection: str, **switches: Any) -> tuple[int, Any]:
    return await world.call("PATCH", f"{connection}/sandbox", world.admin_token, json=switches)


async def synced(world: World) -> dict[str, Any]:
    """Sync once more; the error of each entity that failed."""
    async with world.session.post(
        f"{world.address}/api/v1/sync", headers={"Authorization": f"Bearer {world.token}"}, json={}
    ) as answer:
        assert answer.status < 300, await answer.text()
    await world.work()
    status = await world.hub("/sync-status")
    return {one["entity"]: one["error"] for one in status["entities"] if one["error"]}


async def test_a_sandbox_costs_nothing_and_reads_a_plant(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        connection = await connected(world)
        _, shown = await world.call("GET", connection, world.admin_token)
        orders = await world.hub("/purchase-orders", limit="500", status="sent")
        vendors = await world.hub("/vendors", limit="500")
        assert (shown["credits"], shown["tier"], shown["status"]) == (0, 0, "active")
        assert orders["data"][0]["lines"][0]["quantity"]
        assert len(vendors["data"]) == 40
        assert "password" not in shown["settings"]


async def test_an_order_leads_to_its_vendor_and_site(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        await connected(world)
        order = (await world.hub("/purchase-orders", status="received", limit="1"))["data"][0]
        vendor = await world.hub(f"/vendors/{order['vendor_id']}")
        site = await world.hub(f"/sites/{order['site_id']}")
        assert vendor["remote_id"] == order["remote_vendor_id"]
        assert site["remote_id"] == order["remote_site_id"]


async def test_switches_are_read_turned_and_written_down(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        connection = await connected(world)
        _, before = await world.call("GET", f"{connection}/sandbox", world.admin_token)
        status, after = await turned(
            world, connection, delay_ms=5, denied_entities=["work_orders", "assets"]
        )
        _, later = await turned(world, connection, rate_limit_per_minute=10)
        async with world.database.reading(world.workspace_id) as tx:
            written = await tx.fetchval(
                "SELECT count(*) FROM audit_entries WHERE action = 'connection.sandbox_switched'"
            )
        assert not any(before.values())
        assert (status, after["delay_ms"]) == (200, 5)
        assert after["denied_entities"] == ["assets", "work_orders"]
        assert later == after | {"rate_limit_per_minute": 10}
        assert written == 2


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"delay_ms": -1}, "delay_ms"),
        ({"error_rate": 2}, "error_rate"),
        ({"rate_limit_per_minute": 0}, "rate_limit_per_minute"),
        ({"denied_entities": ["unicorns"]}, "denied_entities"),
        ({"colour": "red"}, "colour"),
    ],
)
async def test_a_switch_that_cannot_be_is_told_by_field(
    server: TestServer, cast: Cast, wish: dict[str, Any], field: str
) -> None:
    async with hub_and_platform(server, cast) as world:
        connection = await connected(world)
        status, problem = await turned(world, connection, **wish)
        assert status == 422
        assert field in str(problem["errors"])


async def test_a_real_system_has_no_switches(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        path = f"/admin/v1/connections/{world.connection_id}"
        status, problem = await turned(world, path, outage=True)
        shown, _ = await world.call("GET", f"{path}/sandbox", world.admin_token)
        assert (status, shown) == (409, 409)
        assert "no sandbox" in problem["detail"]


async def test_denied_entities_fail_alone_and_come_back(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        connection = await connected(world)
        await turned(world, connection, denied_entities=["work_orders"])
        failed = await synced(world)
        _, degraded = await world.call("GET", connection, world.admin_token)
        assert set(failed) == {"work_orders"}
        assert degraded["health"] == "degraded"


async def test_expired_credentials_ask_for_reauthorization_and_new_ones_go_on(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        connection = await connected(world)
        await turned(world, connection, credentials_expired=True, delay_ms=1)
        await synced(world)
        _, expired = await world.call("GET", connection, world.admin_token)
        again = await actions.reauthorize(
            world.database,
            world.http,
            world.vault,
            Actor(kind="system", label="tests", workspace_id=world.workspace_id),
            UUID(world.connection_id),
            {"user": "demo", "password": "fresh"},
        )
        _, switches = await world.call("GET", f"{connection}/sandbox", world.admin_token)
        assert expired["health"] == "reauth_required"
        assert again.health == "online"
        assert (switches["credentials_expired"], switches["delay_ms"]) == (False, 1)


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"password": "wrong"}, 422, "user name or password are wrong"),
        ({"address": "https://unreachable.example"}, 502, "could not be connected to"),
        ({"address": "https://website.example"}, 502, "answered, but is no sandbox"),
        ({"address": "nowhere"}, 422, "Enter the whole address"),
    ],
)
async def test_magic_values_are_refused_before_anything_is_made(
    server: TestServer, cast: Cast, changed: dict[str, str], status: int, said: str
) -> None:
    async with hub_and_platform(server, cast) as world:
        wish = WISH | {"credentials": {"user": "demo", "password": "demo"} | changed}
        answered, problem = await world.call(
            "POST", "/admin/v1/connections", world.admin_token, json=wish
        )
        assert answered == status
        assert said in str(problem)


async def test_a_limited_user_connects_without_work_orders(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        await connected(world, credentials={"user": "limited", "password": "demo"})
        status = await world.hub("/sync-status")
        words = {one["entity"]: one["status"] for one in status["entities"]}
        assert words["work_orders"] == "not_permitted"
        assert words["purchase_orders"] == "completed"


async def test_the_catalogue_lists_every_system_and_its_cost(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        _, answer = await world.call("GET", "/admin/v1/systems", world.admin_token)
        systems = {one["slug"]: one for one in answer["data"]}
        costs = {
            slug: {one["kind"]: one["credits"] for one in systems[slug]["deployments"]}
            for slug in ("sap-s4hana", "sap-ecc", "assettracs", "sandbox")
        }
        assert costs == {
            "sap-s4hana": {"cloud": 4, "on_premises": 8},
            "sap-ecc": {"on_premises": 8},
            "assettracs": {"cloud": 1, "on_premises": 2},
            "sandbox": {"cloud": 0},
        }
        assert systems["sandbox"]["available"]
        assert not systems["sap-ecc"]["available"]
        assert len(systems) > 20


async def test_a_system_still_to_come_is_refused_by_name(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        status, problem = await world.call(
            "POST", "/admin/v1/connections", world.admin_token, json=WISH | {"system": "sap-ecc"}
        )
        assert status == 422
        assert "SAP ECC cannot be connected yet." in problem["errors"][0]["message"]
