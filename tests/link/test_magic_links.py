"""Magic links: made once, opened often, finished once; for new connections and to log in anew."""

from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from drawbar.connections import store as connections
from drawbar.connections.model import Connection
from drawbar.kit.db import Database
from tests.link.scene import App, Guest, an_application, arrive
from tests.support.cast import Cast, Person
from tests.support.hooks import admin_token

Client = AsyncTestClient[Any]
LINKS = "/admin/v1/magic-links"


class Admin:
    """A vendor's program at the Admin API."""

    def __init__(self, client: Client, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    async def make(self, **wish: Any) -> dict[str, Any]:
        """Make a link."""
        body: dict[str, Any]
        status, body = await self.call("POST", LINKS, json={"name": "Leeds plant"} | wish)
        assert status == 201, body
        return body

    async def call(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """Call the Admin API."""
        answer = await self._client.request(method, path, headers=self._headers, **options)
        return answer.status_code, answer.json() if answer.content else None


@pytest.fixture
async def admin(client: Client, database: Database, cast: Cast) -> Admin:
    return Admin(client, await admin_token(database, cast.alice))


async def opened(client: Client, link: dict[str, Any]) -> Guest:
    """Open a link as its customer does."""
    return await Guest(client).open(link["url"].removeprefix("http://drawbar.test"))


async def connection_of(database: Database, person: Person) -> Connection:
    async with database.reading(person.workspace_id) as tx:
        (found,) = await connections.CONNECTIONS.where(tx, "true")
        return found


async def test_a_link_makes_a_pending_connection_that_its_customer_finishes(
    client: Client, database: Database, cast: Cast, admin: Admin
) -> None:
    wish = {
        "email": "plant@leeds.example",
        "customer_reference": "c-7",
        "user_metadata": {"plan": "gold"},
        "tags": ["uk"],
        "system": "sandbox",
    }
    link = await admin.make(**wish)
    before = await connection_of(database, cast.alice)
    guest = await opened(client, link)
    await guest.connect(name="Another name")
    after = await connection_of(database, cast.alice)
    _, shown = await admin.call("GET", f"{LINKS}/{link['id']}")
    assert (before.status, str(before.id)) == ("pending", link["connection_id"])
    assert (after.id, after.status, after.name) == (before.id, "synchronizing", "Leeds plant")
    assert (after.email, after.customer_reference) == ("plant@leeds.example", "c-7")
    assert (after.user_metadata, after.tags) == ({"plan": "gold"}, ["uk"])
    assert "You can close this page" in guest.text
    assert shown["status"] == "completed"
    assert "url" not in shown


async def test_opening_does_not_use_a_link_up_and_finishing_does(
    client: Client, admin: Admin
) -> None:
    link = await admin.make(system="sandbox")
    await opened(client, link)
    guest = await opened(client, link)
    other = await opened(client, link)
    await guest.connect()
    late = await opened(client, link)
    await other.connect()
    assert "is connected" in guest.text
    assert (late.status, other.status) == (410, 410)
    assert "This link was used already" in late.text
    assert "This link was used already" in other.text


async def test_a_link_expires_and_says_so(client: Client, admin: Admin, clock: Any) -> None:
    link = await admin.make(expires_in_seconds=3600)
    guest = await opened(client, link)
    clock.forward(minutes=61)
    late = await opened(client, link)
    _, shown = await admin.call("GET", f"{LINKS}/{link['id']}")
    assert guest.status == 200
    assert late.status == 410
    assert "This link has expired" in late.text
    assert shown["status"] == "expired"


async def test_a_revoked_link_ends_the_visits_it_led_to(client: Client, admin: Admin) -> None:
    link = await admin.make(system="sandbox")
    guest = await opened(client, link)
    status, _ = await admin.call("DELETE", f"{LINKS}/{link['id']}")
    await guest.connect()
    late = await opened(client, link)
    assert status == 204
    assert guest.status == 410
    assert "This link was withdrawn" in guest.text
    assert "This link was withdrawn" in late.text


async def test_a_link_for_a_connection_logs_in_anew_and_ends_its_token(
    client: Client, database: Database, cast: Cast, admin: Admin
) -> None:
    first = await admin.make(system="sandbox")
    await (await opened(client, first)).connect()
    id = first["connection_id"]
    _, old = await admin.call("POST", f"/admin/v1/connections/{id}/token")
    link = await Admin.make(admin, name=None, connection_id=id)
    guest = await opened(client, link)
    asked = guest.text
    await guest.connect()
    bearer = {"Authorization": f"Bearer {old['access_token']}"}
    dead = await client.get("/api/v1/connection", headers=bearer)
    after = await connection_of(database, cast.alice)
    assert link["reconnects"] is True
    assert "Log in to Sandbox anew" in asked
    assert "Name of this connection" not in asked
    assert str(after.id) == id
    assert dead.status_code == 401


async def test_a_newer_link_for_the_same_connection_ends_the_older(
    client: Client, admin: Admin
) -> None:
    older = await admin.make(system="sandbox")
    newer = await admin.make(name=None, connection_id=older["connection_id"])
    late = await opened(client, older)
    guest = await opened(client, newer)
    assert newer["reconnects"] is False
    assert late.status == 410
    assert guest.status == 200


async def test_an_application_finishes_a_magic_link_and_gets_its_code(
    client: Client, database: Database, cast: Cast, admin: Admin
) -> None:
    app: App = await an_application(database, cast.alice)
    link = await admin.make(system="sandbox")
    guest = await arrive(client, app, magic=link["url"].rpartition("/")[2])
    await guest.connect()
    made = await connection_of(database, cast.alice)
    assert guest.answer["code"]
    assert str(made.id) == link["connection_id"]


async def test_a_link_of_another_workspace_does_not_work_in_an_application(
    client: Client, database: Database, cast: Cast, admin: Admin
) -> None:
    theirs = await an_application(database, cast.mallory)
    link = await admin.make(system="sandbox")
    guest = await arrive(client, theirs, magic=link["url"].rpartition("/")[2])
    assert guest.status == 400
    assert "Leeds plant" not in guest.text


async def test_a_link_without_application_is_framed_by_nobody_and_named_after_the_workspace(
    client: Client, admin: Admin
) -> None:
    guest = await opened(client, await admin.make())
    assert "frame-ancestors 'none'" in guest.headers["content-security-policy"]
    assert "Northern Rail Depot" in guest.text


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"name": None}, "name"),
        ({"system": "nope"}, "system"),
        ({"expires_in_seconds": 31 * 86_400}, "expires_in_seconds"),
        ({"expires_in_seconds": 1}, "expires_in_seconds"),
        ({"application_id": "00000000-0000-0000-0000-000000000001"}, "application_id"),
    ],
    ids=str,
)
async def test_a_bad_wish_names_its_field(admin: Admin, wish: dict[str, Any], field: str) -> None:
    status, body = await admin.call("POST", LINKS, json={"name": "Leeds"} | wish)
    assert status == 422, body
    assert field in body["errors"][0]["field"]


async def test_links_are_listed_like_everything_else(
    client: Client, database: Database, cast: Cast, admin: Admin
) -> None:
    made = [await admin.make(name=f"Plant {number}") for number in range(3)]
    _, page = await admin.call("GET", LINKS, params={"limit": "2", "sort": "-created_at"})
    _, rest = await admin.call(
        "GET", LINKS, params={"limit": "2", "sort": "-created_at", "cursor": page["next_cursor"]}
    )
    _, one = await admin.call("GET", LINKS, params={"connection_id": made[0]["connection_id"]})
    theirs = Admin(client, await admin_token(database, cast.mallory))
    _, nothing = await theirs.call("GET", LINKS)
    names = [link["name"] for link in page["data"] + rest["data"]]
    assert sorted(names) == ["Plant 0", "Plant 1", "Plant 2"]
    assert [link["id"] for link in one["data"]] == [made[0]["id"]]
    assert nothing["data"] == []


async def test_the_address_is_stored_as_a_print_only(
    database: Database, cast: Cast, admin: Admin
) -> None:
    link = await admin.make()
    token = link["url"].rpartition("/")[2]
    async with database.reading(cast.alice.workspace_id) as tx:
        rows = await tx.fetchval("SELECT string_agg(m::text, '') FROM magic_links m")
        audit = await tx.fetchval("SELECT string_agg(a::text, '') FROM audit_entries a")
    assert token not in rows + audit
