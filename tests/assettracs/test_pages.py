"""The platform's pages as people see them: lists, forms, assets, scans."""

import re
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from drawbar.assettracs.assets.sheet import ASSET_SHEET
from drawbar.assettracs.sheets.listing import listing
from drawbar.kit.db import Database, Reading
from drawbar.kit.listing import Cursors
from tests.assettracs.browser import Browser
from tests.assettracs.platform import Platform
from tests.support.cast import Cast


@pytest.fixture
def platform(client: AsyncTestClient[Any], cast: Cast) -> Platform:
    return Platform(client, cast.alice.write_key)


@pytest.fixture
def alice(client: AsyncTestClient[Any], cast: Cast) -> Browser:
    return Browser(client, cast.alice)


@pytest.fixture
def carol(client: AsyncTestClient[Any], cast: Cast) -> Browser:
    return Browser(client, cast.carol)


@pytest.fixture
def mallory(client: AsyncTestClient[Any], cast: Cast) -> Browser:
    return Browser(client, cast.mallory)


class Counting(Reading):
    """A transaction that counts its queries."""

    asked = 0

    async def fetch(self, sql: str, *args: Any) -> Any:
        self.asked += 1
        return await super().fetch(sql, *args)

    async def fetchrow(self, sql: str, *args: Any) -> Any:
        self.asked += 1
        return await super().fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: Any) -> Any:
        self.asked += 1
        return await super().fetchval(sql, *args)


def titles(page: str) -> list[str]:
    return re.findall(r'class="row-title" href="[^"]*">([^<]*)<', page)


async def test_the_list_shows_what_there_is_and_how_many(
    alice: Browser, platform: Platform
) -> None:
    await platform.add("assets", name="Chain hoist")
    await platform.add("assets", name="Web sling")
    page = await alice.open("/assets/list")
    assert titles(page.text) == ["Chain hoist", "Web sling"]
    assert re.search(r"2</span> of <span[^>]*>2<", page.text)


async def test_a_filter_narrows_the_list_and_names_what_it_filters_by(
    alice: Browser, platform: Platform
) -> None:
    site = await platform.add("sites", name="Leeds plant")
    await platform.add("assets", name="Here", site_id=site["id"])
    await platform.add("assets", name="Elsewhere")
    page = await alice.open(f"/assets/list?site_id={site['id']}")
    assert titles(page.text) == ["Here"]
    assert re.search(r'chip-label">Site</span><span>Leeds plant</span>', page.text)


async def test_words_are_looked_for_and_nothing_found_says_what_to_do(
    alice: Browser, platform: Platform
) -> None:
    await platform.add("assets", name="Chain hoist", serial_number="SN-77")
    found = await alice.open("/assets/list?q=sn-77")
    missed = await alice.open("/assets/list?q=zeppelin")
    assert titles(found.text) == ["Chain hoist"]
    assert "Nothing fits these filters" in missed.text


async def test_an_empty_list_teaches_the_next_step(alice: Browser) -> None:
    page = await alice.open("/assets/list")
    assert "No assets yet" in page.text
    assert 'href="/assets/new"' in page.text


async def test_pages_of_a_sorted_list_show_every_asset_once(
    alice: Browser, platform: Platform
) -> None:
    names = [f"Asset {number:02d}" for number in range(53)]
    for name in reversed(names):
        await platform.add("assets", name=name)
    first = await alice.open("/assets/list?sort=name")
    next_href = re.findall(r'rel="next"\s+href="([^"]*)"', first.text)[0].replace("&amp;", "&")
    second = await alice.open(next_href)
    assert titles(first.text) + titles(second.text) == names
    assert 'rel="next"' not in second.text
    assert "First page" in second.text


async def test_a_cursor_of_another_filter_is_refused(alice: Browser, platform: Platform) -> None:
    for number in range(51):
        await platform.add("assets", name=f"Asset {number:02d}")
    first = await alice.open("/assets/list")
    next_href = re.findall(r'rel="next"\s+href="([^"]*)"', first.text)[0].replace("&amp;", "&")
    answer = await alice.open(f"{next_href}&status=missing")
    assert answer.status_code == 400


async def test_rows_without_a_date_come_last_and_are_not_lost(
    alice: Browser, platform: Platform
) -> None:
    await platform.add("work-orders", title="Some day")
    await platform.add("work-orders", title="Soon", due_at="2026-11-24T08:00:00Z")
    page = await alice.open("/assets/work-orders?sort=due_at")
    assert titles(page.text) == ["Soon", "Some day"]


async def test_htmx_gets_the_list_without_its_frame(alice: Browser, platform: Platform) -> None:
    await platform.add("assets", name="Chain hoist")
    page = await alice.open(
        "/assets/list?q=chain", **{"HX-Request": "true", "HX-Request-Type": "partial"}
    )
    assert titles(page.text) == ["Chain hoist"]
    assert "<html" not in page.text


async def test_the_asset_list_asks_the_database_at_most_eight_times(
    database: Database, platform: Platform, cast: Cast
) -> None:
    site = await platform.add("sites", name="Leeds plant")
    hall = await platform.add("locations", name="Hall 2", site_id=site["id"])
    await platform.add("assets", name="Hoist", site_id=site["id"], location_id=hall["id"])
    async with database.reading(cast.alice.workspace_id) as tx:
        counting = Counting(tx.connection, tx.workspace_id, tx.now)
        found = await listing(counting, ASSET_SHEET, {"q": "hoist"}, Cursors(b"key"))
    assert found.total == 1
    assert counting.asked <= 8


async def test_another_workspace_sees_no_row_and_no_page(
    mallory: Browser, platform: Platform
) -> None:
    asset = await platform.add("assets", name="Chain hoist")
    page = await mallory.open("/assets/list")
    assert "Chain hoist" not in page.text
    assert (await mallory.open(f"/assets/{asset['id']}")).status_code == 404
    assert (await mallory.open(f"/assets/{asset['id']}/edit")).status_code == 404
    assert (await mallory.post(f"/assets/{asset['id']}/edit", name="x")).status_code == 404


async def test_an_auditor_sees_no_button_that_changes_and_is_refused(
    carol: Browser, platform: Platform
) -> None:
    asset = await platform.add("assets", name="Chain hoist")
    page = await carol.open(f"/assets/{asset['id']}")
    assert "Chain hoist" in page.text
    assert f"/assets/{asset['id']}/edit" not in page.text
    assert 'method="post" action="/assets/' not in page.text
    assert (await carol.open("/assets/new")).status_code == 403
    assert (await carol.post(f"/assets/{asset['id']}/edit", name="x")).status_code == 403
    assert (await carol.post(f"/assets/{asset['id']}/status", status="retired")).status_code == 403


async def test_a_form_from_another_site_changes_nothing(alice: Browser, platform: Platform) -> None:
    asset = await platform.add("assets", name="Chain hoist")
    answer = await alice.send(
        f"/assets/{asset['id']}/edit", {"name": "Gone"}, {"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert (await platform.show("assets", asset))["name"] == "Chain hoist"


async def test_a_form_tells_all_its_errors_and_loses_nothing_typed(alice: Browser) -> None:
    answer = await alice.post(
        "/assets/new", name="", model="DC-Pro 2", activated_on="yesterday", parent_id="NOPE-1"
    )
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert 'id="activated_on-error"' in answer.text
    assert 'id="parent_id-error"' in answer.text
    assert 'value="DC-Pro 2"' in answer.text
    assert 'value="NOPE-1"' in answer.text


async def test_a_refusal_of_the_platform_stands_beside_its_field(
    alice: Browser, platform: Platform
) -> None:
    asset = await platform.add("assets", name="Chain hoist")
    answer = await alice.post(
        f"/assets/{asset['id']}/edit", name="Chain hoist", parent_id=asset["code"]
    )
    assert answer.status_code == 422
    assert re.search(r'id="parent_id-error".*?below itself', answer.text, re.DOTALL)


async def test_a_new_asset_is_added_by_form_and_said_once(alice: Browser) -> None:
    answer = await alice.post("/assets/new", name="Chain hoist", criticality="high")
    assert answer.status_code == 303
    said = answer.headers["set-cookie"].partition(";")[0]
    session = alice.cookie
    page = await alice.open(answer.headers["location"], Cookie=f"{session}; {said}")
    again = await alice.open(answer.headers["location"])
    assert "Saved." in page.text
    assert "A-00001" in page.text
    assert "Saved." not in again.text


async def test_an_edit_publishes_that_the_asset_was_updated(
    alice: Browser, platform: Platform, database: Database, cast: Cast
) -> None:
    asset = await platform.add("assets", name="Chain hoist")
    answer = await alice.post(f"/assets/{asset['id']}/edit", name="Chain hoist 2 t")
    async with database.reading(cast.alice.workspace_id) as tx:
        events = await tx.fetch("SELECT type FROM webhook_events ORDER BY id")
    changed = await platform.show("assets", asset)
    assert answer.headers["location"] == f"/assets/{asset['id']}"
    assert (changed["name"], changed["version"]) == ("Chain hoist 2 t", 2)
    assert events[-1]["type"] == "assettracs.assets.updated"


async def test_an_emptied_field_is_emptied(alice: Browser, platform: Platform) -> None:
    asset = await platform.add("assets", name="Chain hoist", make="Demag")
    await alice.post(f"/assets/{asset['id']}/edit", name="Chain hoist", code=asset["code"])
    changed = await platform.show("assets", asset)
    assert (changed["make"], changed["code"]) == (None, asset["code"])


async def test_an_asset_shows_its_code_place_and_qr(alice: Browser, platform: Platform) -> None:
    site = await platform.add("sites", name="Leeds plant")
    hall = await platform.add("locations", name="Hall 2", site_id=site["id"])
    bay = await platform.add("locations", name="Bay 4", site_id=site["id"], parent_id=hall["id"])
    asset = await platform.add("assets", name="Chain hoist", location_id=bay["id"])
    await platform.add("tags", asset_id=asset["id"], payload="P-1")
    page = (await alice.open(f"/assets/{asset['id']}")).text
    assert page.index("Leeds plant") < page.index("Hall 2") < page.index("Bay 4")
    assert re.search(r'class="qr-drawing"><svg[^>]*viewBox', page)
    assert "P-1" in page
    assert 'data-tone="good"' in page


async def test_a_status_is_changed_on_the_page_and_told_in_the_story(
    alice: Browser, platform: Platform
) -> None:
    asset = await platform.add("assets", name="Chain hoist")
    answer = await alice.post(f"/assets/{asset['id']}/status", status="out_of_service")
    page = (await alice.open(f"/assets/{asset['id']}")).text
    assert answer.status_code == 303
    assert "Do not use: out of service" in page
    assert re.search(r"timeline-title[^>]*>\s*Out of service", page)


async def test_a_tags_address_leads_to_its_asset_and_records_the_look(
    alice: Browser, platform: Platform
) -> None:
    asset = await platform.add("assets", name="Chain hoist")
    await platform.add("tags", asset_id=asset["id"], payload="P-1")
    answer = await alice.open("/t/P-1")
    scans = await platform.all("tag-scans")
    assert answer.headers["location"] == f"/assets/{asset['id']}"
    assert [(scan["action"], scan["scanned_by"]) for scan in scans] == [("look_up", "Alice")]


async def test_a_tag_of_another_workspace_is_unknown(mallory: Browser, platform: Platform) -> None:
    asset = await platform.add("assets", name="Chain hoist")
    await platform.add("tags", asset_id=asset["id"], payload="P-1")
    answer = await mallory.open("/t/P-1")
    assert answer.status_code == 404
    assert await platform.all("tag-scans") == []


async def test_a_scan_without_a_session_leads_to_the_sign_in_and_back(
    client: AsyncTestClient[Any],
) -> None:
    answer = await client.get("/t/P-1", headers={"Accept": "text/html"}, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/t/P-1"


async def test_a_hand_scanner_may_type_the_tags_whole_address(alice: Browser) -> None:
    answer = await alice.open("/assets/scan?code=http%3A%2F%2Fdrawbar.test%2Ft%2FP-1")
    assert answer.headers["location"] == "/t/P-1"
