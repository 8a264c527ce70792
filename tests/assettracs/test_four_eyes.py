"""Four eyes: whoever really repaired an asset does not release it, whatever the names say."""

from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from drawbar.kit.db import Database
from tests.assettracs.browser import Browser
from tests.assettracs.platform import Fields, Platform
from tests.support.cast import Cast
from tests.support.clock import FakeClock

ALL_PASS = {"answer-0": "pass", "answer-1": "pass"}
MUST_BE_OTHERS = "Somebody else has to do this inspection"


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


@pytest.fixture
async def template(platform: Platform) -> Fields:
    return await platform.template()


@pytest.fixture
async def sling(platform: Platform, template: Fields, bob: Browser, clock: FakeClock) -> Fields:
    """A sling that failed and that Bob repaired under another name."""
    sling = await platform.sling()
    await platform.inspected(sling, template, "fail", "pass")
    (order,) = await platform.all("work-orders")
    clock.forward(hours=1)
    await platform.set("work-orders", order, assignee="Crew 7")
    await bob.post(f"/assets/work-orders/{order['id']}/move", status="in_progress")
    await bob.post(f"/assets/work-orders/{order['id']}/move", status="done")
    return sling


async def test_who_moved_the_repair_cannot_release_it_under_any_name(
    platform: Platform, bob: Browser, alice: Browser, sling: Fields, template: Fields
) -> None:
    own = await begin(bob, sling, template)
    await platform.set("inspections", {"id": own.rpartition("/")[2]}, inspector="Somebody Else")
    refused = await bob.send(f"{own}/finish", ALL_PASS)
    held = await platform.show("assets", sling)
    others = await begin(alice, sling, template)
    await alice.send(f"{others}/finish", ALL_PASS)
    assert (refused.status_code, held["status"]) == (422, "quarantined")
    assert "Bob repaired A-00001; somebody else must inspect it" in refused.text
    assert (await platform.show("assets", sling))["status"] == "in_service"


async def test_the_repairer_is_told_before_the_first_question(
    bob: Browser, alice: Browser, sling: Fields, template: Fields
) -> None:
    page = await bob.open(f"/assets/{sling['id']}")
    others_page = await alice.open(f"/assets/{sling['id']}")
    runner = await bob.open(await begin(bob, sling, template) + "/run")
    others_runner = await alice.open(await begin(alice, sling, template) + "/run")
    assert "somebody else has to pass it by Sling check" in page.text
    assert "somebody else has to pass it" not in others_page.text
    assert MUST_BE_OTHERS in runner.text
    assert MUST_BE_OTHERS not in others_runner.text


async def test_the_repairer_may_inspect_by_another_template_but_that_releases_nothing(
    platform: Platform, bob: Browser, sling: Fields, template: Fields, clock: FakeClock
) -> None:
    easy = await platform.template()
    clock.forward(hours=1)
    other = await begin(bob, sling, easy)
    asked = await bob.open(f"{other}/run")
    finished = await bob.send(f"{other}/finish", ALL_PASS)
    recorded = await platform.show("inspections", {"id": other.rpartition("/")[2]})
    own = await begin(bob, sling, template)
    still_refused = await bob.send(f"{own}/finish", ALL_PASS)
    assert MUST_BE_OTHERS not in asked.text
    assert (finished.status_code, recorded["result"]) == (303, "pass")
    assert still_refused.status_code == 422
    assert (await platform.show("assets", sling))["status"] == "quarantined"


async def test_only_the_names_count_for_a_key(
    platform: Platform, sling: Fields, template: Fields
) -> None:
    same_name = await platform.inspect(sling, template, "pass", "pass", inspector="crew 7")
    await platform.inspected(sling, template, "pass", "pass", inspector="Alice")
    assert same_name.status_code == 409
    assert (await platform.show("assets", sling))["status"] == "in_service"


async def test_who_worked_on_an_order_is_nobody_elses_to_see(
    database: Database, cast: Cast, sling: Fields
) -> None:
    count = "SELECT count(*) FROM assettracs.order_workers"
    async with database.reading(cast.alice.workspace_id) as tx:
        ours = await tx.fetchval(count)
    async with database.reading(cast.mallory.workspace_id) as tx:
        theirs = await tx.fetchval(count)
    assert (sling["name"], ours, theirs) == ("Chain sling 2 t", 1, 0)
