"""One network asks a page for strangers only so often, and waits as it is told."""

from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from drawbar.identity.letter_pages import OPENED_PER_MINUTE
from drawbar.identity.pages import CODES_PER_MINUTE
from drawbar.kit.http.limits import BURST_SHARE
from tests.identity.conftest import Browser

Client = AsyncTestClient[Any]
DOORS = [
    ("/forgot", OPENED_PER_MINUTE),
    ("/reset/made-up", OPENED_PER_MINUTE),
    ("/confirm/made-up", OPENED_PER_MINUTE),
    ("/invitation/made-up", OPENED_PER_MINUTE),
    ("/sign-up", OPENED_PER_MINUTE),
    ("/sign-up/made-up", OPENED_PER_MINUTE),
    ("/login/code", CODES_PER_MINUTE),
]


@pytest.mark.parametrize(("path", "per_minute"), DOORS)
async def test_a_network_that_tries_on_and_on_is_told_to_wait(
    stranger: Browser, path: str, per_minute: int
) -> None:
    allowed = per_minute // BURST_SHARE
    answers = [await stranger.post(path, {"email": "no address"}) for _ in range(allowed)]
    # Buckets refill on the way: a slow machine gets a few more through.
    more = [await stranger.post(path, {"email": "no address"}) for _ in range(allowed)]
    refused = [one for one in more if one.status_code == 429]
    assert 429 not in {one.status_code for one in answers}
    assert refused
    assert int(refused[-1].headers["retry-after"]) >= 1
    assert "<h1" in refused[-1].text


async def test_links_of_letters_being_tried_lock_nobody_out_of_signing_in(
    stranger: Browser,
) -> None:
    for _ in range(OPENED_PER_MINUTE):
        if (await stranger.get("/reset/made-up")).status_code == 429:
            break
    else:
        pytest.fail("nothing was refused")
    assert (await stranger.get("/login")).status_code == 200
    assert (await stranger.sign_in("nobody@example.com", "a guess")).status_code == 401
