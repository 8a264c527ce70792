"""Whoever asks too often waits, nobody else does, and every answer says where one stands."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession
from httpx import Response
from litestar.testing import AsyncTestClient

from drawbar.app import create_app
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, open_database
from drawbar.kit.settings import Settings
from tests.contracts.belongings import Belongings
from tests.support.cast import PASSWORD, Cast
from tests.support.database import TestServer
from tests.support.hooks import bearer
from tests.support.web import free_port, served

Client = AsyncTestClient[Any]
SLOW = Settings(public_url="http://drawbar.test", requests_per_minute=10)
BURST = 10
OWN = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
POLICY = re.compile(r'"[a-z]+";q=\d+;w=\d+')
STANDING = re.compile(r'"[a-z]+";r=\d+;t=\d+')


@pytest.fixture
async def slow(server: TestServer, vault: Vault) -> AsyncIterator[Client]:
    app = create_app(SLOW, vault, lambda: open_database(server.app_url, size=2))
    async with AsyncTestClient(app, base_url="http://drawbar.test") as opened:
        yield opened


@pytest.fixture
async def things(database: Database, vault: Vault, cast: Cast) -> Belongings:
    return await Belongings.of(database, vault, cast)


async def ask(client: Client, path: str, token: str, **headers: str) -> Response:
    return await client.get(path, headers=bearer(token) | headers)


async def repeatedly(client: Client, times: int, path: str, token: str) -> list[int]:
    return [(await ask(client, path, token)).status_code for _ in range(times)]


@pytest.fixture
def roads(things: Belongings) -> dict[str, tuple[str, str]]:
    alice = things.alices_credentials
    return {
        "application": ("/admin/v1/credits", alice.admin_token),
        "connection": ("/api/v1/connection", alice.connection_token),
        "key": ("/assettracs/api/v1/sites", alice.key),
    }


@pytest.mark.parametrize("policy", ["application", "connection", "key"])
async def test_who_asks_too_often_is_told_when_to_come_again(
    slow: Client, roads: dict[str, tuple[str, str]], policy: str
) -> None:
    path, token = roads[policy]
    first = await ask(slow, path, token)
    await repeatedly(slow, BURST - 1, path, token)
    refused = await ask(slow, path, token)
    assert first.status_code == 200
    assert first.headers["RateLimit-Policy"] == f'"{policy}";q={BURST};w=60'
    assert first.headers["RateLimit"].startswith(f'"{policy}";r={BURST - 1};t=')
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json()["code"] == "RATE_LIMIT_EXCEEDED"
    assert refused.headers["RateLimit"].startswith(f'"{policy}";r=0;t=')
    assert 1 <= int(refused.headers["Retry-After"]) <= 6


async def test_one_connections_haste_costs_nobody_else(
    slow: Client, things: Belongings, roads: dict[str, tuple[str, str]]
) -> None:
    path, token = roads["connection"]
    assert (await repeatedly(slow, BURST + 2, path, token))[-2:] == [429, 429]
    mallorys = things.mallorys_credentials.connection_token
    assert (await ask(slow, path, mallorys)).status_code == 200
    assert (await ask(slow, *roads["application"])).status_code == 200


async def test_an_address_that_guesses_tokens_is_held_off_but_not_who_holds_a_true_one(
    slow: Client, things: Belongings, roads: dict[str, tuple[str, str]]
) -> None:
    path, token = roads["connection"]
    before = await repeatedly(slow, 1, path, token)
    guesses = await repeatedly(slow, 10, path, "dbc_guessed")
    unknown = await ask(slow, path, things.mallorys_credentials.connection_token)
    assert before == [200]
    assert guesses == [401] + [429] * 9
    assert unknown.status_code == 429
    assert (await ask(slow, path, token)).status_code == 200


async def test_guessing_from_one_address_holds_off_no_other_address(
    server: TestServer, vault: Vault, things: Belongings
) -> None:
    app = create_app(SLOW, vault, lambda: open_database(server.app_url, size=2))

    async def status(session: ClientSession, address: str, token: str, client: str) -> int:
        headers = bearer(token) | {"X-Forwarded-For": client}
        async with session.get(f"{address}/api/v1/connection", headers=headers) as answer:
            return answer.status

    async with served(app, free_port()) as address, ClientSession() as session:
        guesses = [await status(session, address, "dbc_guessed", "203.0.113.1") for _ in range(6)]
        token = things.mallorys_credentials.connection_token
        assert guesses == [401] + [429] * 5
        assert await status(session, address, token, "203.0.113.1") == 429
        assert await status(session, address, token, "203.0.113.2") == 200


async def test_clients_that_guess_secrets_at_the_token_endpoint_are_held_off(
    slow: Client,
) -> None:
    form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
    answers = [await slow.post("/oauth/token", data=form) for _ in range(6)]
    assert [one.status_code for one in answers] == [401] + [429] * 5
    assert int(answers[-1].headers["Retry-After"]) >= 1


async def test_wrong_passwords_from_one_address_are_held_off_whatever_the_account(
    slow: Client,
) -> None:
    async def try_one(number: int) -> int:
        form = {"email": f"nobody-{number}@example.com", "password": "guessed all along"}
        return (await slow.post("/login", data=form, headers=OWN)).status_code

    answers = await asyncio.gather(*(try_one(number) for number in range(40)))
    assert answers[:15] == [401] * 15
    assert answers.count(429) >= 15


async def test_right_passwords_are_never_counted(slow: Client, cast: Cast) -> None:
    form = {"email": cast.alice.email, "password": PASSWORD}
    answers = [
        await slow.post("/login", data=form, headers=OWN, follow_redirects=False) for _ in range(17)
    ]
    assert {one.status_code for one in answers} == {303}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
@pytest.mark.parametrize(
    "path", ["/nothing/here", "/api/v1/connection", "/healthz", "/login", "/oauth/token"]
)
async def test_every_answer_carries_request_id_and_version(
    slow: Client, path: str, method: str
) -> None:
    answer = await slow.request(method, path, headers={"X-Request-Id": "mine-12345678"})
    assert answer.headers["X-Request-Id"] == "mine-12345678"
    assert re.fullmatch(r"\d+\.\d+\.\d+", answer.headers["Drawbar-Version"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_every_answer_of_the_apis_says_where_one_stands(
    slow: Client, roads: dict[str, tuple[str, str]]
) -> None:
    answers = [await ask(slow, path, token) for path, token in roads.values()]
    answers += [await ask(slow, path, "guessed") for path, _ in roads.values()]
    answers.append(await ask(slow, "/api/v1/assets?unknown=1", roads["connection"][1]))
    assert all(POLICY.fullmatch(one.headers["RateLimit-Policy"]) for one in answers)
    assert all(STANDING.fullmatch(one.headers["RateLimit"]) for one in answers)
