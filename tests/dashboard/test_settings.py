"""The hub's settings lead to all their pages, and the pool's low mark is one of the choices."""

import re
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from drawbar.kit.db import Database
from drawbar.workspaces import credits, store
from tests.identity.conftest import Browser
from tests.support.cast import Cast

Client = AsyncTestClient[Any]
PAGES = ["/hub/settings", "/hub/settings/people", "/hub/settings/alerts", "/hub/settings/audit"]
TABS = re.compile(r'<nav class="tabs" aria-label="Settings">(.*?)</nav>', re.DOTALL)
LEVEL = "/hub/credits/level"


def tabs(page: str) -> list[tuple[str, bool]]:
    """Return where the tabs lead, and which is the current one."""
    found = TABS.search(page)
    links = re.findall(r'<a href="([^"]+)"([^>]*)>', found.group(1)) if found else []
    return [(href, "aria-current" in rest) for href, rest in links]


@pytest.mark.parametrize("path", [*PAGES, "/hub/settings/applications/new"])
async def test_every_page_of_settings_leads_to_all_others(
    client: Client, cast: Cast, path: str
) -> None:
    page = await Browser(client, cast.alice).get(path)
    current = path if path in PAGES else PAGES[0]
    assert page.status_code == 200
    assert tabs(page.text) == [(href, href == current) for href in PAGES]


async def test_a_viewer_is_led_to_no_page_that_refuses_them(client: Client, cast: Cast) -> None:
    carol = Browser(client, cast.carol)
    led = [href for href, _ in tabs((await carol.get("/hub/settings")).text)]
    assert led == ["/hub/settings", "/hub/settings/alerts", "/hub/settings/audit"]
    assert {(await carol.get(href)).status_code for href in led} == {200}


async def test_other_pages_have_no_tabs_of_settings(client: Client, cast: Cast) -> None:
    alice = Browser(client, cast.alice)
    assert tabs((await alice.get("/hub")).text) == []
    assert tabs((await alice.get("/assets/settings/people")).text) == []


async def test_the_low_mark_of_the_pool_is_chosen_audited_and_given_up_again(
    client: Client, cast: Cast, database: Database
) -> None:
    async with database.writing(cast.alice.workspace_id) as tx:
        await credits.grant(tx, 40, "tests")
    alice = Browser(client, cast.alice)
    before = await alice.get("/hub/credits")
    saved = await alice.post(LEVEL, {"low_at": " 40 "})
    chosen = await alice.get("/hub/credits")
    await alice.post(LEVEL, {"low_at": ""})
    async with database.reading(cast.alice.workspace_id) as tx:
        level = await store.credit_level(tx)
        told = await tx.fetch(
            "SELECT actor_label, after->>'low_at' FROM audit_entries "
            "WHERE action = 'workspace.credit_level_changed' ORDER BY at, id"
        )
    assert 'placeholder="8"' in before.text
    assert "The pool is low" not in before.text
    assert (saved.status_code, saved.headers["location"]) == (303, "/hub/credits")
    assert "The pool is low" in chosen.text
    assert 'value="40"' in chosen.text
    assert level.low_at is None
    assert [tuple(row) for row in told] == [("Alice", "40"), ("Alice", None)]


@pytest.mark.parametrize("typed", ["-1", "1.5", "many", "1000001", "²", "9" * 5000])
async def test_a_low_mark_that_is_no_number_is_told_beside_the_field(
    client: Client, cast: Cast, database: Database, typed: str
) -> None:
    answer = await Browser(client, cast.alice).post(LEVEL, {"low_at": typed})
    async with database.reading(cast.alice.workspace_id) as tx:
        level = await store.credit_level(tx)
    assert answer.status_code == 422
    assert "Enter a whole number from 0 to 1,000,000, or nothing." in answer.text
    assert f'value="{typed}"' in answer.text
    assert level.low_at is None
