"""Sign-up: where the operator allows it, by letter, for a trial workspace with one credit."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from litestar.testing import AsyncTestClient

from drawbar.app import create_app
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, open_database
from drawbar.kit.settings import Settings
from drawbar.workspaces.store import pool
from tests.identity.conftest import Browser
from tests.support.cast import Cast
from tests.support.clock import FakeClock
from tests.support.database import TestServer
from tests.support.letters import Post

Client = AsyncTestClient[Any]
FORM = {"workspace_name": "Harbour Cranes", "name": "Rosa", "password": "a password of Rosa's"}


@pytest.fixture
async def visitor(
    server: TestServer, settings: Settings, vault: Vault, clock: FakeClock
) -> AsyncIterator[Browser]:
    """A stranger at a Drawbar that is open to everybody."""
    wide_open = msgspec.structs.replace(settings, sign_up="open")
    app = create_app(wide_open, vault, lambda: open_database(server.app_url, size=2, clock=clock))
    async with AsyncTestClient(app, base_url="http://drawbar.test") as client:
        yield Browser(client)


@pytest.fixture
def email() -> str:
    return f"rosa-{uuid4().hex}@example.com"


async def test_who_signs_up_confirms_the_address_and_gets_a_trial_with_one_credit(
    visitor: Browser, post: Post, database: Database, email: str
) -> None:
    asked = await visitor.post("/sign-up", {"email": email})
    link = await post.link(email)
    page = await visitor.get(link)
    done = await visitor.post(link, FORM)
    inside = await visitor.get("/hub")
    async with database.as_system("tests") as tx:
        row = await tx.fetchrow(
            "SELECT w.workspace_id, w.plan, u.email_confirmed_at FROM users u "
            "JOIN memberships m ON m.user_id = u.id JOIN workspaces w USING (workspace_id) "
            "WHERE u.email = $1",
            email,
        )
    assert row is not None
    async with database.reading(row["workspace_id"]) as tx:
        credits = await pool(tx)
    assert "Look into your mail" in asked.text
    assert email in page.text
    assert (done.status_code, inside.status_code) == (303, 200)
    assert "Harbour Cranes" in inside.text
    assert (row["plan"], credits.available) == ("trial", 1)
    assert row["email_confirmed_at"] is not None


async def test_a_sign_up_link_works_once(visitor: Browser, post: Post, email: str) -> None:
    await visitor.post("/sign-up", {"email": email})
    link = await post.link(email)
    weak = await visitor.post(link, {**FORM, "password": "1234567890"})
    first = await visitor.post(link, FORM)
    second = await visitor.post(link, FORM)
    assert [weak.status_code, first.status_code, second.status_code] == [422, 303, 404]


async def test_an_address_with_an_account_is_answered_alike_and_told_by_letter(
    visitor: Browser, post: Post, cast: Cast, email: str
) -> None:
    known = await visitor.post("/sign-up", {"email": cast.alice.email})
    unknown = await visitor.post("/sign-up", {"email": email})
    (letter,) = await post.to(cast.alice.email)
    assert known.status_code == unknown.status_code == 201
    assert known.text.replace(cast.alice.email, "") == unknown.text.replace(email, "")
    assert (letter.kind, "/sign-up/" in letter.text) == ("known_already", False)


async def test_a_link_signs_up_its_own_address_whatever_the_form_says(
    visitor: Browser, post: Post, database: Database, email: str
) -> None:
    await visitor.post("/sign-up", {"email": email})
    await visitor.post(await post.link(email), {**FORM, "email": "ceo@example.com"})
    async with database.as_system("tests") as tx:
        stolen = await tx.fetchval("SELECT count(*) FROM users WHERE email = 'ceo@example.com'")
    assert stolen == 0


async def test_closed_the_page_says_whom_to_ask_and_links_of_before_open_nothing(
    client: Client, visitor: Browser, post: Post, email: str
) -> None:
    await visitor.post("/sign-up", {"email": email})
    link = await post.link(email)
    stranger = Browser(client)
    page = await stranger.get("/sign-up")
    asked = await stranger.post("/sign-up", {"email": email})
    late = await stranger.post(link, FORM)
    login = await stranger.get("/login")
    assert [page.status_code, asked.status_code, late.status_code] == [403, 403, 403]
    assert "Ask an owner of your workspace" in page.text
    assert 'href="/sign-up"' not in login.text
