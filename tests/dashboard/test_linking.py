"""Connecting a system by the form: from the guide to records on the page."""

import asyncio
from uuid import UUID

from drawbar.dashboard.connections.live import Look, changes_of
from drawbar.link.guide import guide_markup
from tests.dashboard.browser import Browser
from tests.support.cast import Cast
from tests.support.database import TestServer
from tests.support.web import free_port
from tests.sync.world import World, hub_and_platform

FORM = "/hub/connections/new"


def filled(world: World, **changes: str) -> dict[str, str]:
    return {
        "system": "assettracs",
        "name": "Northern Rail",
        "customer_reference": "nr-1",
        "credentials.base_url": world.address,
        "credentials.api_key": world.asset_key,
    } | changes


async def test_the_form_comes_from_the_manifest_and_says_the_cost(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        status, page = await Browser(world, cast.mallory).get(f"{FORM}?system=assettracs")
        unknown, _ = await Browser(world, cast.mallory).get(f"{FORM}?system=nope")
        assert (status, unknown) == (200, 404)
        assert 'name="credentials.api_key"' in page
        assert "<strong>Settings → API keys</strong>" in page
        assert "holds 1 credit until" in page


async def test_a_refused_key_is_told_beside_the_key_and_nothing_else_is_lost(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        wrong = filled(world, **{"credentials.api_key": "k_wrong"})
        status, _, page = await Browser(world, cast.mallory).post(FORM, wrong)
        assert status == 422
        assert 'id="credentials.api_key-error"' in page
        assert 'id="credentials.base_url-error"' not in page
        assert 'value="Northern Rail"' in page
        assert f'value="{world.address}"' in page
        assert "k_wrong" not in page


async def test_a_system_that_does_not_answer_is_told_beside_its_address(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        silent = filled(world, **{"credentials.base_url": f"http://127.0.0.1:{free_port()}"})
        status, _, page = await Browser(world, cast.mallory).post(FORM, silent)
        assert status == 422
        assert 'id="credentials.base_url-error"' in page


async def test_an_empty_form_names_every_field_that_is_needed(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        status, _, page = await Browser(world, cast.mallory).post(FORM, {"system": "assettracs"})
        assert status == 422
        assert 'id="name-error"' in page
        assert 'id="credentials.base_url-error"' in page
        assert 'id="credentials.api_key-error"' in page


async def test_the_right_key_leads_to_the_connection_and_its_records(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.asset("POST", "/assets", name="Pump <4>")
        browser = Browser(world, cast.mallory)
        status, connection, _ = await browser.post(FORM, filled(world))
        _, waiting = await browser.get(connection)
        await world.work()
        _, page = await browser.get(f"{connection}?entity=assets")
        _, listed = await browser.get("/hub/connections?q=northern&status=active&health=&system=")
        _, records = await browser.get("/hub/records?entity=assets&q=pump")
        record = page.split("/hub/records/")[-1].split('"')[0]
        _, whole = await browser.get(f"/hub/records/{record}")
        assert status == 303
        assert "The first sync begins in a moment" in waiting
        assert "Pump &lt;4&gt;" in page
        assert f'hx-sse:connect="{connection}/live?entity=assets"' in page
        assert f'href="{connection}"' in listed
        assert "Pump &lt;4&gt;" in records
        assert "display_name" in whole


async def test_the_live_table_is_sent_anew_when_the_sync_went_on(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.asset("POST", "/assets", name="Pump 4")
        _, connection, _ = await Browser(world, cast.mallory).post(FORM, filled(world))
        world.connection_id = connection.rpartition("/")[2]

        def written(look: Look) -> list[str]:
            counts = " ".join(f"{one.entity}={one.records_total}" for one in look.status.entities)
            names = ", ".join(one.name or "" for one in look.records)
            return [f"{counts} in {len(look.runs)} runs; ", "always the same", f"newest {names}"]

        id = UUID(world.connection_id)
        looks = changes_of(world.database, world.workspace_id, id, "assets", written, pause_scale=0)
        first, second = await anext(looks), await anext(looks)
        await world.work()
        third = await anext(looks)
        await looks.aclose()  # type: ignore[attr-defined]
        assert (first, second) == (" in 0 runs; always the samenewest ", None)
        assert third is not None
        assert "assets=1" in third
        assert third.endswith("; newest Pump 4")


async def test_the_live_stream_sends_the_table_as_an_event(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.asset("POST", "/assets", name="Pump 4")
        _, connection, _ = await Browser(world, cast.mallory).post(FORM, filled(world))
        await world.work()
        async with Browser(world, cast.mallory).stream(f"{connection}/live") as stream:
            event = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 10)
        theirs, _ = await Browser(world, cast.alice).get(f"{connection}/live")
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert event.startswith(b"data: ")
        assert b"Work orders" in event
        targets = (b"#pills", b"#notice", b"#numbers", b"#newest", b"#runs")
        assert all(b'hx-target="%s"' % target in event for target in targets)
        assert b"Pump 4" in event
        assert theirs == 404


async def test_a_token_is_shown_once_and_reads_the_connection(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        browser = Browser(world, cast.mallory)
        _, connection, _ = await browser.post(FORM, filled(world))
        await world.work()
        status, _, page = await browser.post(f"{connection}/token")
        world.token = "dbc_" + page.split("dbc_")[1].split("<")[0].split("&")[0].split('"')[0]
        _, after = await browser.get(connection)
        assert status == 200
        assert (await world.hub("/sync-status"))["status"] == "completed"
        assert "dbc_" not in after


async def test_disconnecting_asks_first_and_returns_the_credits(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        browser = Browser(world, cast.mallory)
        _, connection, _ = await browser.post(FORM, filled(world))
        await world.work()
        _, question = await browser.get(f"{connection}/disconnect")
        status, leads_to, _ = await browser.post(f"{connection}/disconnect")
        _, page = await browser.get(connection)
        _, ledger = await browser.get("/hub/credits")
        again, _, _ = await browser.post(f"{connection}/sync")
        assert "1 credit returns to the pool." in question
        assert (status, leads_to, again) == (303, connection, 409)
        assert "its credentials are erased" in page
        assert "Returned" in ledger


def test_a_guide_is_escaped_before_it_is_marked_up() -> None:
    written = guide_markup("1. Open **<b>Settings</b>**.\n2. Copy\n   the key.")
    assert written == (
        '<ol class="guide"><li>Open <strong>&lt;b&gt;Settings&lt;/b&gt;</strong>.</li>'
        "<li>Copy the key.</li></ol>"
    )


async def test_a_record_that_the_source_deleted_says_so_instead_of_its_status(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        made = await world.asset("POST", "/assets", name="Pump 4")
        browser = Browser(world, cast.mallory)
        _, connection, _ = await browser.post(FORM, filled(world))
        await world.work()
        await world.asset("DELETE", f"/assets/{made['id']}")
        await browser.post(f"{connection}/sync")
        await world.work()
        _, records = await browser.get("/hub/records?entity=assets")
        record = records.split('href="/hub/records/')[1].split('"')[0]
        _, whole = await browser.get(f"/hub/records/{record}")
        assert "Pump 4" in records
        assert "Deleted" in records
        assert "Active" not in records
        assert "Deleted" in whole
