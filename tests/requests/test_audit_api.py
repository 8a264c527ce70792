"""What was done is listed to its workspace, filtered and without secrets."""

from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from tests.contracts.belongings import Belongings
from tests.support.cast import Cast
from tests.support.hooks import bearer

Client = AsyncTestClient[Any]


@pytest.fixture
async def things(database: Database, vault: Vault, cast: Cast) -> Belongings:
    return await Belongings.of(database, vault, cast)


async def audit(client: Client, token: str, query: str = "") -> list[dict[str, Any]]:
    answer = await client.get(f"/admin/v1/audit?{query}", headers=bearer(token))
    assert answer.status_code == 200, answer.text
    data: list[dict[str, Any]] = answer.json()["data"]
    return data


async def test_a_change_is_listed_with_its_fields_before_and_after(
    client: Client, things: Belongings
) -> None:
    token, id = things.alices_credentials.admin_token, things.ids["connections"]
    await client.patch(
        f"/admin/v1/connections/{id}",
        json={"name": "Depot 2", "user_metadata": {"api_key": "hunter2"}},
        headers=bearer(token),
    )
    (entry,) = await audit(client, token, f"subject_id={id}&action=connection.changed")
    assert entry["actor_kind"] == "application"
    assert entry["before"]["name"] != entry["after"]["name"] == "Depot 2"
    assert "hunter2" not in str(entry)
    assert await audit(client, token, "actor_kind=user") == []
    assert await audit(client, token, "created_before=2001-01-01") == []


async def test_no_workspace_sees_what_was_done_in_another(
    client: Client, things: Belongings
) -> None:
    ours = {entry["id"] for entry in await audit(client, things.alices_credentials.admin_token)}
    theirs = {entry["id"] for entry in await audit(client, things.mallorys_credentials.admin_token)}
    assert ours
    assert theirs
    assert not ours & theirs


async def test_the_list_goes_on_where_it_ended(client: Client, things: Belongings) -> None:
    token = things.alices_credentials.admin_token
    whole = [entry["id"] for entry in await audit(client, token)]
    first = await client.get("/admin/v1/audit?limit=2", headers=bearer(token))
    rest = await audit(client, token, f"limit=2&cursor={first.json()['next_cursor']}")
    assert [entry["id"] for entry in first.json()["data"]] == whole[:2]
    assert [entry["id"] for entry in rest] == whole[2:4]
