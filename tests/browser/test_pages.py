"""Every main page is whole on phones and desks, in light and dark."""

import pytest

from drawbar.ui.reader import LOCALES
from tests.browser.conftest import Windows
from tests.support.cast import Cast
from tests.sync.world import World

ASSET_PAGES = (
    "/assets",
    "/assets/list",
    "/assets/new",
    "/assets/places",
    "/assets/inspections",
    "/assets/work-orders",
    "/assets/plans",
    "/assets/plans/new",
    "/assets/compliance",
    "/assets/compliance/list",
    "/assets/certificates",
    "/assets/scan",
    "/assets/settings",
)
HUB_PAGES = (
    "/hub",
    "/hub/connections",
    "/hub/connections/new?system=assettracs",
    "/hub/connections/links",
    "/hub/connections/links/new",
    "/hub/systems",
    "/hub/records",
    "/hub/webhooks",
    "/hub/webhooks/endpoints/new",
    "/hub/credits",
    "/hub/logs",
    "/hub/settings/audit",
    "/hub/settings",
    "/hub/settings/alerts",
    "/help?from=/hub/webhooks",
    "/help?q=master+key",
    "/help/docs/howto/self-host",
    "/help/docs/reference/model",
    "/help/contact?request=req_12345678",
    "/hub/settings/applications/new",
)
PEOPLES_PAGES = (
    "/account",
    "/account/email",
    "/account/password",
    "/account/second-factor",
    "/hub/settings/people",
    "/assets/settings/people",
    "/login",
    "/forgot",
)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desk"])
async def test_no_page_overflows_or_complains(
    windows: Windows, world: World, cast: Cast, size: str, scheme: str
) -> None:
    site = await world.asset("POST", "/sites", name="Leeds depot", time_zone="Europe/London")
    name = "A name as long as a maintenance planner's patience in the last week of a shutdown"
    made = await world.asset("POST", "/assets", name=name, site_id=site["id"], make="MAKER" * 9)
    times = {"starts_at": "2026-12-06T21:00:00Z", "time_zone": "America/Argentina/Buenos_Aires"}
    wish = {"title": name, "asset_id": made["id"], "rrule": "FREQ=WEEKLY;BYDAY=MO,TH", **times}
    plan = await world.asset("POST", "/maintenance-plans", **wish)
    visitor = await windows.open(cast.alice, size=size, scheme=scheme)
    overflowing = {}
    own = (f"/assets/{made['id']}", f"/assets/plans/{plan['id']}")
    for path in (*ASSET_PAGES, *own, *HUB_PAGES, *PEOPLES_PAGES):
        await visitor.open(path)
        if width := await visitor.overflow():
            overflowing[path] = width
    assert overflowing == {}
    assert visitor.complaints == []


@pytest.mark.parametrize("locale", LOCALES[1:])
async def test_no_page_overflows_a_phone_in_longer_words(
    windows: Windows, world: World, cast: Cast, locale: str
) -> None:
    await world.connect()
    connection = f"/hub/connections/{world.connection_id}"
    visitor = await windows.open(cast.alice, size="phone", locale=locale)
    overflowing = {}
    for path in (*HUB_PAGES, "/account", connection, f"{connection}/reconnect"):
        await visitor.open(path)
        if width := await visitor.overflow():
            overflowing[path] = width
    cut = "span => span.scrollWidth > span.clientWidth"
    labels = await visitor.page.locator(".tab-bar > a span").all()
    assert [await one.inner_text() for one in labels if await one.evaluate(cut)] == []
    assert overflowing == {}
