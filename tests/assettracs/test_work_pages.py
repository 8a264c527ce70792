"""Inspections, work and compliance on pages: the one thread, tapped through by people."""

import re
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.assettracs.browser import Browser
from tests.assettracs.platform import Fields, Platform
from tests.support.cast import Cast

ALL_PASS = {"answer-0": "pass", "answer-1": "pass"}
LINKS_FAIL = {"answer-0": "fail", "note-0": "third link cracked", "answer-1": "pass"}


@pytest.fixture
def platform(client: AsyncTestClient[Any], cast: Cast) -> Platform:
    return Platform(client, cast.alice.write_key)


@pytest.fixture
def alice(client: AsyncTestClient[Any], cast: Cast) -> Browser:
    return Browser(client, cast.alice)


@pytest.fixture
def bob(client: AsyncTestClient[Any], cast: Cast) -> Browser:
    return Browser(client, cast.bob)


async def begin(browser: Browser, asset: Fields, template: Fields) -> str:
    answer = await browser.post(
        "/assets/inspections/start", asset_id=asset["id"], template_id=template["id"]
    )
    address: str = answer.headers["location"]
    return address.removesuffix("/run")


async def test_an_inspection_is_answered_tap_by_tap_and_finished(
    alice: Browser, platform: Platform
) -> None:
    sling, template = await platform.sling(), await platform.template()
    inspection = await begin(alice, sling, template)
    tap = {"HX-Request": "true", "HX-Request-Type": "partial"}
    saved = await alice.send(f"{inspection}/answers", {"answer-0": "pass"}, tap)
    later = await alice.open(f"{inspection}/run")
    finished = await alice.send(f"{inspection}/finish", ALL_PASS)
    result = await alice.open(inspection)
    assert "1 of 2 answered" in saved.text
    assert "<html" not in saved.text
    assert re.search(r'name="answer-0"\s+value="pass"\s+checked', later.text)
    assert finished.headers["location"] == inspection
    assert "Passed" in result.text


async def test_beginning_again_goes_on_with_what_was_begun(
    alice: Browser, bob: Browser, platform: Platform
) -> None:
    sling, template = await platform.sling(), await platform.template()
    first = await begin(alice, sling, template)
    assert await begin(alice, sling, template) == first
    assert await begin(bob, sling, template) != first


async def test_finishing_too_early_says_which_question_is_open_and_keeps_the_rest(
    alice: Browser, platform: Platform
) -> None:
    sling, template = await platform.sling(), await platform.template()
    inspection = await begin(alice, sling, template)
    answer = await alice.send(f"{inspection}/finish", {"answer-0": "fail", "note-0": "cracked"})
    assert answer.status_code == 422
    assert re.search(r"data-missed.*?Plate legible", answer.text, re.DOTALL)
    assert "1 question is not answered." in answer.text
    assert re.search(r'name="answer-0"\s+value="fail"\s+checked', answer.text)
    assert "cracked" in answer.text


async def test_a_failed_critical_question_shows_all_that_followed(
    alice: Browser, platform: Platform
) -> None:
    sling, template = await platform.sling(), await platform.template()
    inspection = await begin(alice, sling, template)
    await alice.send(f"{inspection}/finish", LINKS_FAIL)
    result = (await alice.open(inspection)).text
    asset = (await alice.open(f"/assets/{sling['id']}")).text
    home = (await alice.open("/assets")).text
    assert "Failed" in result
    assert "Quarantined" in result
    assert "WO-10001" in result
    assert "Do not use: quarantined" in asset
    assert sling["name"] in home


async def test_the_whole_thread_runs_through_pages(
    alice: Browser, bob: Browser, platform: Platform
) -> None:
    sling, template = await platform.sling(), await platform.template()
    await platform.add(
        "requirements", title="Half-yearly check", interval_months=6, template_id=template["id"]
    )
    first = await begin(alice, sling, template)
    await alice.send(f"{first}/finish", LINKS_FAIL)
    order = (await platform.all("work-orders"))[0]
    await bob.post(f"/assets/work-orders/{order['id']}/move", status="in_progress")
    await bob.post(f"/assets/work-orders/{order['id']}/move", status="done")
    own = await begin(bob, sling, template)
    refused = await bob.send(f"{own}/finish", ALL_PASS)
    second = await begin(alice, sling, template)
    await alice.send(f"{second}/finish", ALL_PASS)
    asset = (await alice.open(f"/assets/{sling['id']}")).text
    compliance = (await alice.open("/assets/compliance")).text
    repaired = await platform.show("work-orders", order)
    assert (repaired["assignee"], repaired["status"]) == ("Bob", "done")
    assert refused.status_code == 422
    assert "somebody else must inspect it" in refused.text
    assert "It may be used." in asset
    assert "C-2026-000001" in asset
    assert "100 %" in compliance


async def test_a_finished_inspection_is_shown_instead_of_asked_again(
    alice: Browser, platform: Platform
) -> None:
    sling, template = await platform.sling(), await platform.template()
    done = await platform.inspected(sling, template, "pass", "pass")
    answer = await alice.open(f"/assets/inspections/{done['id']}/run")
    again = await alice.send(f"/assets/inspections/{done['id']}/finish", LINKS_FAIL)
    assert answer.headers["location"] == f"/assets/inspections/{done['id']}"
    assert (await platform.show("inspections", done))["result"] == "pass"
    assert again.headers["location"] == f"/assets/inspections/{done['id']}"


async def test_only_allowed_moves_are_offered_and_an_illegal_one_is_explained(
    alice: Browser, platform: Platform
) -> None:
    order = await platform.add("work-orders", title="Replace the latch")
    page = (await alice.open(f"/assets/work-orders/{order['id']}")).text
    answer = await alice.post(f"/assets/work-orders/{order['id']}/move", status="closed")
    offered = re.findall(r'name="status" value="(\w+)"', page)
    assert offered == ["triaged", "planned", "in_progress", "cancelled"]
    assert answer.status_code == 303
    assert "drawbar_said" in answer.headers["set-cookie"]
    assert (await platform.show("work-orders", order))["status"] == "request"


async def test_ticked_tasks_stay_ticked(alice: Browser, platform: Platform) -> None:
    order = await platform.add(
        "work-orders", title="Service", tasks=[{"title": "Drain"}, {"title": "Fill"}]
    )
    await alice.send(f"/assets/work-orders/{order['id']}/tasks", {"task-1": "true"})
    changed = await platform.show("work-orders", order)
    assert [task["done"] for task in changed["tasks"]] == [False, True]


async def test_a_template_is_written_one_question_a_line(
    alice: Browser, platform: Platform
) -> None:
    answer = await alice.post(
        "/assets/templates/new",
        name="Sling check",
        questions="! Links free of cracks?\nPlate legible?",
        status="published",
    )
    template = (await platform.all("inspection-templates"))[0]
    edit = await alice.open(f"{answer.headers['location']}/edit")
    assert [(one["question"], one["critical"]) for one in template["questions"]] == [
        ("Links free of cracks?", True),
        ("Plate legible?", False),
    ]
    assert "! Links free of cracks?\nPlate legible?" in edit.text


async def test_a_plan_shows_its_next_days_on_its_own_clocks(
    alice: Browser, platform: Platform
) -> None:
    sling = await platform.sling()
    plan = await platform.add(
        "maintenance-plans",
        title="Grease",
        asset_id=sling["id"],
        rrule="FREQ=MONTHLY",
        starts_at="2026-12-01T08:00:00+01:00",
        time_zone="Europe/Berlin",
    )
    page = (await alice.open(f"/assets/plans/{plan['id']}")).text
    assert re.findall(r"<time[^>]*>([^<]*)</time>, (\d\d:\d\d)", page)[:6][-1] == (
        "1 May 2027",
        "08:00",
    )


async def test_a_bad_rule_is_explained_beside_its_field(alice: Browser, platform: Platform) -> None:
    sling = await platform.sling()
    answer = await alice.post(
        "/assets/plans/new",
        title="Grease",
        asset_id=sling["code"],
        rrule="FREQ=DAILY;INTERVAL=0",
        starts_at="2026-12-01T08:00",
        time_zone="Europe/Berlin",
        lead_days="7",
    )
    assert answer.status_code == 422
    assert re.search(r'id="rrule-error".*?INTERVAL is a number', answer.text, re.DOTALL)
    assert f'value="{sling["code"]}"' in answer.text


async def test_compliance_counts_by_site_and_every_number_opens_its_list(
    alice: Browser, platform: Platform
) -> None:
    site = await platform.add("sites", name="Leeds plant")
    template = await platform.template()
    await platform.add(
        "requirements", title="Half-yearly check", interval_months=6, template_id=template["id"]
    )
    tested = await platform.add("assets", name="Tested sling", site_id=site["id"])
    await platform.add("assets", name="Untested sling", site_id=site["id"])
    await platform.inspected(tested, template, "pass", "pass")
    page = (await alice.open("/assets/compliance")).text
    href = f"/assets/compliance/list?site_id={site['id']}&state=never_done"
    duties = (await alice.open(href)).text
    assert "50 %" in page
    assert href.replace("&", "&amp;") in page or href in page
    assert "Untested sling" in duties
    assert "Tested sling</a>" not in duties.replace("Untested", "")


async def test_compliance_can_be_seen_as_at_an_earlier_day(
    alice: Browser, platform: Platform
) -> None:
    sling, template = await platform.sling(), await platform.template()
    await platform.add(
        "requirements", title="Half-yearly check", interval_months=6, template_id=template["id"]
    )
    await platform.inspected(sling, template, "pass", "pass")
    today = (await alice.open("/assets/compliance")).text
    before = (await alice.open("/assets/compliance?at=2026-11-01")).text
    wrong = await alice.open("/assets/compliance?at=soon")
    assert "100 %" in today
    assert "0 %" in before
    assert "100 %" not in before
    assert wrong.status_code == 400


async def test_a_certificate_is_revoked_only_by_administrators(
    alice: Browser, bob: Browser, platform: Platform
) -> None:
    sling, template = await platform.sling(), await platform.template()
    await platform.add(
        "requirements", title="Half-yearly check", interval_months=6, template_id=template["id"]
    )
    await platform.inspected(sling, template, "pass", "pass")
    certificate = (await platform.all("certificates"))[0]
    address = f"/assets/certificates/{certificate['id']}"
    refused = await bob.post(f"{address}/revoke")
    await alice.post(f"{address}/revoke")
    assert refused.status_code == 403
    assert (await platform.show("certificates", certificate))["status"] == "revoked"
    assert "Not proven: " in (await alice.open(f"/assets/{sling['id']}")).text
