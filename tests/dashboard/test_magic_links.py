"""Magic links in the dashboard: made, copied once, listed with their state, revoked."""

import html
import re

from drawbar.connections import store as connections
from tests.dashboard.browser import Browser, a_connection
from tests.support.cast import Cast
from tests.support.database import TestServer
from tests.sync.world import hub_and_platform

LINKS = "/hub/connections/links"


async def test_a_link_is_made_copied_once_and_listed(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        browser = Browser(world, cast.mallory)
        form = {"name": "Leeds <plant>", "email": "plant@leeds.example", "system": "sandbox"}
        status, _, page = await browser.post(f"{LINKS}/new", form | {"days": "30"})
        found = re.search(r"http://[^<\"]+/link/m/[\w-]+", html.unescape(page))
        assert found is not None
        opened, _ = await browser.get(found.group().removeprefix(world.address))
        _, listed = await browser.get(LINKS)
        _, theirs = await Browser(world, cast.alice).get(LINKS)
        assert (status, opened) == (201, 303)
        assert "Leeds &lt;plant&gt;" in listed
        assert "Waiting" in listed
        assert found.group() not in listed
        assert "Leeds" not in theirs


async def test_a_link_is_revoked_and_says_so(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        browser = Browser(world, cast.mallory)
        await browser.post(f"{LINKS}/new", {"name": "Leeds"})
        _, listed = await browser.get(LINKS)
        found = re.search(rf"{LINKS}/[\w-]+/revoke", listed)
        assert found is not None
        status, leads_to, _ = await browser.post(found.group())
        _, after = await browser.get(LINKS)
        assert (status, leads_to) == (303, LINKS)
        assert "Revoked" in after
        assert found.group() not in after


async def test_a_link_without_a_name_is_told_beside_the_name(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        browser = Browser(world, cast.mallory)
        status, _, page = await browser.post(f"{LINKS}/new", {"name": " ", "email": "a@b.example"})
        assert status == 422
        assert 'id="name-error"' in page
        assert 'value="a@b.example"' in page


async def test_a_connection_that_needs_a_new_log_in_offers_a_link_for_its_customer(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        browser = Browser(world, cast.mallory)
        id = await a_connection(
            world.database, cast.mallory.workspace_id, "Leeds", health="reauth_required"
        )
        _, page = await browser.get(f"/hub/connections/{id}")
        offer = f"{LINKS}/new?connection_id={id}"
        _, form = await browser.get(offer)
        status, _, made = await browser.post(f"{LINKS}/new", {"connection_id": str(id)})
        foreign, _ = await Browser(world, cast.alice).get(offer)
        async with world.database.reading(cast.mallory.workspace_id) as tx:
            (only,) = await connections.CONNECTIONS.where(tx, "true")
        assert offer in page
        assert "Reconnect link for Leeds" in form
        assert (status, foreign) == (201, 404)
        assert "/link/m/dbm_" in made
        assert only.id == id


async def test_who_may_only_read_sees_links_and_makes_none(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        carol = Browser(world, cast.carol)
        status, page = await carol.get(LINKS)
        refused, _, _ = await carol.post(f"{LINKS}/new", {"name": "Leeds"})
        assert (status, refused) == (200, 403)
        assert "Make a link" not in page
