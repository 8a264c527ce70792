"""What people do from sign-in to a synced change, in a real browser."""

import re

from playwright.async_api import expect

from drawbar.webhooks.delivery import deliver_once
from tests.browser.conftest import Windows
from tests.support.cast import PASSWORD, Cast
from tests.sync.world import World


async def test_signing_in_leads_to_where_one_wanted_to_go(windows: Windows, cast: Cast) -> None:
    visitor = await windows.open()
    page = visitor.page
    await visitor.open("/hub/connections")
    await page.get_by_label("E-mail").fill(cast.alice.email)
    await page.get_by_label("Password").fill("not this one at all")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert").first).to_be_visible()
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(re.compile("/hub/connections$"))


async def test_a_sync_is_seen_live_while_it_runs(
    windows: Windows, world: World, cast: Cast
) -> None:
    await world.asset("POST", "/assets", name="Pump 4")
    await world.connect()
    visitor = await windows.open(cast.mallory)
    await visitor.open(f"/hub/connections/{world.connection_id}")
    await world.work()
    row = visitor.page.get_by_role("row").filter(has_text="Assets").first
    await expect(row).to_contain_text("Completed", timeout=10_000)
    await expect(row).to_contain_text("1")
    await expect(visitor.page.locator("#pills")).to_contain_text("Active")
    await expect(visitor.page.locator("#newest")).to_contain_text("Pump 4")
    await expect(visitor.page.locator("#numbers")).not_to_contain_text("not yet")
    assert visitor.complaints == []


async def test_a_change_made_on_the_page_reaches_the_hub(
    windows: Windows, world: World, cast: Cast
) -> None:
    made = await world.asset("POST", "/assets", name="Pump 4")
    await world.connect()
    await world.work()
    visitor = await windows.open(cast.alice, size="phone")
    await visitor.open(f"/assets/{made['id']}/edit")
    await visitor.page.get_by_label("Name", exact=True).fill("Pump 4, rebuilt")
    await visitor.page.get_by_role("button", name="Save").click()
    await expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("rebuilt")
    await deliver_once(world.database, world.http, world.vault)
    await world.work()
    names = [one["name"] for one in (await world.hub("/assets"))["data"]]
    assert names == ["Pump 4, rebuilt"]
    assert visitor.complaints == []
