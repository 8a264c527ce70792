"""What customers meet with in Link stands in the application's request log, without secrets."""

from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from drawbar.kit.db import Database
from tests.link.scene import PLAIN, App, an_application, arrive
from tests.support.cast import Cast, Person
from tests.support.patience import until

LOGGED = (
    "SELECT method, path, status, actor_kind, actor_label, application_id, request_body "
    "FROM request_logs WHERE path LIKE '/link/s/%' ORDER BY created_at"
)


@pytest.fixture
async def app(database: Database, cast: Cast) -> App:
    return await an_application(database, cast.alice)


async def logged(database: Database, person: Person) -> list[Any]:
    async with database.reading(person.workspace_id) as tx:
        return list(await tx.fetch(LOGGED))


async def test_a_visit_of_link_is_logged_for_its_workspace_alone_and_without_its_token(
    client: AsyncTestClient[Any], database: Database, cast: Cast, app: App
) -> None:
    guest = await arrive(client, app)
    await guest.connect(**{"credentials.password": "wrong-horse"})

    async def both_written() -> bool:
        return {row["method"] for row in await logged(database, cast.alice)} == {"GET", "POST"}

    await until(both_written, within_s=10)
    rows = await logged(database, cast.alice)
    told = str(rows)
    sent = next(row for row in rows if row["method"] == "POST")
    assert (sent["actor_kind"], sent["actor_label"]) == ("link", "Link (Fleet Planner)")
    assert sent["application_id"] == app.id
    assert guest.token not in told
    assert PLAIN["credentials.user"] not in sent["request_body"]
    assert "wrong-horse" not in told
    assert await logged(database, cast.mallory) == []
