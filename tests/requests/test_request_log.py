"""Programs' requests are found again by their id, by whoever they belong to, for some days."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from httpx import Response
from litestar.testing import AsyncTestClient

from drawbar.app import create_app
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, open_database
from drawbar.kit.settings import Settings
from drawbar.requests import store
from drawbar.requests.journal import Journal
from drawbar.requests.model import NewLog
from tests.contracts.belongings import Belongings
from tests.requests.rows import a_request
from tests.support.cast import Cast
from tests.support.database import TestServer
from tests.support.hooks import bearer
from tests.support.patience import until

Client = AsyncTestClient[Any]


@pytest.fixture
async def things(database: Database, vault: Vault, cast: Cast) -> Belongings:
    return await Belongings.of(database, vault, cast)


async def written(database: Database, *answers: Response) -> None:
    """Wait until the server has written the requests of these answers."""
    wanted = [answer.headers["X-Request-Id"] for answer in answers]

    async def all_there() -> bool:
        async with database.as_system("tests") as tx:
            found = await tx.fetchval(
                "SELECT count(*) FROM request_logs WHERE request_id = ANY($1)", wanted
            )
        return bool(found == len(wanted))

    await until(all_there, within_s=10)


async def test_a_request_is_found_by_its_id_with_headers_and_bodies(
    client: Client, things: Belongings, database: Database
) -> None:
    admin = bearer(things.alices_credentials.admin_token)
    path = f"/admin/v1/connections/{things.ids['connections']}"
    asked = await client.patch(
        path, json={"name": "Depot 2"}, headers=admin | {"User-Agent": "curl/8"}
    )
    await written(database, asked)
    id = asked.headers["X-Request-Id"]
    found = (await client.get(f"/admin/v1/request-logs/{id}", headers=admin)).json()
    assert (found["method"], found["path"], found["status"]) == ("PATCH", path, 200)
    assert found["request_body"] == '{"name":"Depot 2"}'
    assert '"name":"Depot 2"' in found["response_body"]
    assert found["connection_id"] == things.ids["connections"]
    assert found["actor_kind"] == "application"
    assert found["user_agent"] == "curl/8"
    assert found["request_headers"]["authorization"] == "•••"
    assert found["response_headers"]["ratelimit"].startswith('"application";')
    assert found["duration_ms"] > 0


async def test_refused_requests_are_logged_and_those_of_nobody_are_not(
    client: Client, things: Belongings, database: Database
) -> None:
    token = things.alices_credentials.connection_token
    denied = await client.get("/admin/v1/credits", headers=bearer(token))
    missing = await client.get(f"/api/v1/assets/{UUID(int=7)}", headers=bearer(token))
    nobody = await client.get("/api/v1/assets", headers=bearer("dbc_guessed"))
    await written(database, denied, missing)
    async with database.reading(things.workspace_id) as tx:
        logged = await tx.fetch("SELECT request_id, status FROM request_logs WHERE status > 400")
    assert {(row["request_id"], row["status"]) for row in logged} == {
        (denied.headers["X-Request-Id"], 403),
        (missing.headers["X-Request-Id"], 404),
    }
    assert nobody.status_code == 401


async def test_nobody_sees_the_requests_of_another_workspace(
    client: Client, things: Belongings, database: Database
) -> None:
    alices = bearer(things.alices_credentials.admin_token)
    mallorys = bearer(things.mallorys_credentials.admin_token)
    asked = await client.get("/admin/v1/credits", headers=alices)
    await written(database, asked)
    id = asked.headers["X-Request-Id"]
    listed = await client.get("/admin/v1/request-logs", headers=mallorys)
    shown = await client.get(f"/admin/v1/request-logs/{id}", headers=mallorys)
    assert id not in listed.text
    assert shown.status_code == 404
    assert (await client.get(f"/admin/v1/request-logs/{id}", headers=alices)).status_code == 200


async def test_the_list_is_filtered_and_paged(
    client: Client, things: Belongings, database: Database
) -> None:
    connection, at = UUID(things.ids["connections"]), datetime(2026, 11, 20, tzinfo=UTC)
    rows = [
        a_request(things.workspace_id, at + timedelta(minutes=n), request_id=f"req_{n}", **fields)
        for n, fields in enumerate(
            [
                {"status": 200, "connection_id": connection},
                {"status": 404, "connection_id": connection, "path": "/api/v1/sites/1"},
                {"status": 503, "method": "POST"},
                {"status": 201, "method": "POST"},
            ]
        )
    ]
    async with database.as_system("tests") as tx:
        await store.add(tx, rows)
    admin = bearer(things.alices_credentials.admin_token)

    async def ids(query: str) -> list[str]:
        answer = await client.get(f"/admin/v1/request-logs?{query}", headers=admin)
        assert answer.status_code == 200, answer.text
        return [row["request_id"] for row in answer.json()["data"]]

    assert await ids("created_before=2026-11-21") == ["req_0", "req_1", "req_2", "req_3"]
    assert await ids("status=4xx,5xx&created_before=2026-11-21") == ["req_1", "req_2"]
    assert await ids("method=POST&created_before=2026-11-21") == ["req_2", "req_3"]
    assert await ids(f"connection_id={connection}&created_before=2026-11-21") == ["req_0", "req_1"]
    assert await ids("path=/api/v1/sites&created_before=2026-11-21") == ["req_1"]
    assert await ids("request_id=req_3") == ["req_3"]
    first = await client.get("/admin/v1/request-logs?limit=3&sort=-created_at", headers=admin)
    cursor = first.json()["next_cursor"]
    rest = await ids(f"limit=3&sort=-created_at&cursor={cursor}")
    assert rest[-1] == "req_0"


async def test_what_waits_is_written_when_the_process_stops(
    server: TestServer, settings: Settings, vault: Vault, things: Belongings, database: Database
) -> None:
    app = create_app(settings, vault, lambda: open_database(server.app_url, size=2))
    async with AsyncTestClient(app, base_url="http://drawbar.test") as client:
        asked = await client.get(
            "/admin/v1/credits", headers=bearer(things.alices_credentials.admin_token)
        )
    async with database.reading(things.workspace_id) as tx:
        assert (await store.find(tx, asked.headers["X-Request-Id"])).status == 200


async def test_a_full_queue_drops_requests_rather_than_grow(database: Database, cast: Cast) -> None:
    journal, at = Journal(most_waiting=3), datetime(2026, 11, 20, tzinfo=UTC)
    for _ in range(10):
        journal.add(lambda: a_request(cast.alice.workspace_id, at))
    await journal.flush(database)
    async with database.reading(cast.alice.workspace_id) as tx:
        assert await tx.fetchval("SELECT count(*) FROM request_logs") == 3


async def test_one_request_that_cannot_be_shaped_does_not_end_the_log(
    database: Database, cast: Cast
) -> None:
    def broken() -> NewLog:
        raise RecursionError

    journal, at = Journal(), datetime(2026, 11, 20, tzinfo=UTC)
    journal.add(broken)
    journal.add(lambda: a_request(cast.alice.workspace_id, at))
    await journal.flush(database)
    async with database.reading(cast.alice.workspace_id) as tx:
        assert await tx.fetchval("SELECT count(*) FROM request_logs") == 1


async def test_days_are_made_ahead_and_dropped_when_they_are_old(
    server: TestServer, cast: Cast
) -> None:
    url, now = await server.another_database("days"), datetime.now(UTC)
    owner = await asyncpg.connect(url.replace("drawbar_app", "drawbar_owner"))
    await owner.execute(
        "CREATE TABLE request_logs_20200101 PARTITION OF request_logs "
        "FOR VALUES FROM ('2020-01-01') TO ('2020-01-02')"
    )
    tomorrow = f"request_logs_{now + timedelta(days=1):%Y%m%d}"
    await owner.execute(f"DROP TABLE {tomorrow}")
    moments = [now, now + timedelta(days=1), now - timedelta(days=5), now - timedelta(days=50)]
    async with open_database(url, size=2) as days:
        async with days.as_system("tests") as tx:
            await store.add(tx, [a_request(cast.alice.workspace_id, moment) for moment in moments])
        await store.keep(days, 30)
        async with days.reading(cast.alice.workspace_id) as tx:
            left = await tx.fetch("SELECT created_at FROM request_logs ORDER BY 1")
    tables = await owner.fetch("SELECT inhrelid::regclass::text AS name FROM pg_inherits")
    moved = await owner.fetchval(f"SELECT count(*) FROM {tomorrow}")
    await owner.close()
    assert [row["created_at"] for row in left] == sorted(moments[:3])
    assert "request_logs_20200101" not in {row["name"] for row in tables}
    assert moved == 1


async def test_the_app_role_reaches_no_partition_directly_and_changes_no_logged_request(
    database: Database, cast: Cast
) -> None:
    refused = []
    for sql in (
        "SELECT count(*) FROM request_logs_default",
        "DELETE FROM request_logs",
        "UPDATE request_logs SET status = 1",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError) as error:
            async with database.writing(cast.alice.workspace_id) as tx:
                await tx.execute(sql)
        refused.append(error)
    assert len(refused) == 3
