"""Ending tokens, and asking what they are worth."""

from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from drawbar.kit.db import Database
from tests.identity.clients import CALLBACK, Program, a_program, opens
from tests.support.cast import Cast
from tests.support.clock import FakeClock

Client = AsyncTestClient[Any]
DEAD = {"active": False}
ORIGIN = "https://fleetwise.example"


async def known(program: Program, http: Client, token: str) -> dict[str, Any]:
    answer = await program.ask(http, "introspect", token=token)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    facts: dict[str, Any] = answer.json()
    return facts


async def test_revoking_a_refresh_token_ends_its_family(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice, public=True)
    tokens = await program.tokens(client)
    answer = await program.ask(client, "revoke", token=tokens["refresh_token"])
    assert (answer.status_code, answer.json()) == (200, {})
    assert not await opens(client, tokens["access_token"])
    assert (await program.refresh(client, tokens["refresh_token"])).status_code == 400


async def test_revoking_an_access_token_leaves_its_refresh_token(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    tokens = await program.tokens(client)
    form = {"token": tokens["access_token"], "token_type_hint": "refresh_token"}
    assert (await program.ask(client, "revoke", **form)).status_code == 200
    assert not await opens(client, tokens["access_token"])
    assert (await program.refresh(client, tokens["refresh_token"])).status_code == 200


async def test_a_public_client_ends_only_its_own_tokens(
    client: Client, cast: Cast, database: Database
) -> None:
    ours = await a_program(database, cast.alice)
    sibling = await a_program(database, cast.alice, public=True)
    strangers = await a_program(database, cast.mallory)
    tokens = await ours.tokens(client)
    for other in (sibling, strangers):
        for kind in ("access_token", "refresh_token"):
            answer = await other.ask(client, "revoke", token=tokens[kind])
            assert (answer.status_code, answer.json()) == (200, {})
    assert await opens(client, tokens["access_token"])
    assert (await ours.refresh(client, tokens["refresh_token"])).status_code == 200


async def test_a_live_token_is_told_with_what_it_opens(
    client: Client, cast: Cast, database: Database, clock: FakeClock
) -> None:
    program = await a_program(database, cast.alice)
    tokens = await program.tokens(client)
    shared = {
        "active": True,
        "scope": "connection",
        "client_id": program.client_id,
        "connection_id": tokens["connection_id"],
        "iat": int(clock.now.timestamp()),
        "iss": "http://drawbar.test",
    }
    access = await known(program, client, tokens["access_token"])
    refresh = await known(program, client, tokens["refresh_token"])
    assert access == {**shared, "exp": tokens["expires_at"], "token_type": "Bearer"}
    assert refresh == {**shared, "exp": tokens["expires_at"] + 86_400}


async def test_an_admin_token_is_told_too(client: Client, cast: Cast, database: Database) -> None:
    program = await a_program(database, cast.alice)
    answer = await program.ask(client, "token", grant_type="client_credentials", scope="admin")
    facts = await known(program, client, answer.json()["access_token"])
    assert (facts["active"], facts["scope"]) == (True, "admin")
    assert "connection_id" not in facts


async def test_nothing_is_told_of_dead_made_up_or_foreign_tokens(
    client: Client, cast: Cast, database: Database, clock: FakeClock
) -> None:
    ours, strangers = await a_program(database, cast.alice), await a_program(database, cast.mallory)
    tokens = await ours.tokens(client)
    foreign = [await known(strangers, client, tokens[kind]) for kind in ("access_token",)]
    foreign += [await known(strangers, client, tokens["refresh_token"])]
    fresh = (await ours.refresh(client, tokens["refresh_token"])).json()
    used = await known(ours, client, tokens["refresh_token"])
    clock.forward(days=31)
    expired = [await known(ours, client, fresh[kind]) for kind in ("access_token", "refresh_token")]
    assert [*foreign, used, *expired, await known(ours, client, "dbc_x")] == [DEAD] * 6


async def test_who_keeps_no_secret_may_not_introspect(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice, public=True)
    tokens = await program.tokens(client)
    answer = await program.ask(client, "introspect", token=tokens["access_token"])
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("endpoint", ["revoke", "introspect"])
async def test_the_token_has_to_be_sent(
    client: Client, cast: Cast, database: Database, endpoint: str
) -> None:
    program = await a_program(database, cast.alice)
    answer = await program.ask(client, endpoint)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_browser_reads_answers_only_from_where_its_public_client_is_registered(
    client: Client, cast: Cast, database: Database
) -> None:
    public = await a_program(database, cast.alice, public=True, uris=(CALLBACK,))
    private = await a_program(database, cast.alice, uris=(CALLBACK,))

    async def readable_from(program: Program, origin: str, **form: str) -> str | None:
        answer = await client.post(
            "/oauth/token",
            data={"client_id": program.client_id, **form},
            headers={"Origin": origin, **program.basic},
        )
        assert "Origin" in answer.headers["vary"]
        allowed: str | None = answer.headers.get("access-control-allow-origin")
        return allowed

    code = await public.code(await public.connection())
    exchange = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    assert await readable_from(public, ORIGIN, **exchange) == ORIGIN  # refused, and it may know
    assert await readable_from(public, "https://evil.example") is None
    assert await readable_from(public, "https://fleetwise.example.evil.example") is None
    assert await readable_from(public, "null") is None
    assert await readable_from(private, ORIGIN) is None


async def test_a_browser_may_ask_before_it_posts(client: Client) -> None:
    asked = await client.options(
        "/oauth/token",
        headers={"Origin": ORIGIN, "Access-Control-Request-Method": "POST"},
    )
    assert (asked.status_code, asked.content) == (204, b"")
    assert asked.headers["access-control-allow-origin"] == ORIGIN
    assert asked.headers["access-control-allow-headers"] == "Content-Type"
    assert "access-control-allow-credentials" not in asked.headers
