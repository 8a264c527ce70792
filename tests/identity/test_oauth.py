"""Tokens for applications, as a stranger's OAuth library asks for them."""

import base64
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient

from drawbar.identity import store
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import Database
from tests.support.cast import Cast, Person
from tests.support.clock import FakeClock

Client = AsyncTestClient[Any]
GRANT = {"grant_type": "client_credentials"}


async def application(database: Database, person: Person) -> tuple[str, str]:
    client_id, secret = f"dbi_{uuid4().hex}", new_secret("dbs_")
    async with database.writing(person.workspace_id) as tx:
        await store.add_application(
            tx, uuid4(), "ERP bridge", client_id, fingerprint(secret), "production"
        )
    return client_id, secret


def basic(client_id: str, secret: str) -> dict[str, str]:
    pair = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


async def token_of(client: Client, pair: tuple[str, str]) -> str:
    answer = await client.post("/oauth/token", data=GRANT, headers=basic(*pair))
    token: str = answer.json()["access_token"]
    return token


async def systems(client: Client, token: str) -> Response:
    return await client.get("/admin/v1/systems", headers={"Authorization": f"Bearer {token}"})


async def test_id_and_secret_in_the_header_get_a_token_for_thirty_days(
    client: Client, cast: Cast, database: Database, clock: FakeClock
) -> None:
    pair = await application(database, cast.alice)
    answer = await client.post("/oauth/token", data=GRANT, headers=basic(*pair))
    token = answer.json()
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 2_592_000)
    assert token["expires_at"] == int(clock.now.timestamp()) + 2_592_000
    assert (await systems(client, token["access_token"])).status_code == 200


async def test_id_and_secret_in_the_form_get_a_token_too(
    client: Client, cast: Cast, database: Database
) -> None:
    client_id, secret = await application(database, cast.alice)
    form = GRANT | {"client_id": client_id, "client_secret": secret}
    answer = await client.post("/oauth/token", data=form)
    assert answer.status_code == 200
    assert (await systems(client, answer.json()["access_token"])).status_code == 200


async def test_a_wrong_secret_and_an_unknown_client_are_refused_alike(
    client: Client, cast: Cast, database: Database
) -> None:
    client_id, _ = await application(database, cast.alice)
    wrong = await client.post("/oauth/token", data=GRANT, headers=basic(client_id, "guess"))
    unknown = await client.post("/oauth/token", data=GRANT, headers=basic("dbi_x", "guess"))
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.json() == unknown.json()
    assert wrong.json()["error"] == "invalid_client"
    assert wrong.headers["www-authenticate"].startswith("Basic")
    assert wrong.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "client_secret": "x"}, "invalid_request"),
    ],
)
async def test_a_request_that_cannot_be_served_says_why_in_oauths_words(
    client: Client, cast: Cast, database: Database, form: dict[str, str], error: str
) -> None:
    pair = await application(database, cast.alice)
    answer = await client.post(
        "/oauth/token",
        content="&".join(f"{name}={value}" for name, value in form.items()),
        headers=basic(*pair) | {"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_a_json_body_or_a_parameter_given_twice_is_no_oauth(client: Client) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    in_json = await client.post("/oauth/token", json=GRANT)
    twice = await client.post("/oauth/token", content="grant_type=a&grant_type=b", headers=form)
    assert (in_json.status_code, twice.status_code) == (400, 400)
    assert in_json.json()["error"] == twice.json()["error"] == "invalid_request"


async def test_a_revoked_token_opens_nothing_any_more(
    client: Client, cast: Cast, database: Database
) -> None:
    pair = await application(database, cast.alice)
    token = await token_of(client, pair)
    answer = await client.post("/oauth/revoke", data={"token": token}, headers=basic(*pair))
    assert answer.status_code == 200
    assert (await systems(client, token)).status_code == 401


async def test_nobody_revokes_another_workspaces_token_or_learns_that_it_exists(
    client: Client, cast: Cast, database: Database
) -> None:
    ours = await token_of(client, await application(database, cast.alice))
    theirs = basic(*await application(database, cast.mallory))
    real = await client.post("/oauth/revoke", data={"token": ours}, headers=theirs)
    made_up = await client.post("/oauth/revoke", data={"token": "dba_x"}, headers=theirs)
    assert (real.status_code, real.content) == (made_up.status_code, made_up.content)
    assert (await systems(client, ours)).status_code == 200
