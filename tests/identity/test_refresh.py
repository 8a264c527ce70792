"""Refresh tokens: each good once, and one that comes back ends its family."""

import asyncio
from datetime import timedelta
from typing import Any

from litestar.testing import AsyncTestClient

from drawbar.audit.model import drawbar
from drawbar.identity.applications import end_application
from drawbar.identity.jobs import forget_tokens
from drawbar.kit.db import Database
from tests.identity.clients import Program, a_program, opens
from tests.support.cast import Cast
from tests.support.clock import FakeClock

Client = AsyncTestClient[Any]


async def next_tokens(program: Program, http: Client, tokens: dict[str, Any]) -> dict[str, Any]:
    answer = await program.refresh(http, tokens["refresh_token"])
    assert answer.status_code == 200, answer.text
    given: dict[str, Any] = answer.json()
    return given


async def test_a_refresh_token_gives_the_next_pair_for_the_same_connection(
    client: Client, cast: Cast, database: Database, clock: FakeClock
) -> None:
    program = await a_program(database, cast.alice, public=True)
    first = await program.tokens(client)
    clock.forward(days=29)
    second = await next_tokens(program, client, first)
    assert second["connection_id"] == first["connection_id"]
    assert second["refresh_token"] != first["refresh_token"]
    assert second["expires_at"] == int((clock.now + timedelta(days=30)).timestamp())
    assert await opens(client, second["access_token"])


async def test_the_access_token_before_lives_on_for_an_hour_of_requests_under_way(
    client: Client, cast: Cast, database: Database, clock: FakeClock
) -> None:
    program = await a_program(database, cast.alice)
    first = await program.tokens(client)
    await next_tokens(program, client, first)
    clock.forward(minutes=59)
    assert await opens(client, first["access_token"])
    clock.forward(minutes=1)
    assert not await opens(client, first["access_token"])


async def test_a_refresh_token_lives_a_day_longer_than_its_access_token(
    client: Client, cast: Cast, database: Database, clock: FakeClock
) -> None:
    program = await a_program(database, cast.alice)
    timely, late = [await program.tokens(client) for _ in range(2)]
    clock.forward(days=30, hours=23)
    assert not await opens(client, timely["access_token"])
    await next_tokens(program, client, timely)
    clock.forward(hours=1)
    refused = await program.refresh(client, late["refresh_token"])
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


async def test_a_refresh_token_that_comes_back_ends_the_whole_family(
    client: Client, cast: Cast, database: Database, clock: FakeClock
) -> None:
    program = await a_program(database, cast.alice)
    bystander = await program.tokens(client)
    first = await program.tokens(client)
    second = await next_tokens(program, client, first)
    third = await next_tokens(program, client, second)
    clock.forward(minutes=5)
    stolen = await program.refresh(client, first["refresh_token"])
    assert (stolen.status_code, stolen.json()["error"]) == (400, "invalid_grant")
    assert not await opens(client, third["access_token"])
    assert (await program.refresh(client, third["refresh_token"])).status_code == 400
    assert await opens(client, bystander["access_token"])


async def test_two_workers_of_one_client_do_not_end_their_own_family(
    client: Client, cast: Cast, database: Database, clock: FakeClock
) -> None:
    program = await a_program(database, cast.alice)
    first = await program.tokens(client)
    answers = await asyncio.gather(
        *(program.refresh(client, first["refresh_token"]) for _ in range(10))
    )
    given = [one.json() for one in answers if one.status_code == 200]
    assert len(given) == 1
    assert {one.json()["error"] for one in answers if one.status_code != 200} == {"invalid_grant"}
    assert await opens(client, given[0]["access_token"])
    clock.forward(minutes=1)
    await next_tokens(program, client, given[0])


async def test_a_refresh_token_is_worth_nothing_to_another_client(
    client: Client, cast: Cast, database: Database
) -> None:
    ours = await a_program(database, cast.alice, public=True)
    tokens = await ours.tokens(client)
    sibling = await a_program(database, cast.alice)
    strangers = await a_program(database, cast.mallory)
    for other in (sibling, strangers):
        stolen = await other.refresh(client, tokens["refresh_token"])
        made_up = await other.refresh(client, "dbr_nothing")
        assert (stolen.status_code, stolen.json()) == (400, made_up.json())
    await next_tokens(ours, client, tokens)


async def test_an_access_token_refreshes_nothing_and_no_scope_is_added(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    tokens = await program.tokens(client)
    wrong = await program.refresh(client, tokens["access_token"])
    more = await program.ask(
        client,
        "token",
        grant_type="refresh_token",
        refresh_token=tokens["refresh_token"],
        scope="connection admin",
    )
    assert wrong.json()["error"] == "invalid_grant"
    assert more.json()["error"] == "invalid_scope"
    await next_tokens(program, client, tokens)


async def test_revoking_an_application_ends_what_link_gave_it_at_once(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    tokens = await program.tokens(client)
    async with database.writing(cast.alice.workspace_id) as tx:
        await end_application(tx, drawbar(tx.workspace_id, "tests"), program.id)
    refused = await program.refresh(client, tokens["refresh_token"])
    assert not await opens(client, tokens["access_token"])
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def test_what_ended_a_month_ago_is_forgotten_and_what_lives_is_kept(
    client: Client, cast: Cast, database: Database, clock: FakeClock
) -> None:
    program = await a_program(database, cast.alice)
    await program.code(await program.connection())  # never brought back
    ended, living = [await program.tokens(client) for _ in range(2)]
    await program.ask(client, "revoke", token=ended["refresh_token"])
    clock.forward(days=30)
    living = await next_tokens(program, client, living)
    clock.forward(days=30, hours=20)
    living = await next_tokens(program, client, living)
    clock.forward(hours=5)
    await forget_tokens(database)
    async with database.reading(cast.alice.workspace_id) as tx:
        grants = await tx.fetchval("SELECT count(*) FROM authorization_grants")
        hashes = await tx.fetchval("SELECT count(*) FROM refresh_tokens")
    assert (grants, hashes) == (1, 2)
    assert await opens(client, living["access_token"])
    await next_tokens(program, client, living)
