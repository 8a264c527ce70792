"""Signing in and out in a browser."""

from typing import Any

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient

from drawbar.app import create_app
from drawbar.identity import store
from drawbar.identity.pages import own_path
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, open_database
from drawbar.kit.settings import Settings
from tests.support.cast import PASSWORD, Cast, Person
from tests.support.clock import FakeClock

Client = AsyncTestClient[Any]
OWN = {"Sec-Fetch-Site": "same-origin"}
BROWSER = {"Accept": "text/html"}


async def log_in(client: Client, email: str, password: str, wanted: str = "") -> Response:
    return await client.post(
        "/login",
        data={"email": email, "password": password, "next": wanted},
        headers=OWN,
        follow_redirects=False,
    )


def as_person(client: Client, person: Person) -> None:
    client.cookies.set("drawbar_session", person.session)


async def test_the_right_password_opens_the_page_that_was_wanted(
    client: Client, cast: Cast
) -> None:
    answer = await log_in(client, cast.alice.email, PASSWORD, "/hub/webhooks?status=failed")
    assert (answer.status_code, answer.headers["location"]) == (303, "/hub/webhooks?status=failed")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" not in cookie


async def test_an_address_is_known_however_it_is_capitalised(client: Client, cast: Cast) -> None:
    answer = await log_in(client, f" {cast.alice.email.upper()} ", PASSWORD)
    assert answer.status_code == 303


async def test_every_log_in_gets_a_token_of_its_own_and_ends_the_browsers_former_one(
    client: Client, cast: Cast
) -> None:
    as_person(client, cast.alice)
    first = (await log_in(client, cast.alice.email, PASSWORD)).cookies["drawbar_session"]
    client.cookies.clear()
    as_person(client, cast.alice)
    former = await client.get("/", follow_redirects=False)
    assert first != cast.alice.session
    assert former.headers["location"] == "/login?next=/"


async def test_an_unknown_address_is_told_the_same_as_a_wrong_password(
    client: Client, cast: Cast
) -> None:
    wrong = await log_in(client, cast.alice.email, "not her password")
    unknown = await log_in(client, "nobody@example.com", "not her password")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert "Address and password do not fit" in wrong.text
    assert wrong.text.replace(cast.alice.email, "") == unknown.text.replace(
        "nobody@example.com", ""
    )


async def test_the_eleventh_wrong_password_has_to_wait_even_if_right(
    client: Client, cast: Cast, clock: FakeClock
) -> None:
    refused = [await log_in(client, cast.bob.email, "wrong") for _ in range(10)]
    clock.forward(minutes=5)
    paused = await log_in(client, cast.bob.email.upper(), PASSWORD)
    others = await log_in(client, cast.alice.email, PASSWORD)
    clock.forward(minutes=11)
    later = await log_in(client, cast.bob.email, PASSWORD)
    assert {answer.status_code for answer in refused} == {401}
    assert (paused.status_code, paused.headers["retry-after"]) == (429, "600")
    assert "Wait 10 minutes" in paused.text
    assert (others.status_code, later.status_code) == (303, 303)


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "javascript:alert(1)",
        "evil",
        "",
        "/" + "a" * 3000,
    ],
)
async def test_signing_in_never_leads_to_another_site(
    client: Client, cast: Cast, wanted: str
) -> None:
    answer = await log_in(client, cast.alice.email, PASSWORD, wanted)
    assert answer.headers["location"] == "/"


def test_a_path_of_ours_keeps_its_query() -> None:
    assert own_path("/hub/records?entity=assets&q=a%20b") == "/hub/records?entity=assets&q=a%20b"


async def test_another_sites_form_cannot_sign_anybody_in_or_out(client: Client, cast: Cast) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    form = {"email": cast.alice.email, "password": PASSWORD}
    into = await client.post("/login", data=form, headers=foreign, follow_redirects=False)
    as_person(client, cast.alice)
    out = await client.post("/sign-out", headers=foreign, follow_redirects=False)
    moved = await client.post("/workspace", headers=foreign, follow_redirects=False)
    assert (into.status_code, out.status_code, moved.status_code) == (403, 403, 403)
    assert "set-cookie" not in into.headers


async def test_signing_out_ends_the_session_for_good(client: Client, cast: Cast) -> None:
    as_person(client, cast.alice)
    out = await client.post("/sign-out", headers=OWN, follow_redirects=False)
    client.cookies.clear()
    as_person(client, cast.alice)
    after = await client.get("/", follow_redirects=False)
    assert out.headers["location"] == "/login"
    assert after.headers["location"] == "/login?next=/"


async def test_nobody_enters_a_workspace_they_do_not_belong_to(client: Client, cast: Cast) -> None:
    as_person(client, cast.mallory)
    answer = await client.post(
        "/workspace", data={"workspace": str(cast.alice.workspace_id)}, headers=OWN | BROWSER
    )
    assert answer.status_code == 404


async def test_a_member_of_two_workspaces_goes_from_one_to_the_other(
    client: Client, cast: Cast, database: Database
) -> None:
    async with database.writing(cast.mallory.workspace_id) as tx:
        await store.add_membership(tx, cast.alice.id, "viewer", "auditor")
    as_person(client, cast.alice)
    await client.post(
        "/workspace",
        data={"workspace": str(cast.mallory.workspace_id)},
        headers=OWN,
        follow_redirects=False,
    )
    page = await client.get("/hub")
    assert "Mallory Ltd" in page.text
    assert page.text.index("Sign out") < page.text.index('name="workspace"')
    assert 'placeholder="Search connections"' in page.text
    assert 'href="/hub/connections/new"' not in page.text


async def test_a_refusal_is_a_page_for_people_and_json_for_programs(
    client: Client, cast: Cast
) -> None:
    as_person(client, cast.alice)
    page = await client.get("/hub/nowhere", headers=BROWSER)
    data = await client.get("/admin/v1/nowhere", headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert page.headers["x-request-id"] in page.text
    assert data.headers["content-type"] == "application/problem+json"


async def test_behind_https_the_cookie_never_travels_in_the_clear(
    server: Any, cast: Cast, vault: Vault, clock: FakeClock
) -> None:
    settings = Settings(public_url="https://drawbar.test")
    app = create_app(settings, vault, lambda: open_database(server.app_url, size=2, clock=clock))
    async with AsyncTestClient(app, base_url="https://drawbar.test") as client:
        answer = await log_in(client, cast.alice.email, PASSWORD)
    assert "secure" in answer.headers["set-cookie"].lower()
