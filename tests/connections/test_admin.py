"""Connections and credits over the Admin API, as a vendor's program meets them."""

import csv
import io
from typing import Any

from drawbar.kit.db import Database
from tests.support.cast import Cast
from tests.support.clock import FakeClock
from tests.support.database import TestServer
from tests.support.web import free_port
from tests.sync.world import World, hub_and_platform


async def admin(world: World, method: str, path: str, **options: Any) -> tuple[int, Any]:
    return await world.call(method, f"/admin/v1{path}", world.admin_token, **options)


async def test_quotes_follow_tier_and_deployment(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        quotes = {}
        for system, deployment in (
            ("sap-s4hana", "cloud"),
            ("sap-ecc", "on_premises"),
            ("assettracs", "cloud"),
            ("sandbox", "cloud"),
        ):
            params = {"system": system, "deployment": deployment}
            _, quotes[system] = await admin(world, "GET", "/credits/quote", params=params)
        assert {name: one["credits"] for name, one in quotes.items()} == {
            "sap-s4hana": 4,
            "sap-ecc": 8,
            "assettracs": 1,
            "sandbox": 0,
        }
        assert (quotes["sap-ecc"]["enough"], quotes["sap-ecc"]["available_after"]) == (False, -6)
        assert (quotes["assettracs"]["enough"], quotes["assettracs"]["available_after"]) == (
            True,
            1,
        )


async def test_a_quote_names_what_is_wrong(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        unknown, first = await admin(world, "GET", "/credits/quote", params={"system": "nope"})
        params = {"system": "sap-ecc", "deployment": "moon"}
        wrong, second = await admin(world, "GET", "/credits/quote", params=params)
        assert (unknown, first["errors"][0]["field"]) == (400, "system")
        assert (wrong, second["errors"][0]["field"]) == (400, "deployment")


async def test_the_ledger_is_read_page_by_page_and_exported_whole(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        await admin(world, "DELETE", f"/connections/{world.connection_id}")
        _, first = await admin(world, "GET", "/credits/ledger", params={"limit": "2"})
        params = {"limit": "2", "cursor": first["next_cursor"]}
        _, second = await admin(world, "GET", "/credits/ledger", params=params)
        _, released = await admin(world, "GET", "/credits/ledger", params={"kind": "release"})
        headers = {"Authorization": f"Bearer {world.admin_token}"}
        async with world.session.get(
            f"{world.address}/admin/v1/credits/ledger.csv", headers=headers
        ) as answer:
            rows = list(csv.DictReader(io.StringIO(await answer.text())))
            assert answer.headers["Content-Type"].startswith("text/csv")
        kinds = [one["kind"] for one in first["data"] + second["data"]]
        assert kinds == ["grant", "consume", "release"]
        assert second["next_cursor"] is None
        assert [one["connection_id"] for one in released["data"]] == [world.connection_id]
        assert [row["kind"] for row in rows] == kinds
        assert [row["amount"] for row in rows] == ["2", "1", "1"]


async def test_a_workspace_chooses_when_its_pool_is_low_and_sees_it(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        _, before = await admin(world, "GET", "/credits")
        _, after = await admin(world, "PATCH", "/credits", json={"low_at": 0})
        refused, problem = await admin(world, "PATCH", "/credits", json={"low_at": -1})
        assert (before["low_at"], after["low_at"], refused) == (1, 0, 422)
        assert problem["errors"][0]["field"] == "low_at"


async def test_connections_are_found_by_tag_metadata_and_reference(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        change = {
            "tags": ["pilot", "north"],
            "user_metadata": {"crm": "ACME-7"},
            "email": "a@b.example",
        }
        _, changed = await admin(world, "PATCH", f"/connections/{world.connection_id}", json=change)
        found = {}
        for name, text in (("tag", "north,south"), ("tag", "east"), ("q", "acme-7"), ("q", "a@b")):
            _, page = await admin(world, "GET", "/connections", params={name: text})
            found[text] = len(page["data"])
        assert changed["email"] == "a@b.example"
        assert found == {"north,south": 1, "east": 0, "acme-7": 1, "a@b": 1}


async def test_an_inactive_connection_is_reactivated_as_overage(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        for _ in range(3):
            await world.connect()
        path = f"/connections/{world.connection_id}/reactivate"
        refused, problem = await admin(world, "POST", path)
        status, revived = await admin(world, "POST", path, json={"overage": True})
        again, _ = await admin(world, "POST", path)
        _, pool = await admin(world, "GET", "/credits")
        assert (refused, problem["code"]) == (403, "CONNECTION_INACTIVE")
        assert "overage" in problem["detail"]
        assert (status, revived["status"], again) == (200, "synchronizing", 409)
        assert (pool["overage"], pool["used"], pool["available"]) == (1, 3, 0)


async def test_an_outage_and_its_end_show_as_health_and_events(
    server: TestServer, cast: Cast, clock: FakeClock
) -> None:
    async with hub_and_platform(server, cast, clock) as world:
        await world.asset("POST", "/assets", name="Pump")
        await world.connect()
        await world.work()
        await world.point_at(f"http://127.0.0.1:{free_port()}")
        clock.forward(minutes=15)
        await world.check_source()
        _, offline = await admin(world, "GET", f"/connections/{world.connection_id}")
        refused, problem = await world.call("POST", "/api/v1/sync", world.token)
        readable, records = await world.call("GET", "/api/v1/assets", world.token)
        await world.point_at(world.address)
        await world.asset("POST", "/assets", name="Valve")
        clock.forward(minutes=1)
        await world.check_source()
        await world.work()
        _, online = await admin(world, "GET", f"/connections/{world.connection_id}")
        assert (offline["status"], offline["health"]) == ("active", "offline")
        assert offline["health_message"]
        assert (refused, problem["code"]) == (503, "CONNECTION_UNAVAILABLE")
        assert (readable, len(records["data"])) == (200, 1)
        assert (online["health"], online["health_message"]) == ("online", "")
        assert len((await world.hub("/assets"))["data"]) == 2
        healths = await changes_of_health(world.database, world)
        assert healths[-2:] == ["offline", "online"]


async def changes_of_health(database: Database, world: World) -> list[str]:
    async with database.reading(world.workspace_id) as tx:
        rows = await tx.fetch(
            "SELECT convert_from(payload, 'UTF8') AS payload FROM webhook_events "
            "WHERE type = 'connection.status_changed' ORDER BY created_at, id"
        )
    return [
        next(word for word in ("offline", "online", "reauth_required") if word in row["payload"])
        for row in rows
    ]


async def test_refused_credentials_are_told_and_reconnecting_goes_on_with_the_same_connection(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        await world.work()
        key, world.asset_key = world.asset_key, "k_ended"
        await world.point_at(world.address)
        await world.check_source()
        refused, problem = await world.call("POST", "/api/v1/sync", world.token)
        credentials = {"base_url": world.address, "api_key": key}
        path = f"/connections/{world.connection_id}"
        _, healed = await admin(
            world, "POST", f"{path}/reauthorize", json={"credentials": credentials}
        )
        dead, _ = await world.call("GET", "/api/v1/assets", world.token)
        _, issued = await admin(world, "POST", f"{path}/token")
        alive, _ = await world.call("POST", "/api/v1/sync", issued["access_token"])
        assert (refused, problem["code"]) == (424, "REAUTHORIZATION_REQUIRED")
        assert (healed["id"], healed["health"]) == (world.connection_id, "online")
        assert (dead, alive) == (401, 202)
        async with world.database.reading(world.workspace_id) as tx:
            told = await tx.fetchval(
                "SELECT count(*) FROM webhook_events WHERE type = 'connection.auth_required'"
            )
        assert told == 1


async def test_the_data_of_a_disconnected_connection_stays_until_it_is_deleted(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.asset("POST", "/assets", name="Pump")
        await world.connect()
        await world.work()
        path = f"/connections/{world.connection_id}"
        early, _ = await admin(world, "DELETE", f"{path}/data")
        await admin(world, "DELETE", path)
        kept = await records_of(world)
        status, shown = await admin(world, "DELETE", f"{path}/data")
        await world.work()
        again, _ = await admin(world, "DELETE", f"{path}/data")
        assert (early, kept > 0, status, again) == (409, True, 202, 409)
        assert shown["records_erased_at"]
        assert await records_of(world) == 0


async def records_of(world: World) -> int:
    async with world.database.reading(world.workspace_id) as tx:
        found: int = await tx.fetchval(
            "SELECT (SELECT count(*) FROM records) + (SELECT count(*) FROM changes)"
        )
        return found


async def test_sources_that_are_due_are_checked_once_whoever_looks(
    server: TestServer, cast: Cast, clock: FakeClock
) -> None:
    async with hub_and_platform(server, cast, clock) as world:
        await world.connect()
        await world.work()
        clock.forward(minutes=15)
        await world.start_due_checks()
        _, before = await admin(world, "GET", f"/connections/{world.connection_id}")
        await world.work()
        _, after = await admin(world, "GET", f"/connections/{world.connection_id}")
        assert before["last_checked_at"] < after["last_checked_at"]
