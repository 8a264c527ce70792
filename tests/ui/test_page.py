"""One view gives the whole page to a visitor and one block to htmx."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any

import pytest
from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.testing import AsyncTestClient

from drawbar.ui.bundle import BundleMissingError, asset_url
from drawbar.ui.pages import gallery
from drawbar.ui.responses import FRAME_CONTEXT
from drawbar.ui.static import static_router

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


def frame(request: Request[Any, Any, Any]) -> Mapping[str, Any]:
    return {
        "nav": [("Overview", request.url.path, "overview", True), ("Logs", "/logs", "logs", False)],
        "workspace": {"name": "Ribeira Foods"},
        "user": {"name": "Alice Costa", "email": "alice@example.com"},
    }


@pytest.fixture
async def browser(now: datetime) -> AsyncIterator[AsyncTestClient[Litestar]]:
    app = Litestar(
        [gallery, static_router()],
        state=State({FRAME_CONTEXT: frame, "clock": lambda: now}),
    )
    async with AsyncTestClient(app) as client:
        yield client


async def test_a_visit_gets_the_whole_page_in_its_frame(browser: AsyncTestClient[Litestar]) -> None:
    answer = await browser.get("/ui")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert "Ribeira Foods" in answer.text
    assert "Chain hoist 2 t" in answer.text


async def test_htmx_gets_only_the_block_that_changes(browser: AsyncTestClient[Litestar]) -> None:
    answer = await browser.get("/ui", headers=HTMX)
    assert "Chain hoist 2 t" in answer.text
    assert "<html" not in answer.text
    assert "Ribeira Foods" not in answer.text


@pytest.mark.parametrize(
    "header",
    [
        {"HX-Boosted": "true"},
        {"HX-History-Restore-Request": "true"},
        {"HX-Request-Type": "full"},
    ],
)
async def test_boosted_links_and_history_get_the_whole_page(
    browser: AsyncTestClient[Litestar], header: dict[str, str]
) -> None:
    answer = await browser.get("/ui", headers=HTMX | header)
    assert answer.text.startswith("<!DOCTYPE html>")


async def test_caches_keep_page_fragment_and_language_apart(
    browser: AsyncTestClient[Litestar],
) -> None:
    answer = await browser.get("/ui")
    assert answer.headers["vary"] == "HX-Request, HX-Request-Type, Accept-Language"


async def test_the_browsers_language_is_spoken(browser: AsyncTestClient[Litestar]) -> None:
    answer = await browser.get("/ui", headers={"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"})
    assert '<html lang="de">' in answer.text
    assert "Neue Anlage" in answer.text
    assert "In Betrieb" in answer.text


async def test_the_bundle_is_served_to_be_kept(browser: AsyncTestClient[Litestar]) -> None:
    answer = await browser.get(asset_url("drawbar.js"))
    assert answer.status_code == 200
    assert "javascript" in answer.headers["content-type"]
    assert answer.headers["cache-control"] == "max-age=31536000, public, immutable"


def test_a_file_nothing_bundles_is_an_error_that_names_it() -> None:
    with pytest.raises(BundleMissingError, match=r"map\.js"):
        asset_url("map.js")


async def test_a_file_name_with_a_nul_names_no_file(browser: AsyncTestClient[Litestar]) -> None:
    answer = await browser.get("/static/%00")
    assert answer.status_code == 404
