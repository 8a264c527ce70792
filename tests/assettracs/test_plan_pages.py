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
