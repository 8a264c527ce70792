"""A vendor embeds Link: from a page of another origin to the first page of purchase orders."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from playwright.async_api import FrameLocator, Page, expect

from drawbar.audit.model import drawbar
from drawbar.connections import store as connections
from drawbar.connections.model import Connection
from drawbar.link.magic import make_magic_link
from drawbar.link.model import NewMagicLink
from tests.browser.conftest import Visitor, Windows
from tests.browser.vendor import Vendor, heard, opened, vendors_site
from tests.link.scene import App, an_application
from tests.support.cast import Cast, Person
from tests.support.patience import until
from tests.sync.world import World

PASSWORD = "correct-horse-7f"


@dataclass
class Stage:
    """The vendor's site, its application, and a window of the customer."""

    site: Vendor
    app: App
    visitor: Visitor

    @property
    def page(self) -> Page:
        """The customer's window."""
        return self.visitor.page


@pytest.fixture
async def stage(windows: Windows, world: World, cast: Cast) -> AsyncIterator[Stage]:
    async with vendors_site(world.address) as site:
        app = await an_application(
            world.database, cast.mallory, redirect_uris=(site.redirect_uri,), credits_granted=0
        )
        site.client_id = app.client_id
        yield Stage(site, app, await windows.open())


async def choose_sandbox(link: FrameLocator) -> None:
    """Type the system's name and take it."""
    search = link.get_by_role("searchbox")
    await expect(search).to_be_focused()
    await search.press_sequentially("sandb")
    await search.press("Enter")
    await expect(link.get_by_role("heading", name="Connect Sandbox")).to_be_visible()


async def enter(link: FrameLocator, user: str, password: str, address: str = "") -> None:
    """Fill the access and send it."""
    await link.get_by_label("Address").fill(address)
    await link.get_by_label("User name").fill(user)
    await link.get_by_label("Password").fill(password)
    await link.get_by_label("Password").press("Enter")


async def token_for(world: World, stage: Stage, connected: dict[str, str]) -> str:
    """Exchange the code as the vendor's server does."""
    form = {
        "grant_type": "authorization_code",
        "code": connected["code"],
        "redirect_uri": stage.site.redirect_uri,
        "code_verifier": connected["codeVerifier"],
        "client_id": stage.app.client_id,
        "client_secret": stage.app.secret,
    }
    async with world.session.post(world.address + "/oauth/token", data=form) as answer:
        issued = await answer.json()
        assert answer.status == 200, issued
        return str(issued["access_token"])


async def connections_of(world: World, person: Person) -> list[Connection]:
    async with world.database.reading(person.workspace_id) as tx:
        return await connections.CONNECTIONS.where(tx, "true ORDER BY created_at")


async def test_from_the_vendors_page_to_the_first_purchase_orders(
    stage: Stage, world: World, cast: Cast
) -> None:
    link = await opened(stage.page, stage.site)
    await choose_sandbox(link)
    await enter(link, "demo", PASSWORD)
    await expect(stage.page.locator("#said")).to_have_text("connected")
    ((_, connected),) = await heard(stage.page)
    (made,) = await connections_of(world, cast.mallory)
    world.token = await token_for(world, stage, connected)
    world.connection_id = str(made.id)
    await world.work()
    orders = await world.hub("/purchase-orders", limit="5")
    assert len(orders["data"]) == 5
    assert await stage.page.locator("dialog").count() == 0
    assert await stage.page.evaluate("document.activeElement.id") == "connect"
    assert await connections_of(world, cast.alice) == []
    assert stage.visitor.complaints == []


async def test_a_wrong_password_is_told_beside_it_and_the_next_try_connects(
    stage: Stage,
) -> None:
    link = await opened(stage.page, stage.site, {"system": "sandbox"})
    await enter(link, "demo", "wrong")
    await expect(link.get_by_label("Password")).to_have_accessible_description(
        _starts("User name or password are wrong.")
    )
    await expect(link.get_by_label("Password")).to_be_focused()
    await expect(link.get_by_label("Password")).to_have_value("")
    await enter(link, "demo", PASSWORD)
    await expect(stage.page.locator("#said")).to_have_text("connected")


async def test_a_host_that_cannot_be_reached_is_told_beside_the_address(stage: Stage) -> None:
    link = await opened(stage.page, stage.site, {"system": "sandbox"})
    await enter(link, "demo", PASSWORD, "https://unreachable.example")
    await expect(link.get_by_label("Address")).to_have_accessible_description(
        _starts("Nobody answers at this address.")
    )
    await expect(link.get_by_label("User name")).to_have_value("demo")
    assert await heard(stage.page) == []


async def test_a_missing_permission_is_told_and_may_be_gone_on_without(
    stage: Stage, world: World, cast: Cast
) -> None:
    link = await opened(stage.page, stage.site, {"system": "sandbox"})
    await enter(link, "limited", PASSWORD)
    await expect(link.get_by_text("this user may not read everything")).to_be_visible()
    await expect(link.get_by_text("Work orders", exact=True)).to_be_visible()
    assert await connections_of(world, cast.mallory) == []
    await link.get_by_role("button", name="Go on without them").press("Enter")
    await expect(stage.page.locator("#said")).to_have_text("connected")


async def test_too_few_credits_leave_the_connection_for_the_vendor_to_activate(
    stage: Stage, world: World, cast: Cast
) -> None:
    await world.connect()
    await world.connect()
    link = await opened(stage.page, stage.site, {"system": "assettracs"})
    await link.get_by_label("Address").fill(world.address)
    await link.get_by_label("API key").fill(world.asset_key)
    await link.get_by_label("API key").press("Enter")
    await expect(link.get_by_text("not active yet: Fleet Planner has to activate")).to_be_visible()
    assert await heard(stage.page) == []
    await link.get_by_role("button", name="Back to Fleet Planner").press("Enter")
    await expect(stage.page.locator("#said")).to_have_text("connected")
    assert (await connections_of(world, cast.mallory))[-1].status == "inactive"


async def test_an_expired_magic_link_says_what_to_do(
    stage: Stage, world: World, cast: Cast
) -> None:
    async with world.database.writing(cast.mallory.workspace_id) as tx:
        made = await make_magic_link(
            tx,
            drawbar(cast.mallory.workspace_id, "tests"),
            NewMagicLink(name="Leeds", expires_in_seconds=60),
        )
        await tx.execute("UPDATE magic_links SET expires_at = $1", tx.now)
    await stage.page.goto(f"{world.address}/link/m/{made.token}")
    await expect(stage.page.get_by_role("heading")).to_have_text("This link has expired")
    await expect(stage.page.get_by_text("for a new one")).to_be_visible()


async def test_a_forged_state_is_reported_and_connects_nothing(stage: Stage) -> None:
    link = await opened(stage.page, stage.site)
    await expect(link.get_by_role("searchbox")).to_be_focused()
    frame = next(one for one in stage.page.frames if "/link/s/" in one.url)
    await frame.evaluate(
        "origin => parent.postMessage({source: 'drawbar-link', type: 'connected', "
        "code: 'stolen', state: 'forged'}, origin)",
        stage.site.address,
    )
    await expect(stage.page.locator("#said")).to_have_text("error")
    ((what, error),) = await heard(stage.page)
    assert (what, error["code"]) == ("error", "forged_state")
    await expect(stage.page.locator("dialog")).to_be_visible()


async def test_a_message_of_another_origin_is_reported_and_connects_nothing(stage: Stage) -> None:
    await opened(stage.page, stage.site)
    await stage.page.evaluate(
        "window.postMessage({source: 'drawbar-link', type: 'connected', code: 'x'}, '*')"
    )
    await expect(stage.page.locator("#said")).to_have_text("error")
    ((what, error),) = await heard(stage.page)
    assert (what, error["code"]) == ("error", "foreign_origin")


async def test_no_other_site_may_frame_link(stage: Stage, world: World) -> None:
    async with vendors_site(world.address) as foreign:
        foreign.client_id = stage.app.client_id
        await stage.page.goto(foreign.address)
        asked = urlencode(stage.app.asks(redirect_uri=stage.site.redirect_uri))
        await stage.page.evaluate(
            "address => document.body.append(Object.assign("
            "document.createElement('iframe'), {src: address}))",
            f"{world.address}/link/authorize?{asked}",
        )
        await stage.page.wait_for_timeout(500)
        shown = [one.url for one in stage.page.frames[1:]]
    assert not [url for url in shown if "/link/s/" in url]
    assert any("frame-ancestors" in one for one in stage.visitor.complaints)


async def test_a_page_of_another_origin_than_the_redirect_uris_is_told_so(
    stage: Stage, world: World
) -> None:
    async with vendors_site(world.address) as foreign:
        foreign.client_id = stage.app.client_id
        await opened(stage.page, foreign, {"redirectUri": stage.site.redirect_uri})
        await expect(stage.page.locator("#said")).to_have_text("error")
        ((_, error),) = await heard(stage.page)
    assert error["code"] == "origin_mismatch"
    assert stage.site.address in error["message"]


async def test_escape_closes_and_gives_the_focus_back(stage: Stage) -> None:
    link = await opened(stage.page, stage.site)
    await expect(link.get_by_role("searchbox")).to_be_focused()
    await link.get_by_role("searchbox").press("Escape")
    await expect(stage.page.locator("#said")).to_have_text("closed")
    assert await stage.page.evaluate("document.activeElement.id") == "connect"
    assert await stage.page.locator("dialog").count() == 0


async def test_a_popup_does_the_same(stage: Stage) -> None:
    await stage.page.goto(stage.site.address)
    await stage.page.evaluate("window.options = {mode: 'popup', system: 'sandbox'}")
    async with stage.page.expect_popup() as waiting:
        await stage.page.get_by_role("button", name="Connect your system").click()
    popup = await waiting.value
    await popup.get_by_label("User name").fill("demo")
    await popup.get_by_label("Password").fill(PASSWORD)
    await popup.get_by_label("Password").press("Enter")
    await expect(stage.page.locator("#said")).to_have_text("connected")
    await until(lambda: _is_closed(popup), within_s=5)


async def test_closing_the_popup_is_heard(stage: Stage) -> None:
    await stage.page.goto(stage.site.address)
    await stage.page.evaluate("window.options = {mode: 'popup'}")
    async with stage.page.expect_popup() as waiting:
        await stage.page.get_by_role("button", name="Connect your system").click()
    await (await waiting.value).close()
    await expect(stage.page.locator("#said")).to_have_text("closed")


async def test_a_source_with_a_consent_page_opens_it_beside_the_frame(stage: Stage) -> None:
    link = await opened(stage.page, stage.site, {"system": "sandbox-oauth"})
    async with stage.page.expect_popup() as waiting:
        await link.get_by_role("button", name="Continue to Sandbox with OAuth").click()
    consent = await waiting.value
    await expect(link.get_by_text("This page goes on by itself")).to_be_visible()
    await consent.get_by_role("button", name="Allow", exact=True).click()
    await expect(stage.page.locator("#said")).to_have_text("connected", timeout=10_000)
    await until(lambda: _is_closed(consent), within_s=5)


async def test_a_plain_link_comes_back_by_a_redirect(stage: Stage, world: World) -> None:
    asked = stage.app.asks(redirect_uri=stage.site.redirect_uri, system="sandbox")
    query = "&".join(f"{name}={text}" for name, text in asked.items())
    await stage.page.goto(f"{world.address}/link/authorize?{query}")
    await stage.page.get_by_label("User name").fill("demo")
    await stage.page.get_by_label("Password").fill(PASSWORD)
    await stage.page.get_by_role("button", name="Check and connect").click()
    await stage.page.wait_for_url(f"{stage.site.redirect_uri}?*")
    (came_back,) = stage.site.came_back
    assert came_back["state"] == "s-4711"
    assert came_back["code"]
    assert stage.visitor.complaints == []


async def _is_closed(page: Page) -> bool:
    return page.is_closed()


def _starts(text: str) -> re.Pattern[str]:
    return re.compile("^" + re.escape(text))
