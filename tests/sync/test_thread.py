"""The main thread: an asset of the platform becomes a record of the hub."""

import asyncio
from uuid import UUID, uuid4

from drawbar.connections import store as connections
from drawbar.connections.model import Secrets
from drawbar.kit.crypto import Vault
from drawbar.sync import actions, jobs, store
from drawbar.sync.model import ConnectedJob
from drawbar.webhooks.delivery import deliver_once
from tests.support.cast import Cast
from tests.support.clock import FakeClock
from tests.support.database import TestServer
from tests.support.web import free_port
from tests.sync.world import hub_and_platform


async def test_a_new_connection_reads_every_asset_exactly_once(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        site = await world.asset("POST", "/sites", name="Leeds depot", time_zone="Europe/London")
        names = [f"Pump {number}" for number in range(7)]
        for name in names:
            await world.asset("POST", "/assets", name=name, site_id=site["id"])
        await world.connect()
        await world.work()
        first = await world.hub("/assets", limit="4")
        second = await world.hub("/assets", limit="4", cursor=first["next_cursor"])
        status = await world.hub("/sync-status")
        assert [one["name"] for one in first["data"] + second["data"]] == names
        assert second["next_cursor"] is None
        assert {one["remote_site_id"] for one in first["data"]} == {site["id"]}
        assert (status["status"], status["health"]) == ("completed", "online")


async def test_polling_by_the_watermark_returns_exactly_what_changed(
    server: TestServer, cast: Cast, clock: FakeClock
) -> None:
    async with hub_and_platform(server, cast, clock) as world:
        made = [await world.asset("POST", "/assets", name=f"Pump {n}") for n in range(3)]
        clock.forward(seconds=10)
        await world.connect()
        await world.work()
        clock.forward(seconds=10)
        before = (await world.hub("/sync-status"))["last_successful_sync_at"]
        await world.asset("PATCH", f"/assets/{made[0]['id']}", name="Pump 0b")
        clock.forward(seconds=1)
        await world.asset("DELETE", f"/assets/{made[1]['id']}")
        clock.forward(seconds=1)
        status, _ = await world.call("POST", "/api/v1/sync", world.token)
        await world.work()
        changed = await world.hub("/assets", modified_after=before)
        assert status == 202
        assert [(one["name"], one["deleted_at"] is None) for one in changed["data"]] == [
            ("Pump 0b", True),
            ("Pump 1", False),
        ]


async def test_an_unchanged_sync_moves_no_record_and_feeds_no_change(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.asset("POST", "/assets", name="Pump")
        await world.connect()
        await world.work()
        before = await world.hub("/assets")
        feed = await world.hub("/changes")
        await world.call("POST", "/api/v1/sync", world.token, json={"mode": "full"})
        await world.work()
        assert (await world.hub("/assets"))["data"] == before["data"]
        after = await world.hub("/changes", cursor=feed["next_cursor"])
        assert (after["data"], after["has_more"]) == ([], False)


async def test_a_refused_key_costs_no_credit_and_says_so(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        wish = {
            "name": "x",
            "system": "assettracs",
            "credentials": {"base_url": world.address, "api_key": "wrong"},
        }
        status, problem = await world.call(
            "POST", "/admin/v1/connections", world.admin_token, json=wish
        )
        _, pool = await world.call("GET", "/admin/v1/credits", world.admin_token)
        assert (status, problem["errors"][0]["field"]) == (422, "credentials.api_key")
        assert (pool["available"], pool["used"]) == (2, 0)


async def test_disconnecting_returns_the_credit_and_kills_the_token(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        _, held = await world.call("GET", "/admin/v1/credits", world.admin_token)
        status, _ = await world.call(
            "DELETE", f"/admin/v1/connections/{world.connection_id}", world.admin_token
        )
        _, freed = await world.call("GET", "/admin/v1/credits", world.admin_token)
        dead, _ = await world.call("GET", "/api/v1/assets", world.token)
        assert (held["available"], held["used"]) == (1, 1)
        assert (status, freed["available"], dead) == (204, 2, 401)


async def test_without_a_credit_the_connection_is_inactive(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        await world.connect()
        await world.connect()
        status, problem = await world.call("GET", "/api/v1/assets", world.token)
        assert (status, problem["code"]) == (403, "CONNECTION_INACTIVE")


async def test_a_run_whose_job_was_given_up_fails_and_the_next_goes_on(
    server: TestServer, cast: Cast, clock: FakeClock
) -> None:
    async with hub_and_platform(server, cast, clock) as world:
        await world.asset("POST", "/assets", name="Pump")
        await world.connect()
        await world.work()
        await world.call("POST", "/api/v1/sync", world.token, json={"entities": ["assets"]})
        async with world.database.as_system("tests lose the job") as tx:
            await tx.execute(
                "DELETE FROM pgqueuer WHERE convert_from(payload, 'UTF8') LIKE '%' || $1 || '%'",
                str(world.workspace_id),
            )
        clock.forward(minutes=2)
        await jobs.fail_lost_runs(world.database)
        failed = await world.hub("/sync-status")
        await world.call("POST", "/api/v1/sync", world.token)
        await world.work()
        healed = await world.hub("/sync-status")
        assert (failed["status"], failed["errors"][0]["code"]) == ("failed", "WORKER_LOST")
        assert healed["status"] == "completed"


async def test_an_outage_is_told_and_ends_by_itself(
    server: TestServer, cast: Cast, clock: FakeClock
) -> None:
    async with hub_and_platform(server, cast, clock) as world:
        await world.asset("POST", "/assets", name="Pump")
        await world.connect()
        await world.point_at(f"http://127.0.0.1:{free_port()}")
        await world.work_through_failures()
        failed = await world.hub("/sync-status")
        refused, problem = await world.call("POST", "/api/v1/sync", world.token)
        await world.point_at(world.address)
        clock.forward(minutes=1)
        await world.check_source()
        await world.work()
        healed = await world.hub("/sync-status")
        assert (refused, problem["code"]) == (503, "CONNECTION_UNAVAILABLE")
        assert (failed["status"], failed["health"]) == ("failed", "offline")
        assert failed["errors"][0]["code"] == "CONNECTION_UNAVAILABLE"
        assert failed["last_successful_sync_at"] is None
        assert (healed["status"], healed["health"]) == ("completed", "online")
        assert [one["name"] for one in (await world.hub("/assets"))["data"]] == ["Pump"]


async def test_refused_credentials_ask_for_a_new_log_in(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        await world.work()
        async with world.database.writing(cast.alice.workspace_id) as tx:
            await tx.execute("UPDATE api_keys SET revoked_at = now()")
        await world.call("POST", "/api/v1/sync", world.token)
        await world.work()
        refused, problem = await world.call("POST", "/api/v1/sync", world.token)
        status = await world.hub("/sync-status")
        assert (refused, problem["code"]) == (424, "REAUTHORIZATION_REQUIRED")
        assert (status["status"], status["health"]) == ("failed", "reauth_required")
        assert {one["code"] for one in status["errors"]} == {"REAUTHORIZATION_REQUIRED"}


async def test_whoever_asks_for_a_sync_waits_its_turn_at_the_connection(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        connection_id = UUID(world.connection_id)
        await jobs.begin_to_sync(world.database, ConnectedJob(world.workspace_id, connection_id))
        async with world.database.writing(world.workspace_id) as tx:
            await connections.CONNECTIONS.get(tx, connection_id, lock=True)
            asked = asyncio.create_task(world.call("POST", "/api/v1/sync", world.token))
            finished, _ = await asyncio.wait({asked}, timeout=0.3)
        status, _ = await asked
        assert (finished, status) == (set(), 202)


async def test_a_push_with_a_false_signature_starts_nothing(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        await world.work()
        async with world.session.post(
            f"{world.address}/hub/push/{world.connection_id}",
            headers={"webhook-id": "x", "webhook-timestamp": "1", "webhook-signature": "v1,x"},
            json={"type": "assettracs.assets.updated"},
        ) as refused:
            assert refused.status in {401, 404}
        async with world.session.post(f"{world.address}/hub/push/{uuid4()}") as unknown:
            assert unknown.status == 404


async def test_the_platform_tells_the_hub_of_a_change(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        made = await world.asset("POST", "/assets", name="Pump")
        await world.connect()
        await world.work()
        await world.asset("PATCH", f"/assets/{made['id']}", name="Pump 2")
        await deliver_once(world.database, world.http, world.vault)
        await world.work()
        assert [one["name"] for one in (await world.hub("/assets"))["data"]] == ["Pump 2"]


async def test_a_lost_master_key_is_told_and_the_credit_still_returns(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        async with world.database.writing(world.workspace_id) as tx:
            await connections.seal(
                tx, Vault(bytes(32)), UUID(world.connection_id), Secrets(credentials={})
            )
        await world.work()
        status = await world.hub("/sync-status")
        ended, _ = await world.call(
            "DELETE", f"/admin/v1/connections/{world.connection_id}", world.admin_token
        )
        _, pool = await world.call("GET", "/admin/v1/credits", world.admin_token)
        assert status["health"] == "reauth_required"
        assert "master key" in status["errors"][0]["message"]
        assert (ended, pool["available"]) == (204, 2)


async def test_a_disconnected_connection_gets_no_new_token(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        address = f"/admin/v1/connections/{world.connection_id}"
        await world.call("DELETE", address, world.admin_token)
        status, _ = await world.call("POST", f"{address}/token", world.admin_token)
        assert status == 409


async def test_a_run_that_ends_after_disconnecting_does_not_bring_the_connection_back(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        await world.work()
        await world.call("POST", "/api/v1/sync", world.token, json={"entities": ["assets"]})
        id = UUID(world.connection_id)
        address = f"/admin/v1/connections/{id}"
        await world.call("DELETE", address, world.admin_token)
        async with world.database.writing(world.workspace_id) as tx:
            connection = await connections.CONNECTIONS.get(tx, id, lock=True)
            run = (await store.latest_runs(tx, id))["assets"]
            await actions.complete(tx, connection, run, tx.now)
            ended = await store.run(tx, run.id)
        _, shown = await world.call("GET", address, world.admin_token)
        assert (shown["status"], shown["next_sync_at"]) == ("disconnected", None)
        assert ended is not None
        assert ended.status == "cancelled"
