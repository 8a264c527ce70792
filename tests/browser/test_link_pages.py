"""Link by keyboard alone, on phones and desks, in light and dark, and without JavaScript."""

import time
from urllib.parse import urlencode

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Windows
from tests.link.scene import App, an_application
from tests.support.cast import Cast
from tests.sync.world import World

BACK = "http://localhost:9/connected"


@pytest.fixture
async def app(world: World, cast: Cast) -> App:
    return await an_application(world.database, cast.mallory, redirect_uris=(BACK,))


def authorize(app: App, **changes: str) -> str:
    """Return the address that begins a visit."""
    return f"/link/authorize?{urlencode(app.asks(redirect_uri=BACK, **changes))}"


async def press(page: Page, *keys: str) -> int:
    """Press keys, or type texts letter by letter; return how many strokes that took."""
    for key in keys:
        if key in {"Tab", "Enter", "ArrowDown"}:
            await page.keyboard.press(key)
        else:
            await page.keyboard.type(key)
    return sum(1 if key in {"Tab", "Enter", "ArrowDown"} else len(key) for key in keys)


async def test_a_system_is_connected_by_keyboard_alone_well_under_a_minute(
    windows: Windows, app: App
) -> None:
    visitor = await windows.open()
    page = visitor.page
    began = time.monotonic()
    await visitor.open(authorize(app, response_mode="web_message"))
    await expect(page.get_by_role("searchbox")).to_be_focused()
    strokes = await press(page, "sandb", "Enter")
    await expect(page.get_by_label("Address")).to_be_focused()
    strokes += await press(page, "Tab", "demo", "Tab", "demo", "Enter")
    await expect(page.get_by_role("heading")).to_have_text("Connected")
    assert strokes == 17
    assert time.monotonic() - began < 60
    assert visitor.complaints == []


async def test_arrows_walk_the_list_and_a_planned_system_is_passed_over(
    windows: Windows, app: App
) -> None:
    visitor = await windows.open()
    await visitor.open(authorize(app))
    await expect(visitor.page.get_by_role("searchbox")).to_be_focused()
    await press(visitor.page, "ArrowDown", "ArrowDown", "Enter")
    await expect(visitor.page.get_by_role("heading")).to_have_text("Connect Sandbox")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desk"])
async def test_no_step_overflows_or_complains(
    windows: Windows, app: App, size: str, scheme: str
) -> None:
    visitor = await windows.open(size=size, scheme=scheme)
    page = visitor.page
    overflowing = {}

    async def look(step: str) -> None:
        if width := await visitor.overflow():
            overflowing[step] = width

    await visitor.open(authorize(app))
    await look("systems")
    home = page.url
    await page.goto(f"{home}/systems/assettracs")
    await look("access")
    await page.goto(f"{home}/systems/sandbox")
    await page.get_by_label("User name").fill("limited")
    await page.get_by_label("Password").fill("demo")
    await page.get_by_role("button", name="Check and connect").click()
    await expect(page.get_by_role("heading")).to_have_text("Some things cannot be read")
    await look("review")
    await visitor.open("/link/m/dbm_nothing")
    await look("dead")
    assert overflowing == {}
    assert [one for one in visitor.complaints if "404" not in one] == []


async def test_a_field_is_checked_as_it_is_left_and_forgiven_as_it_is_mended(
    windows: Windows, app: App
) -> None:
    visitor = await windows.open()
    await visitor.open(authorize(app, system="assettracs"))
    address = visitor.page.get_by_label("Address")
    await address.fill("leeds.example")
    await address.press("Tab")
    await expect(address).to_have_attribute("aria-invalid", "true")
    await expect(visitor.page.locator(".error")).to_contain_text("with https://")
    await address.fill("https://leeds.example")
    await expect(visitor.page.locator(".error")).to_have_count(0)
