"""Plans and orders on pages: repeats in words, times on the plan's clocks, the likeliest move."""

import re
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.assettracs.browser import Browser
from tests.assettracs.platform import Platform
from tests.support.cast import Cast


@pytest.fixture
def platform(client: AsyncTestClient[Any], cast: Cast) -> Platform:
    return Platform(client, cast.alice.write_key)


@pytest.fixture
def alice(client: AsyncTestClient[Any], cast: Cast) -> Browser:
    return Browser(client, cast.alice)


async def test_an_order_on_hold_is_first_of_all_taken_up_again(
    alice: Browser, platform: Platform
) -> None:
    order = await platform.add("work-orders", title="Replace the latch", status="triaged")
    await platform.set("work-orders", order, status="on_hold")
    page = (await alice.open(f"/assets/work-orders/{order['id']}")).text
    assert re.findall(r'name="status" value="(\w+)"', page)[0] == "in_progress"
    assert re.search(r'data-kind="primary"[^>]*>\s*<span>Take up again</span>', page)


async def sydney_hoist(platform: Platform) -> Any:
    """An asset at a site in Sydney: far from UTC, with summer time in our winter."""
    site = await platform.add("sites", name="Sydney yard", time_zone="Australia/Sydney")
    return await platform.add("assets", name="Chain hoist", site_id=site["id"])


async def test_a_plan_is_made_by_choosing_how_often(alice: Browser, platform: Platform) -> None:
    hoist = await sydney_hoist(platform)
    fields = {
        "title": "Grease",
        "asset_id": hoist["code"],
        "rrule-every": "2",
        "rrule-unit": "WEEKLY",
        "rrule-MO": "true",
        "starts_at": "2026-12-07T08:00",
    }
    answer = await alice.send("/assets/plans/new", fields)
    plan = (await platform.all("maintenance-plans"))[0]
    listed = (await alice.open("/assets/plans")).text
    shown = (await alice.open(answer.headers["location"])).text
    assert plan["rrule"] == "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"
    assert "every 2 weeks on Monday" in listed
    assert "every 2 weeks on Monday" in shown


async def test_a_new_plan_runs_on_the_clocks_of_its_assets_site_and_shows_them(
    alice: Browser, platform: Platform
) -> None:
    hoist = await sydney_hoist(platform)
    fields = {
        "title": "Grease",
        "asset_id": hoist["code"],
        "rrule-every": "3",
        "rrule-unit": "MONTHLY",
        "starts_at": "2026-12-07T08:00",
    }
    answer = await alice.send("/assets/plans/new", fields)
    plan = (await platform.all("maintenance-plans"))[0]
    page = (await alice.open(answer.headers["location"])).text
    edit = (await alice.open(f"{answer.headers['location']}/edit")).text
    assert plan["time_zone"] == "Australia/Sydney"
    assert plan["starts_at"] == "2026-12-06T21:00:00.000000Z"
    assert len(re.findall(r">7 Dec 2026 08:00</time> \(Australia/Sydney\)", page)) == 2
    assert "6 Dec 2026" not in re.sub(r'title="[^"]*"', "", page)
    assert 'value="2026-12-07T08:00"' in edit


async def test_the_form_opened_from_an_asset_names_the_zone_of_its_site(
    alice: Browser, platform: Platform
) -> None:
    hoist = await sydney_hoist(platform)
    asset = (await alice.open(f"/assets/{hoist['id']}")).text
    form = (await alice.open(f"/assets/plans/new?asset_id={hoist['id']}")).text
    plain = (await alice.open("/assets/plans/new")).text
    assert f'href="/assets/plans/new?asset_id={hoist["id"]}"' in asset
    assert 'value="Australia/Sydney"' in form
    assert re.search(r'name="time_zone"\s+type="text"\s+value=""', plain)


async def test_an_asset_without_a_site_is_planned_on_the_readers_clocks(
    alice: Browser, platform: Platform
) -> None:
    sling = await platform.sling()
    form = (await alice.open(f"/assets/plans/new?asset_id={sling['id']}")).text
    assert re.search(r'name="time_zone"\s+type="text"\s+value="UTC"', form)


async def test_how_often_must_be_said_and_in_whole_numbers(
    alice: Browser, platform: Platform
) -> None:
    sling = await platform.sling()
    fields = {
        "title": "Grease",
        "asset_id": sling["code"],
        "rrule-unit": "WEEKLY",
        "rrule-TU": "true",
        "starts_at": "2026-12-07T08:00",
    }
    silent = await alice.send("/assets/plans/new", fields)
    odd = await alice.send("/assets/plans/new", {**fields, "rrule-every": "often"})
    assert (silent.status_code, odd.status_code) == (422, 422)
    assert re.search(r'id="rrule-error".*?Please fill this in', silent.text, re.DOTALL)
    assert re.search(r'id="rrule-error".*?Write a whole number', odd.text, re.DOTALL)
    assert re.search(r'name="rrule-TU" value="true" checked', odd.text)


async def test_a_rule_beyond_the_choices_stays_as_it_was_written(
    alice: Browser, platform: Platform
) -> None:
    sling = await platform.sling()
    rule = "FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=1"
    plan = await platform.add(
        "maintenance-plans",
        title="Overhaul",
        asset_id=sling["id"],
        rrule=rule,
        starts_at="2026-12-01T08:00:00Z",
    )
    edit = (await alice.open(f"/assets/plans/{plan['id']}/edit")).text
    assert re.search(r"<details open>.*?name=\"rrule\"[^>]*value=\"" + rule, edit, re.DOTALL)
    assert rule in (await alice.open("/assets/plans")).text
