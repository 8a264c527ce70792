"""A code for a connection's tokens: once, soon, by whom it was given to, with the right proof."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from drawbar.audit.model import drawbar
from drawbar.identity.application_store import application_by_client_id
from drawbar.identity.exchanges import fits_challenge
from drawbar.identity.store import revoke_connection_tokens
from drawbar.identity.tokens import issue_connection_token
from drawbar.kit.db import Database
from tests.identity.clients import CHALLENGE, VERIFIER, a_program, challenge_of, opens
from tests.support.cast import Cast
from tests.support.clock import FakeClock

Client = AsyncTestClient[Any]


def test_the_standards_own_verifier_fits_its_challenge_and_no_other_does() -> None:
    assert fits_challenge(VERIFIER, CHALLENGE)
    assert challenge_of(VERIFIER) == CHALLENGE
    assert not fits_challenge(VERIFIER[:-1] + "l", CHALLENGE)
    assert not fits_challenge(CHALLENGE, CHALLENGE)
    assert not fits_challenge("", challenge_of(""))
    assert not fits_challenge("short", challenge_of("short"))


@pytest.mark.parametrize("public", [False, True], ids=["confidential", "public"])
async def test_a_code_gives_tokens_of_its_connection(
    client: Client, cast: Cast, database: Database, clock: FakeClock, public: bool
) -> None:
    program = await a_program(database, cast.alice, public=public)
    connection = await program.connection()
    answer = await program.exchange(client, await program.code(connection))
    tokens = answer.json()
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 2_592_000)
    assert tokens["expires_at"] == int(clock.now.timestamp()) + 2_592_000
    assert (tokens["connection_id"], tokens["scope"]) == (str(connection), "connection")
    assert tokens["refresh_token"].startswith("dbr_")
    assert await opens(client, tokens["access_token"])


async def test_a_code_ends_after_ten_minutes(
    client: Client, cast: Cast, database: Database, clock: FakeClock
) -> None:
    program = await a_program(database, cast.alice)
    early, late = [await program.code(await program.connection()) for _ in range(2)]
    clock.now += timedelta(minutes=10) - timedelta(seconds=1)
    assert (await program.exchange(client, early)).status_code == 200
    clock.now += timedelta(seconds=1)
    refused = await program.exchange(client, late)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


async def test_a_code_used_twice_ends_the_tokens_it_gave(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    code = await program.code(await program.connection())
    tokens = (await program.exchange(client, code)).json()
    again = await program.exchange(client, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert not await opens(client, tokens["access_token"])
    refreshed = await program.refresh(client, tokens["refresh_token"])
    assert refreshed.json()["error"] == "invalid_grant"


async def test_of_ten_who_bring_the_same_code_at_once_exactly_one_gets_tokens(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    code = await program.code(await program.connection())
    answers = await asyncio.gather(*(program.exchange(client, code) for _ in range(10)))
    given = [one.json() for one in answers if one.status_code == 200]
    assert len(given) == 1
    assert {one.json()["error"] for one in answers if one.status_code != 200} == {"invalid_grant"}
    assert not await opens(client, given[0]["access_token"])


async def test_codes_of_one_connection_at_once_leave_one_family_alive(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    connection = await program.connection()
    codes = [await program.code(connection) for _ in range(8)]
    answers = await asyncio.gather(*(program.exchange(client, code) for code in codes))
    assert {one.status_code for one in answers} <= {200, 400}
    given = [one.json()["access_token"] for one in answers if one.status_code == 200]
    assert [await opens(client, token) for token in given].count(True) == 1


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"code_verifier": "a" * 43}, "invalid_grant"),
        ({"code_verifier": CHALLENGE}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": "https://fleetwise.example/connected/x"}, "invalid_grant"),
        ({"redirect_uri": "https://evil.example/"}, "invalid_grant"),
        ({"code": "dbg_guess"}, "invalid_grant"),
        ({"code": "\0"}, "invalid_grant"),
        ({"code": ""}, "invalid_request"),
    ],
)
async def test_a_code_without_the_right_proof_gives_nothing_and_stays_good(
    client: Client, cast: Cast, database: Database, other: dict[str, str], error: str
) -> None:
    program = await a_program(database, cast.alice)
    code = await program.code(await program.connection())
    refused = await program.exchange(client, code, **other)
    assert (refused.status_code, refused.json()["error"]) == (400, error)
    assert refused.json()["error_description"]
    assert (await program.exchange(client, code)).status_code == 200


async def test_without_a_challenge_the_address_is_needed_and_a_verifier_is_a_downgrade(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    code = await program.code(await program.connection(), None)
    downgraded = await program.exchange(client, code)
    bare = await program.exchange(client, code, code_verifier="", redirect_uri="")
    plain = await program.exchange(client, code, code_verifier="")
    assert [one.status_code for one in (downgraded, bare, plain)] == [400, 400, 200]


async def test_with_pkce_the_address_may_be_left_out(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    code = await program.code(await program.connection())
    assert (await program.exchange(client, code, redirect_uri="")).status_code == 200


async def test_a_code_is_worth_nothing_to_another_client(
    client: Client, cast: Cast, database: Database
) -> None:
    ours = await a_program(database, cast.alice)
    sibling = await a_program(database, cast.alice, public=True)
    strangers = await a_program(database, cast.mallory)
    code = await ours.code(await ours.connection())
    for other in (sibling, strangers):
        stolen = await other.exchange(client, code)
        made_up = await other.exchange(client, "dbg_nothing")
        assert (stolen.status_code, stolen.json()) == (400, made_up.json())
    assert (await ours.exchange(client, code)).status_code == 200


async def test_a_public_client_needs_no_secret_and_a_confidential_one_does(
    client: Client, cast: Cast, database: Database
) -> None:
    private, public = [
        await a_program(database, cast.alice, public=public) for public in (False, True)
    ]
    code = await private.code(await private.connection())
    form = {"grant_type": "authorization_code", "code": code, "client_id": private.client_id}
    bare = await client.post("/oauth/token", data=form)
    invented = await public.ask(client, "token", grant_type="x", client_secret="guess")
    admin = await public.ask(client, "token", grant_type="client_credentials")
    assert (bare.status_code, bare.json()["error"]) == (401, "invalid_client")
    assert (invented.status_code, invented.json()["error"]) == (401, "invalid_client")
    assert (admin.status_code, admin.json()["error"]) == (400, "unauthorized_client")


async def test_no_secret_stands_for_the_missing_one(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    for guess in ("", "no application has this secret", "None", "\0"):
        answer = await client.post(
            "/oauth/token",
            data={
                "grant_type": "client_credentials",
                "client_id": program.client_id,
                "client_secret": guess,
            },
        )
        assert answer.status_code == 401


async def test_new_tokens_of_a_connection_end_the_ones_before(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    connection = await program.connection()
    first = await program.tokens(client, connection)
    second = await program.tokens(client, connection)
    assert not await opens(client, first["access_token"])
    assert (await program.refresh(client, first["refresh_token"])).status_code == 400
    assert await opens(client, second["access_token"])


async def test_a_token_made_by_hand_ends_those_that_link_gave(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    connection = await program.connection()
    tokens = await program.tokens(client, connection)
    async with database.writing(cast.alice.workspace_id) as tx:
        by_hand = await issue_connection_token(
            tx, drawbar(cast.alice.workspace_id, "tests"), connection
        )
    assert not await opens(client, tokens["access_token"])
    assert await opens(client, by_hand.access_token)


async def test_what_ends_a_connections_tokens_ends_refresh_tokens_and_codes_too(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    connection = await program.connection()
    tokens, code = await program.tokens(client, connection), await program.code(connection)
    async with database.writing(cast.alice.workspace_id) as tx:
        await revoke_connection_tokens(tx, connection)
    assert not await opens(client, tokens["access_token"])
    assert (await program.refresh(client, tokens["refresh_token"])).status_code == 400
    assert (await program.exchange(client, code)).status_code == 400


async def test_another_connections_tokens_live_on(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    kept = await program.tokens(client)
    ended = await program.connection()
    await program.tokens(client, ended)
    async with database.writing(cast.alice.workspace_id) as tx:
        await revoke_connection_tokens(tx, ended)
    assert await opens(client, kept["access_token"])


async def test_link_finds_an_application_by_its_client_id_alone(
    cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    async with database.as_system("tests") as tx:
        found = await application_by_client_id(tx, program.client_id)
        assert found is not None
        assert (found.id, found.workspace_id) == (program.id, cast.alice.workspace_id)
        assert await application_by_client_id(tx, "dbi_nobody") is None
        assert await application_by_client_id(tx, "a\0b") is None
