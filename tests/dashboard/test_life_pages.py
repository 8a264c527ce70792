"""Editing, reconnecting, reactivating a connection and deleting its data, by form."""

from tests.dashboard.browser import Browser
from tests.support.cast import Cast
from tests.support.database import TestServer
from tests.sync.world import World, hub_and_platform


def page_of(world: World) -> str:
    return f"/hub/connections/{world.connection_id}"


async def test_a_connection_is_edited_and_a_mistake_is_told_beside_its_field(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        browser = Browser(world, cast.mallory)
        form = {
            "name": "Northern",
            "email": "ann@example.com",
            "customer_reference": "nr-1",
            "tags": "pilot, north, pilot",
            "user_metadata": "crm: ACME-7\nseats: 12",
            "minutes": "15",
        }
        edit = f"{page_of(world)}/edit"
        wrong, _, told = await browser.post(edit, form | {"minutes": "0", "name": "Kept"})
        lost, _, said = await browser.post(edit, form | {"user_metadata": "no colon"})
        status, where, _ = await browser.post(edit, form)
        _, shown = await browser.get(page_of(world))
        _, again = await browser.get(edit)
        assert (wrong, lost, status, where) == (422, 422, 303, page_of(world))
        assert 'id="minutes-error"' in told
        assert 'value="Kept"' in told
        assert 'id="user_metadata-error"' in said
        assert "pilot, north" in shown
        assert "ann@example.com" in shown
        assert "crm: ACME-7\nseats: 12" in again
        assert 'value="15"' in again


async def test_reconnecting_tells_a_refused_key_and_goes_on_with_a_right_one(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        browser = Browser(world, cast.mallory)
        reconnect = f"{page_of(world)}/reconnect"
        _, form = await browser.get(reconnect)
        typed = {"credentials.base_url": world.address, "credentials.api_key": "k_wrong"}
        refused, _, told = await browser.post(reconnect, typed)
        right = typed | {"credentials.api_key": world.asset_key}
        status, where, _ = await browser.post(reconnect, right)
        dead, _ = await world.call("GET", "/api/v1/assets", world.token)
        assert f'value="{world.address}"' in form
        assert (refused, status, where, dead) == (422, 303, page_of(world), 401)
        assert 'id="credentials.api_key-error"' in told
        assert "k_wrong" not in told


async def test_an_inactive_connection_offers_overage_and_takes_it(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        for _ in range(3):
            await world.connect()
        browser = Browser(world, cast.mallory)
        ask = f"{page_of(world)}/reactivate"
        _, connection = await browser.get(page_of(world))
        _, asked = await browser.get(ask)
        refused, _, _ = await browser.post(ask, {})
        status, where, _ = await browser.post(ask, {"overage": "true"})
        _, credits = await browser.get("/hub/credits")
        assert f'href="{ask}"' in connection
        assert 'name="overage"' in asked
        assert (refused, status, where) == (403, 303, page_of(world))
        assert "1 credit is overage" in credits


async def test_the_data_of_a_disconnected_connection_is_deleted_after_asking(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.asset("POST", "/assets", name="Pump")
        await world.connect()
        await world.work()
        browser = Browser(world, cast.mallory)
        await browser.post(f"{page_of(world)}/disconnect", {})
        _, kept = await browser.get("/hub/records?entity=assets")
        _, asked = await browser.get(f"{page_of(world)}/delete-data")
        status, _, _ = await browser.post(f"{page_of(world)}/delete-data", {})
        await world.work()
        _, after = await browser.get("/hub/records?entity=assets")
        _, connection = await browser.get(page_of(world))
        assert status == 303
        assert "for good" in asked
        assert "Pump" in kept
        assert "Pump" not in after
        assert "its data is deleted" in connection


async def test_the_credits_page_quotes_every_system_and_offers_the_ledger(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        browser = Browser(world, cast.mallory)
        _, page = await browser.get("/hub/credits")
        status, ledger = await browser.get("/hub/credits/ledger.csv")
        assert "SAP S/4HANA" in page
        assert "too few" in page
        assert 'href="/hub/credits/ledger.csv"' in page
        assert (status, ledger.splitlines()[0].split(",")[3]) == (200, "from_account")
