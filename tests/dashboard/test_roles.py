"""What each role may see and do on the hub's pages."""

from typing import Any
from uuid import UUID

import pytest
from litestar.testing import AsyncTestClient

from drawbar.connections import store as connections
from drawbar.kit.db import Database
from tests.dashboard.browser import a_connection
from tests.support.cast import Cast, Person

Client = AsyncTestClient[Any]
OWN = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
SOME_ID = UUID("00000000-0000-0000-0000-00000000000a")
CHANGES = (
    "/hub/connections/new",
    f"/hub/connections/{SOME_ID}/sync",
    f"/hub/connections/{SOME_ID}/token",
    f"/hub/connections/{SOME_ID}/disconnect",
    "/hub/webhooks/retry-failed",
    f"/hub/webhooks/messages/{SOME_ID}/retry",
    "/hub/webhooks/endpoints/new",
    f"/hub/webhooks/endpoints/{SOME_ID}/test",
    f"/hub/webhooks/endpoints/{SOME_ID}/enabled",
    f"/hub/webhooks/endpoints/{SOME_ID}/delete",
    "/hub/settings/applications",
    f"/hub/settings/applications/{SOME_ID}",
    f"/hub/settings/applications/{SOME_ID}/secret",
    f"/hub/settings/applications/{SOME_ID}/logo",
    f"/hub/settings/applications/{SOME_ID}/logo/remove",
    f"/hub/settings/applications/{SOME_ID}/revoke",
    "/hub/credits/level",
)


def as_person(client: Client, person: Person) -> None:
    client.cookies.set("drawbar_session", person.session)


@pytest.mark.parametrize("path", CHANGES)
async def test_a_viewer_changes_nothing(client: Client, cast: Cast, path: str) -> None:
    as_person(client, cast.carol)
    answer = await client.post(path, headers=OWN)
    assert answer.status_code == 403
    assert "Permission denied" in answer.text


@pytest.mark.parametrize("path", CHANGES)
async def test_another_sites_form_changes_nothing(client: Client, cast: Cast, path: str) -> None:
    as_person(client, cast.alice)
    answer = await client.post(path, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", CHANGES)
async def test_without_a_session_nothing_is_changed(client: Client, path: str) -> None:
    answer = await client.post(path, headers=OWN, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/")


async def test_a_viewer_sees_everything_but_no_button_that_changes(
    client: Client, cast: Cast, database: Database
) -> None:
    id = await a_connection(database, cast.alice.workspace_id, "Depot")
    as_person(client, cast.carol)
    page = (await client.get(f"/hub/connections/{id}")).text
    systems = (await client.get("/hub/systems")).text
    webhooks = (await client.get("/hub/webhooks")).text
    assert "Depot" in page
    assert "/sync" not in page
    assert "/token" not in page
    assert "/disconnect" not in page
    assert "/hub/connections/new" not in systems
    assert "/hub/webhooks/endpoints/new" not in webhooks


async def test_a_developer_connects_but_makes_no_applications(client: Client, cast: Cast) -> None:
    as_person(client, cast.bob)
    systems = await client.get("/hub/systems")
    settings = await client.get("/hub/settings")
    made = await client.post("/hub/settings/applications", data={"name": "A"}, headers=OWN)
    assert "/hub/connections/new?system=assettracs" in systems.text
    assert "/hub/settings/applications/new" not in settings.text
    assert made.status_code == 403


@pytest.mark.parametrize("rest", ["", "/live", "/disconnect"])
async def test_another_workspaces_connection_is_not_there(
    client: Client, cast: Cast, database: Database, rest: str
) -> None:
    id = await a_connection(database, cast.alice.workspace_id, "Depot")
    as_person(client, cast.mallory)
    answer = await client.get(f"/hub/connections/{id}{rest}", headers=OWN)
    assert answer.status_code == 404
    assert "Depot" not in answer.text


async def test_another_workspaces_connection_is_not_ended(
    client: Client, cast: Cast, database: Database
) -> None:
    id = await a_connection(database, cast.alice.workspace_id, "Depot")
    as_person(client, cast.mallory)
    answer = await client.post(f"/hub/connections/{id}/disconnect", headers=OWN)
    async with database.reading(cast.alice.workspace_id) as tx:
        kept = await connections.CONNECTIONS.get(tx, id)
    assert answer.status_code == 404
    assert kept.status == "active"


async def test_connections_are_filtered_by_health_and_search(
    client: Client, cast: Cast, database: Database
) -> None:
    await a_connection(database, cast.alice.workspace_id, "Leeds depot")
    await a_connection(database, cast.alice.workspace_id, "Porto yard", health="reauth_required")
    as_person(client, cast.alice)
    sick = (await client.get("/hub/connections?health=reauth_required&q=")).text
    found = (await client.get("/hub/connections?q=leeds")).text
    nothing = (await client.get("/hub/connections?q=nowhere")).text
    overview = (await client.get("/hub")).text
    assert "Porto yard" in sick
    assert "Leeds depot" not in sick
    assert "Leeds depot" in found
    assert "No connection fits this search." in nothing
    assert "1 connection healthy</a>, " in overview
    assert "1 needs a new log-in</a>." in overview


async def test_disconnecting_is_asked_about_with_a_way_back(
    client: Client, cast: Cast, database: Database
) -> None:
    id = await a_connection(database, cast.alice.workspace_id, "Depot")
    as_person(client, cast.alice)
    disconnect = await client.get(f"/hub/connections/{id}/disconnect")
    assert "Cancel" in disconnect.text
