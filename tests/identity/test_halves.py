"""A workspace, or a member, may have one half of Drawbar only."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from litestar.testing import AsyncTestClient

from drawbar.identity import session_store, store
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import Database
from drawbar.workspaces.store import add_workspace
from tests.support.cast import Cast, Person

Client = AsyncTestClient[Any]
OWN = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
SOME_ID = UUID("00000000-0000-0000-0000-00000000000a")


async def session_in(
    database: Database,
    person: Person,
    products: list[str],
    hub_role: str | None = "owner",
    asset_role: str | None = "admin",
) -> str:
    """Make a workspace with these halves, the person its member; return a session there."""
    workspace_id, session = uuid4(), new_secret("s_")
    async with database.as_system("tests") as tx:
        await add_workspace(tx, workspace_id, "Delta Tech Ops", "paid", products)
    async with database.writing(workspace_id) as tx:
        await store.add_membership(tx, person.id, hub_role, asset_role)
    async with database.as_system("tests") as tx:
        ends = tx.now.replace(year=tx.now.year + 1)
        hash_ = fingerprint(session)
        await session_store.add_session(tx, hash_, person.id, workspace_id, ends, "tests")
    return session


@pytest.mark.parametrize(
    "path", ["/hub", "/hub/connections", f"/hub/connections/{SOME_ID}", "/hub/settings"]
)
async def test_without_the_hub_each_of_its_pages_leads_home(
    client: Client, cast: Cast, database: Database, path: str
) -> None:
    client.cookies.set("drawbar_session", await session_in(database, cast.alice, ["assets"]))
    answer = await client.get(path, headers=OWN, follow_redirects=False)
    home = await client.get(path, headers=OWN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (home.status_code, home.url.path) == (200, "/assets")


@pytest.mark.parametrize("path", ["/assets", "/assets/list", "/assets/scan", "/t/blank-tag"])
async def test_without_assets_each_of_their_pages_leads_home(
    client: Client, cast: Cast, database: Database, path: str
) -> None:
    client.cookies.set("drawbar_session", await session_in(database, cast.alice, ["hub"]))
    home = await client.get(path, headers=OWN)
    assert (home.status_code, home.url.path) == (200, "/hub")


async def test_a_member_without_a_role_in_a_half_is_led_to_the_other(
    client: Client, cast: Cast, database: Database
) -> None:
    session = await session_in(database, cast.bob, ["hub", "assets"], hub_role=None)
    client.cookies.set("drawbar_session", session)
    home = await client.get("/hub/records", headers=OWN)
    assert home.url.path == "/assets"


async def test_a_part_of_a_closed_page_makes_the_browser_go_home(
    client: Client, cast: Cast, database: Database
) -> None:
    client.cookies.set("drawbar_session", await session_in(database, cast.alice, ["assets"]))
    answer = await client.get("/hub", headers=OWN | {"HX-Request": "true"})
    assert answer.headers["hx-redirect"] == "/"


async def test_nothing_can_be_changed_in_a_half_the_workspace_does_not_have(
    client: Client, cast: Cast, database: Database
) -> None:
    client.cookies.set("drawbar_session", await session_in(database, cast.alice, ["assets"]))
    answer = await client.post("/hub/settings/applications", data={"name": "A"}, headers=OWN)
    assert answer.status_code == 403


async def test_a_member_of_neither_half_is_told_whom_to_ask(
    client: Client, cast: Cast, database: Database
) -> None:
    session = await session_in(database, cast.bob, ["assets"], asset_role=None)
    client.cookies.set("drawbar_session", session)
    answer = await client.get("/hub", headers=OWN)
    assert answer.status_code == 403
    assert "You have no role in this workspace" in answer.text
