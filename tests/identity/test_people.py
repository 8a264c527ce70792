"""People of a workspace: added, changed, removed; and what nobody but an owner may do."""

import re
from collections.abc import Mapping
from typing import Any

from litestar.testing import AsyncTestClient

from drawbar.kit.db import Database
from tests.support.cast import PASSWORD, Cast, Person

Client = AsyncTestClient[Any]
OWN = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
HUB, ASSETS = "/hub/settings/people", "/assets/settings/people"


async def post(client: Client, person: Person, path: str, fields: Mapping[str, str]) -> Any:
    headers = OWN | {"Cookie": f"drawbar_session={person.session}"}
    client.cookies.clear()
    return await client.post(path, data=dict(fields), headers=headers, follow_redirects=False)


async def page(client: Client, person: Person, path: str) -> Any:
    client.cookies.clear()
    headers = OWN | {"Cookie": f"drawbar_session={person.session}"}
    return await client.get(path, headers=headers, follow_redirects=False)


def rosa(cast: Cast, **fields: str) -> dict[str, str]:
    email = f"rosa-{cast.alice.id.hex}@example.com"
    return {"name": "Rosa", "email": email, "hub_role": "", "asset_role": "inspector", **fields}


async def sign_in(client: Client, email: str, password: str) -> Any:
    client.cookies.clear()
    fields = {"email": email, "password": password}
    return await client.post("/login", data=fields, headers=OWN, follow_redirects=False)


async def test_a_new_person_signs_in_with_the_password_shown_once(
    client: Client, cast: Cast
) -> None:
    new = rosa(cast)
    added = await post(client, cast.alice, HUB, new)
    codes = re.findall(r"<pre[^>]*><code>([^<]+)</code>", added.text)
    entered = await sign_in(client, new["email"], codes[2])
    inside = await client.get("/assets", headers=OWN)
    shown = await page(client, cast.alice, ASSETS)
    assert (added.status_code, added.headers["cache-control"]) == (201, "no-store")
    assert (entered.status_code, inside.status_code) == (303, 200)
    assert new["email"] in shown.text
    assert codes[2] not in shown.text


async def test_somebody_with_an_account_comes_in_with_their_own_password(
    client: Client, cast: Cast
) -> None:
    new = rosa(cast, email=cast.mallory.email.upper(), hub_role="viewer")
    added = await post(client, cast.alice, HUB, new)
    entered = await sign_in(client, cast.mallory.email, PASSWORD)
    shown = await page(client, cast.alice, HUB)
    again = await post(client, cast.alice, HUB, new)
    assert "sign in with their own password" in added.text
    assert entered.status_code == 303
    assert cast.mallory.email in shown.text
    assert (again.status_code, "in this workspace already" in again.text) == (409, True)


async def test_nothing_typed_is_lost_when_a_person_cannot_be_added(
    client: Client, cast: Cast
) -> None:
    answer = await post(client, cast.alice, HUB, rosa(cast, email="rosa", name="Rosa Typed"))
    roleless = await post(client, cast.alice, HUB, rosa(cast, asset_role=""))
    unknown = await post(client, cast.alice, HUB, rosa(cast, asset_role="emperor"))
    assert answer.status_code == roleless.status_code == unknown.status_code == 422
    assert "Write an address such as" in answer.text
    assert 'value="Rosa Typed"' in answer.text
    assert "Choose a role" in roleless.text


async def test_a_removed_person_is_out_at_once_and_stays_out(
    client: Client, cast: Cast, database: Database
) -> None:
    removed = await post(client, cast.alice, f"{HUB}/{cast.bob.id}/remove", {})
    out = await page(client, cast.bob, "/hub")
    back = rosa(cast, email=cast.bob.email)
    await post(client, cast.alice, HUB, back)
    still_out = await page(client, cast.bob, "/assets")
    async with database.reading(cast.alice.workspace_id) as tx:
        told = await tx.fetch(
            "SELECT action FROM audit_entries WHERE subject_id = $1 ORDER BY at, id", cast.bob.id
        )
    assert removed.headers["location"] == HUB
    assert out.headers["location"] == "/login?next=/hub"
    assert still_out.headers["location"] == "/login?next=/assets"
    assert [row["action"] for row in told] == ["member.removed", "member.added"]


async def test_changed_roles_hold_from_the_next_click_on(client: Client, cast: Cast) -> None:
    path = f"{HUB}/{cast.bob.id}/roles"
    changed = await post(client, cast.alice, path, {"hub_role": "admin"})
    now_open = await page(client, cast.bob, HUB)
    kept = await page(client, cast.bob, "/assets")
    assert changed.status_code == 303
    assert (now_open.status_code, kept.status_code) == (200, 200)


async def test_the_last_owner_and_the_last_asset_administrator_stay(
    client: Client, cast: Cast
) -> None:
    alice = f"{HUB}/{cast.alice.id}"
    await post(client, cast.alice, f"{alice}/remove", {})
    await post(client, cast.alice, f"{alice}/roles", {"hub_role": "viewer"})
    await post(client, cast.alice, f"{alice}/roles", {"asset_role": "auditor"})
    shown = await page(client, cast.alice, HUB)
    alices = shown.text.partition(f"{alice}/roles")[2].partition("</form>")[0]
    assert re.search(r'value="owner"\s+selected', alices)
    assert re.search(r'value="admin"\s+selected', alices)


async def test_who_administers_the_assets_makes_nobody_mighty_in_the_hub(
    client: Client, cast: Cast
) -> None:
    await post(client, cast.alice, f"{HUB}/{cast.bob.id}/roles", {"asset_role": "manager"})
    owner = await post(client, cast.bob, ASSETS, rosa(cast, hub_role="owner"))
    admin = await post(client, cast.bob, ASSETS, rosa(cast, asset_role="admin"))
    himself = f"{ASSETS}/{cast.bob.id}/roles"
    await post(client, cast.bob, himself, {"hub_role": "admin"})
    fine = await post(client, cast.bob, ASSETS, rosa(cast))
    hub = await page(client, cast.bob, HUB)
    assert [owner.status_code, admin.status_code, fine.status_code] == [403, 403, 201]
    assert hub.status_code == 403


async def test_nobody_removes_people_of_another_workspace(client: Client, cast: Cast) -> None:
    answer = await post(client, cast.mallory, f"{HUB}/{cast.bob.id}/remove", {})
    roles = await post(client, cast.mallory, f"{HUB}/{cast.bob.id}/roles", {"hub_role": "owner"})
    still_in = await page(client, cast.bob, "/hub")
    assert [answer.status_code, roles.status_code, still_in.status_code] == [404, 404, 200]
