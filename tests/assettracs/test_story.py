"""What an asset's page tells of its past, and what is no more."""

import re
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.assettracs.browser import Browser
from tests.assettracs.platform import Platform
from tests.support.cast import Cast
from tests.support.clock import FakeClock


@pytest.fixture
def platform(client: AsyncTestClient[Any], cast: Cast) -> Platform:
    return Platform(client, cast.alice.write_key)


@pytest.fixture
def alice(client: AsyncTestClient[Any], cast: Cast) -> Browser:
    return Browser(client, cast.alice)


def chapters(page: str) -> list[str]:
    return re.findall(r'timeline-title">\s*([^<]*?)\s*</p>', page)


async def test_the_story_tells_when_a_tag_came_and_when_it_went(
    alice: Browser, platform: Platform, clock: FakeClock
) -> None:
    asset = await platform.add("assets", name="Chain hoist")
    other = await platform.add("assets", name="Web sling")
    clock.forward(seconds=60)
    tag = await platform.add("tags", asset_id=asset["id"], payload="P-1")
    clock.forward(seconds=60)
    await platform.set("tags", tag, asset_id=other["id"])
    page = (await alice.open(f"/assets/{asset['id']}")).text
    assert chapters(page) == ["Tag removed", "Tag attached", "Added"]
    assert len(re.findall(r"<p>P-1</p>", page)) == 2
    assert "Tag attached" in chapters((await alice.open(f"/assets/{other['id']}")).text)


async def test_an_asset_that_comes_back_to_life_says_so(
    alice: Browser, platform: Platform, clock: FakeClock
) -> None:
    body = {"name": "Chain hoist"}
    asset = (await platform.ask("PUT", "assets/by-external-id/H-1", json=body)).json()
    await platform.ask("DELETE", f"assets/{asset['id']}")
    clock.forward(seconds=60)
    await platform.ask("PUT", "assets/by-external-id/H-1", json=body)
    page = (await alice.open(f"/assets/{asset['id']}")).text
    assert chapters(page)[0] == "Brought back"


async def test_work_on_a_deleted_asset_shows_it_as_deleted(
    alice: Browser, platform: Platform
) -> None:
    asset = await platform.add("assets", name="Chain hoist")
    order = await platform.add("work-orders", title="Replace the latch", asset_id=asset["id"])
    before = (await alice.open(f"/assets/work-orders/{order['id']}")).text
    await platform.ask("DELETE", f"assets/{asset['id']}")
    after = (await alice.open(f"/assets/work-orders/{order['id']}")).text
    assert "In service" in before
    assert "In service" not in after
    assert f'href="/assets/{asset["id"]}"' not in after
    assert re.search(r'class="pill".*?Deleted', after, re.DOTALL)


async def test_a_list_does_not_repeat_a_model_that_the_name_says(
    alice: Browser, platform: Platform
) -> None:
    await platform.add("assets", name="BOEING 767-332 N1200K", model="767-332")
    await platform.add("assets", name="Chain hoist", model="DH-500")
    page = (await alice.open("/assets/list")).text
    assert re.findall(r'class="row-note">([^<]*)<', page) == ["DH-500"]
