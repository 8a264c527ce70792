"""The sandbox's consent page as Link leads there: allowed, allowed in part, denied."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from litestar.testing import AsyncTestClient

from drawbar.connections import store as connections
from drawbar.connections.model import Connection
from drawbar.kit.db import Database
from tests.link.scene import App, Guest, an_application, arrive
from tests.support.cast import Cast, Person

Client = AsyncTestClient[Any]
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def app(database: Database, cast: Cast) -> App:
    return await an_application(database, cast.alice)


async def leave_for_consent(client: Client, app: App) -> tuple[Guest, dict[str, str]]:
    """Go through Link up to the sandbox's page; what that page was asked."""
    guest = await arrive(client, app, system="sandbox-oauth")
    await guest.send("/systems/sandbox-oauth/consent", name="Leeds plant")
    (address,) = re.findall(r'href="([^"]+/sandbox/oauth/authorize[^"]+)"', guest.page)
    asked = parse_qs(urlsplit(unescape(address)).query)
    return guest, {name: text[0] for name, text in asked.items()}


async def answer_there(client: Client, guest: Guest, asked: dict[str, str], said: str) -> Guest:
    """Answer the sandbox's page and follow it back to Link."""
    answer = await client.post(
        "/sandbox/oauth/authorize",
        data=asked | {"answer": said},
        headers=OWN_PAGE,
        follow_redirects=False,
    )
    back = urlsplit(answer.headers["location"])
    assert back.path == "/link/callback"
    return await guest.open(f"{back.path}?{back.query}")


async def connections_of(database: Database, person: Person) -> list[Connection]:
    async with database.reading(person.workspace_id) as tx:
        return await connections.CONNECTIONS.where(tx, "true ORDER BY created_at")


async def test_allowing_connects_the_sandbox(
    client: Client, database: Database, cast: Cast, app: App
) -> None:
    guest, asked = await leave_for_consent(client, app)
    shown = await client.get("/sandbox/oauth/authorize", params=asked)
    await answer_there(client, guest, asked, "all")
    (connection,) = await connections_of(database, cast.alice)
    assert "This is a sandbox" in shown.text
    assert guest.answer["state"] == "s-4711"
    assert "code" in guest.answer
    assert (connection.system, connection.name) == ("sandbox-oauth", "Leeds plant")
    assert (connection.status, connection.credits) == ("synchronizing", 0)
    assert "access_token" not in connection.settings
    assert await connections_of(database, cast.mallory) == []


async def test_denying_leads_back_and_connects_nothing(
    client: Client, database: Database, cast: Cast, app: App
) -> None:
    guest, asked = await leave_for_consent(client, app)
    await answer_there(client, guest, asked, "none")
    assert "You did not grant access." in guest.text
    assert await connections_of(database, cast.alice) == []


async def test_a_forged_state_comes_back_to_nothing(
    client: Client, database: Database, cast: Cast, app: App
) -> None:
    guest, asked = await leave_for_consent(client, app)
    await answer_there(client, guest, asked | {"state": "forged"}, "all")
    assert guest.status in {400, 404, 410}
    assert await connections_of(database, cast.alice) == []


async def test_a_page_from_elsewhere_cannot_allow(client: Client, app: App) -> None:
    _, asked = await leave_for_consent(client, app)
    answer = await client.post(
        "/sandbox/oauth/authorize",
        data=asked | {"answer": "all"},
        headers={"Sec-Fetch-Site": "cross-site"},
        follow_redirects=False,
    )
    assert answer.status_code == 403
