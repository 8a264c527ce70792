"""The first owner: made once, by a link or on the command line."""

import io
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import pytest
import structlog
from litestar.testing import AsyncTestClient

from drawbar.app import create_app
from drawbar.identity import store
from drawbar.kit import logs
from drawbar.kit.crypto import Vault, fingerprint, new_secret
from drawbar.kit.db import Database, open_database
from drawbar.kit.errors import Problem
from drawbar.kit.settings import Settings
from drawbar.workspaces import store as workspaces
from drawbar.workspaces.actions import FIRST_CREDITS, NewOwner, create_owner
from tests.support.clock import FakeClock
from tests.support.database import TestServer

Client = AsyncTestClient[Any]
OWN = {"Sec-Fetch-Site": "same-origin"}
FORM = {
    "workspace_name": "Harbour Cranes",
    "name": "Alice",
    "email": "alice@harbour.example",
    "password": "correct horse battery",
}


@pytest.fixture
async def empty_url(server: TestServer) -> str:
    return await server.another_database(f"empty_{uuid4().hex}")


@pytest.fixture
async def empty(empty_url: str, clock: FakeClock) -> AsyncIterator[Database]:
    async with open_database(empty_url, size=2, clock=clock) as opened:
        yield opened


@pytest.fixture
async def house(
    empty_url: str, settings: Settings, vault: Vault, clock: FakeClock
) -> AsyncIterator[Client]:
    app = create_app(settings, vault, lambda: open_database(empty_url, size=2, clock=clock))
    async with AsyncTestClient(app, base_url="http://drawbar.test") as opened:
        yield opened


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """The log at its most talkative; the old handlers come back afterwards."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    out = io.StringIO()
    logs.configure("DEBUG", stream=out)
    yield out
    root.handlers[:], root.level = before[0], before[1]
    structlog.reset_defaults()


async def a_link(database: Database) -> str:
    token = new_secret()
    async with database.as_system("tests") as tx:
        await store.add_setup_link(tx, fingerprint(token))
    return f"/setup/{token}"


async def test_the_link_makes_an_owner_signs_them_in_and_ends(
    house: Client, empty: Database
) -> None:
    link = await a_link(empty)
    form = await house.get(link)
    made = await house.post(link, data=FORM, headers=OWN, follow_redirects=False)
    page = await house.get("/hub")
    again = await house.post(link, data=FORM | {"email": "b@harbour.example"}, headers=OWN)
    assert 'name="workspace_name"' in form.text
    assert (made.status_code, made.headers["location"]) == (303, "/")
    assert "Harbour Cranes" in page.text
    assert 'href="/assets"' in page.text
    assert again.status_code == 404
    assert "drawbar up" in again.text


async def test_a_link_that_is_a_day_old_or_made_up_says_how_to_get_another(
    house: Client, empty: Database, clock: FakeClock
) -> None:
    link = await a_link(empty)
    clock.forward(hours=24, seconds=1)
    old = await house.get(link)
    made_up = await house.get("/setup/nothing")
    refused = await house.post(link, data=FORM, headers=OWN)
    assert (old.status_code, made_up.status_code, refused.status_code) == (404, 404, 404)
    assert "drawbar up" in old.text


async def test_what_is_wrong_is_told_beside_each_field_and_the_link_lives_on(
    house: Client, empty: Database
) -> None:
    link = await a_link(empty)
    wrong = {"workspace_name": " ", "name": "Alice", "email": "alice", "password": "short"}
    refused = await house.post(link, data=wrong, headers=OWN)
    foreign = await house.post(link, data=FORM, headers={"Sec-Fetch-Site": "cross-site"})
    still = await house.get(link)
    assert refused.status_code == 422
    assert 'id="workspace_name-error"' in refused.text
    assert 'id="email-error"' in refused.text
    assert 'id="password-error"' in refused.text
    assert 'id="name-error"' not in refused.text
    assert 'value="Alice"' in refused.text
    assert "short" not in refused.text.replace("shortcuts", "")
    assert (foreign.status_code, still.status_code) == (403, 200)


async def test_an_owner_begins_with_credits_and_an_address_is_taken_once(empty: Database) -> None:
    new = NewOwner(
        email="bob@harbour.example", name="Bob", password="long enough", workspace_name="Docks"
    )
    owner = await create_owner(empty, new)
    async with empty.reading(owner.workspace_id) as tx:
        pool = await workspaces.pool(tx)
    with pytest.raises(Problem, match="has an account already"):
        await create_owner(empty, new)
    assert pool.available == FIRST_CREDITS["paid"]


async def test_the_token_of_the_link_reaches_neither_the_log_nor_an_answer_about_a_mistake(
    house: Client, empty: Database, written: io.StringIO
) -> None:
    link = await a_link(empty)
    token = link.removeprefix("/setup/")
    await house.get(link)
    await house.post(link, data=FORM | {"password": "short"}, headers=OWN)
    not_allowed = await house.delete(link)
    too_deep = await house.get(f"{link}/more")
    await house.post(link, data=FORM, headers=OWN, follow_redirects=False)
    assert '"path": "/setup/' in written.getvalue()
    assert (not_allowed.status_code, too_deep.status_code) == (405, 404)
    assert not_allowed.json()["instance"].startswith("/setup/•")
    assert token not in not_allowed.text + too_deep.text + written.getvalue()
