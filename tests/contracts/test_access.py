"""Four questions to every route: anonymous, wrong tenant, read-only, right role."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from drawbar.identity.guards import ANY
from drawbar.identity.rights import ASSET_ROLES, HUB_ROLES, KEY_SCOPES
from drawbar.kit.crypto import Vault
from drawbar.kit.db import open_database
from tests.contracts.belongings import MARK, Belongings, Credentials
from tests.contracts.routes import Entrance, entrances
from tests.support.cast import Cast
from tests.support.database import TestServer

EVERY = entrances()
GUARDED = [one for one in EVERY if one.doors]
CAROLS_RIGHTS = HUB_ROLES["viewer"] | ASSET_ROLES["auditor"]
NOTHING_TO_SEE = {400, 401, 403, 404, 405, 409, 410, 422}


def refuses_readers(entrance: Entrance) -> bool:
    rights = CAROLS_RIGHTS if entrance.door.credential == "session" else KEY_SCOPES["read"]
    has_readers = entrance.door.credential in {"session", "api_key"}
    return has_readers and entrance.door.right not in rights | {ANY}


async def ask(
    client: AsyncTestClient[Any], entrance: Entrance, path: str, credentials: Credentials
) -> Any:
    changing = entrance.method in {"POST", "PUT", "PATCH"}
    is_page = entrance.public is None and entrance.door.credential == "session"
    body: dict[str, Any] = {"data": {"x": "y"}} if is_page else {"json": {}}
    return await client.request(
        entrance.method,
        path,
        headers=credentials.headers(entrance),
        follow_redirects=False,
        **(body if changing else {}),
    )


@pytest.mark.parametrize("entrance", EVERY, ids=str)
def test_every_route_has_one_door_or_says_why_it_is_public(entrance: Entrance) -> None:
    assert (len(entrance.doors) == 1) != bool(entrance.public)


@pytest.fixture(scope="module")
async def belongings(server: TestServer, shared_cast: Cast) -> AsyncIterator[Belongings]:
    async with open_database(server.app_url, size=2) as database:
        yield await Belongings.of(database, Vault(bytes(range(32))), shared_cast)


@pytest.mark.parametrize("entrance", GUARDED, ids=str)
async def test_nobody_comes_in_without_a_credential(
    shared_client: AsyncTestClient[Any], belongings: Belongings, entrance: Entrance
) -> None:
    answer = await ask(shared_client, entrance, belongings.path(entrance), Credentials())
    expected = 303 if entrance.door.credential == "session" else 401
    assert answer.status_code == expected, answer.text
    assert MARK not in answer.text


@pytest.mark.parametrize("entrance", GUARDED, ids=str)
async def test_another_workspace_gets_nothing_and_changes_nothing(
    shared_client: AsyncTestClient[Any], belongings: Belongings, entrance: Entrance
) -> None:
    before = await belongings.snapshot()
    answer = await ask(
        shared_client, entrance, belongings.path(entrance), belongings.mallorys_credentials
    )
    assert MARK not in answer.text
    assert answer.status_code < 500, answer.text
    asks_for_ours = "{" in entrance.path and "external_id" not in entrance.path
    assert not asks_for_ours or answer.status_code in NOTHING_TO_SEE, answer.text
    assert await belongings.snapshot() == before


@pytest.mark.parametrize("entrance", [one for one in GUARDED if refuses_readers(one)], ids=str)
async def test_who_may_only_read_changes_nothing(
    shared_client: AsyncTestClient[Any], belongings: Belongings, entrance: Entrance
) -> None:
    answer = await ask(
        shared_client, entrance, belongings.path(entrance), belongings.carols_credentials
    )
    assert answer.status_code == 403, answer.text


def what_ends_a_thing_comes_last(entrance: Entrance) -> tuple[bool, bool]:
    ends = entrance.method == "DELETE" or entrance.path.endswith(("/token", "/disconnect"))
    return ends, entrance.door.credential != "connection_token"


ENDLESS = {"/hub/connections/{id}/live"}
"""Streams the test client cannot read to their end; tests/dashboard reads them on a real server."""
IN_ORDER: list[Entrance] = sorted(
    (one for one in GUARDED if one.path not in ENDLESS), key=what_ends_a_thing_comes_last
)


@pytest.mark.parametrize("entrance", IN_ORDER, ids=str)
async def test_the_right_role_comes_in(
    shared_client: AsyncTestClient[Any], belongings: Belongings, entrance: Entrance
) -> None:
    answer = await ask(
        shared_client, entrance, belongings.path(entrance), belongings.alices_credentials
    )
    assert answer.status_code not in {401, 403}, answer.text
    assert answer.status_code < 500, answer.text
