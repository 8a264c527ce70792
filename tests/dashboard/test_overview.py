"""The hub's first pages as people see them."""

from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.support.cast import Cast, Person

Client = AsyncTestClient[Any]
SECTIONS = (
    "/hub",
    "/hub/connections",
    "/hub/systems",
    "/hub/webhooks",
    "/hub/webhooks?status=all",
    "/hub/webhooks/endpoints",
    "/hub/records",
    "/hub/credits",
    "/hub/settings",
)


def as_person(client: Client, person: Person) -> None:
    client.cookies.set("drawbar_session", person.session)


@pytest.mark.parametrize("path", SECTIONS)
async def test_a_fresh_workspace_has_every_page_and_is_told_the_next_step(
    client: Client, cast: Cast, path: str
) -> None:
    as_person(client, cast.alice)
    page = await client.get(path)
    assert page.status_code == 200, page.text
    assert 'aria-current="page"' in page.text
    assert "Northern Rail Depot" in page.text


@pytest.mark.parametrize("path", SECTIONS)
async def test_a_page_asked_for_without_a_session_leads_to_the_log_in_and_back(
    client: Client, path: str
) -> None:
    answer = await client.get(path, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=/hub")


async def test_the_start_page_leads_to_the_half_that_is_open(client: Client, cast: Cast) -> None:
    as_person(client, cast.alice)
    answer = await client.get("/", follow_redirects=False)
    assert answer.headers["location"] == "/hub"


async def test_the_overview_of_nothing_says_so(client: Client, cast: Cast) -> None:
    as_person(client, cast.alice)
    page = await client.get("/hub")
    assert "Nothing is connected yet." in page.text
    assert 'href="/hub/systems"' in page.text


async def test_pages_are_in_german_for_who_reads_german(client: Client, cast: Cast) -> None:
    as_person(client, cast.alice)
    page = await client.get("/hub", headers={"Accept-Language": "de"})
    assert "Noch ist nichts verbunden." in page.text
