"""The catalogue and the sandbox in a browser: found, connected and switched by keyboard."""

from urllib.parse import urlencode

import pytest

from tests.browser.conftest import Windows
from tests.support.cast import Cast
from tests.sync.world import World


async def test_a_sandbox_is_found_connected_and_switched_by_keyboard(
    windows: Windows, cast: Cast
) -> None:
    visitor = await windows.open(cast.mallory)
    page = visitor.page
    await visitor.open("/hub/systems")
    await page.get_by_role("searchbox", name="Name or word").fill("made-up")
    await page.get_by_role("heading", name="AssetTracs").wait_for(state="detached")
    await page.get_by_role("link", name="Connect Sandbox").press("Enter")
    await page.get_by_label("Name", exact=True).fill("Kestrel")
    await page.get_by_label("User name").fill("demo")
    await page.get_by_label("Password").fill("wrong")
    await page.get_by_label("Password").press("Enter")
    await page.get_by_text("User name or password are wrong").wait_for()
    await page.get_by_label("Password").fill("demo")
    await page.get_by_label("Password").press("Enter")
    await page.get_by_role("heading", name="What goes wrong").wait_for()
    await page.get_by_label("Outage").press("Space")
    await page.get_by_label("Errors").fill("50")
    await page.get_by_role("button", name="Switch", exact=True).press("Enter")
    await page.get_by_text("The sandbox is switched").wait_for()
    assert await page.get_by_label("Outage").is_checked()
    assert await page.get_by_label("Errors").input_value() == "50"
    # The refused password is answered with 422, which Chromium writes to its console.
    assert [said for said in visitor.complaints if "422" not in said] == []


@pytest.mark.parametrize(("size", "scheme"), [("phone", "dark"), ("desk", "light")])
async def test_the_sandboxs_pages_fit_and_do_not_complain(
    windows: Windows, world: World, cast: Cast, size: str, scheme: str
) -> None:
    wish = {
        "name": "Kestrel",
        "system": "sandbox",
        "credentials": {"user": "demo", "password": "demo"},
    }
    _, made = await world.call("POST", "/admin/v1/connections", world.admin_token, json=wish)
    asked = {
        "response_type": "code",
        "client_id": "drawbar",
        "redirect_uri": f"{world.address}/link/callback",
        "state": "s-1",
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
    }
    visitor = await windows.open(cast.mallory, size=size, scheme=scheme)
    too_wide = []
    for path in (
        f"/hub/connections/{made['id']}",
        f"/hub/connections/{made['id']}/sandbox",
        "/hub/connections/new?system=sandbox",
        f"/sandbox/oauth/authorize?{urlencode(asked)}",
    ):
        await visitor.open(path)
        too_wide += [path] if await visitor.overflow() else []
    assert too_wide == []
    assert visitor.complaints == []
