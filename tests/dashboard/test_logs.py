"""People find a program's request and what was done, on pages of their own workspace."""

from datetime import UTC, datetime
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from drawbar.audit.entries import AuditEntry
from drawbar.dashboard.audit.difference import differences
from drawbar.dashboard.logs.shown import body_of
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.ids import new_id
from drawbar.requests import store
from tests.contracts.belongings import Belongings
from tests.requests.rows import a_request
from tests.support.cast import Cast, Person

Client = AsyncTestClient[Any]


@pytest.fixture
async def things(database: Database, vault: Vault, cast: Cast) -> Belongings:
    return await Belongings.of(database, vault, cast)


async def page(client: Client, person: Person, path: str) -> Any:
    cookie = {"Cookie": f"drawbar_session={person.session}", "Accept": "text/html"}
    return await client.get(path, headers=cookie)


async def log(database: Database, person: Person, **fields: Any) -> None:
    async with database.as_system("tests") as tx:
        await store.add(tx, [a_request(person.workspace_id, datetime.now(UTC), **fields)])


async def test_a_request_is_found_by_its_id_and_shown_with_its_bodies(
    client: Client, database: Database, cast: Cast
) -> None:
    await log(
        database,
        cast.alice,
        request_id="req_wanted",
        status=422,
        response_body='{"detail":"Pump 4 is unknown"}',
        request_body='{"data":[1]}\n… [cut, 9000 bytes]',
    )
    await log(database, cast.alice, request_id="req_other")
    found = await page(client, cast.carol, "/hub/logs?request_id=req_wanted")
    shown = await page(client, cast.carol, "/hub/logs/req_wanted")
    assert "/hub/logs/req_wanted" in found.text
    assert "req_other" not in found.text
    assert "Pump 4 is unknown" in shown.text
    assert "[cut, 9000 bytes]" in shown.text


@pytest.mark.usefixtures("things")
async def test_requests_and_deeds_of_another_workspace_are_not_there(
    client: Client, database: Database, cast: Cast
) -> None:
    await log(database, cast.alice, request_id="req_ours")
    async with database.reading(cast.alice.workspace_id) as tx:
        entry = await tx.fetchval("SELECT id FROM audit_entries LIMIT 1")
    assert "req_ours" not in (await page(client, cast.mallory, "/hub/logs")).text
    assert (await page(client, cast.mallory, "/hub/logs/req_ours")).status_code == 404
    theirs = f"/hub/settings/audit/{entry}"
    assert (await page(client, cast.mallory, theirs)).status_code == 404
    assert (await page(client, cast.alice, theirs)).status_code == 200


@pytest.mark.usefixtures("things")
async def test_what_was_done_is_listed_with_who_and_found_by_words(
    client: Client, cast: Cast
) -> None:
    everything = await page(client, cast.alice, "/hub/settings/audit")
    nothing = await page(client, cast.alice, "/hub/settings/audit?q=nobody-did-this")
    assert "Webhook endpoint created" in everything.text
    assert "Nothing fits" in nothing.text


def test_a_difference_leaves_out_what_moves_with_every_change() -> None:
    entry = AuditEntry(
        id=new_id(),
        at=datetime.now(UTC),
        actor_kind="user",
        actor_id=None,
        actor_label="Alice",
        action="connection.changed",
        subject_kind="connection",
        subject_id=None,
        before={"name": "A", "version": 1, "tags": []},
        after={"name": "B", "version": 2, "tags": []},
    )
    assert [(one.field, one.before, one.after) for one in differences(entry)] == [
        ("name", "A", "B")
    ]


def test_a_body_that_is_no_json_is_shown_as_text() -> None:
    assert body_of(None) is None
    kept = body_of("[text/html, 5 bytes, not kept]")
    assert kept is not None
    assert (kept.value, kept.text) == (None, "[text/html, 5 bytes, not kept]")
