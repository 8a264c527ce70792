"""People of a workspace: changed and removed; and what nobody but an owner may do."""

import re
from typing import Any

from litestar.testing import AsyncTestClient

from drawbar.identity import store
from drawbar.kit.db import Database
from tests.identity.conftest import Browser
from tests.support.cast import Cast

Client = AsyncTestClient[Any]
HUB, ASSETS = "/hub/settings/people", "/assets/settings/people"


async def test_a_removed_person_is_out_at_once_and_stays_out(
    client: Client, cast: Cast, database: Database
) -> None:
    alice, bob = Browser(client, cast.alice), Browser(client, cast.bob)
    removed = await alice.post(f"{HUB}/{cast.bob.id}/remove")
    out = await bob.get("/hub")
    async with database.writing(cast.alice.workspace_id) as tx:
        await store.add_membership(tx, cast.bob.id, None, "inspector")
        told = await tx.fetch(
            "SELECT action FROM audit_entries WHERE subject_id = $1 ORDER BY at, id", cast.bob.id
        )
    still_out = await bob.get("/assets")
    assert removed.headers["location"] == HUB
    assert out.headers["location"] == "/login?next=/hub"
    assert still_out.headers["location"] == "/login?next=/assets"
    assert [row["action"] for row in told] == ["member.removed"]


async def test_changed_roles_hold_from_the_next_click_on(client: Client, cast: Cast) -> None:
    alice, bob = Browser(client, cast.alice), Browser(client, cast.bob)
    changed = await alice.post(f"{HUB}/{cast.bob.id}/roles", {"hub_role": "admin"})
    now_open = await bob.get(HUB)
    kept = await bob.get("/assets")
    assert changed.status_code == 303
    assert (now_open.status_code, kept.status_code) == (200, 200)


async def test_the_last_owner_and_the_last_asset_administrator_stay(
    client: Client, cast: Cast
) -> None:
    alice, herself = Browser(client, cast.alice), f"{HUB}/{cast.alice.id}"
    await alice.post(f"{herself}/remove")
    await alice.post(f"{herself}/roles", {"hub_role": "viewer"})
    await alice.post(f"{herself}/roles", {"asset_role": "auditor"})
    shown = await alice.get(HUB)
    alices = re.findall(rf'form="roles-{cast.alice.id}".*?</select>', shown.text, re.DOTALL)
    assert [re.findall(r'value="(\w+)"\s+selected', one) for one in alices] == [
        ["owner"],
        ["admin"],
    ]


async def test_who_administers_the_assets_makes_nobody_mighty_in_the_hub(
    client: Client, cast: Cast
) -> None:
    alice, bob = Browser(client, cast.alice), Browser(client, cast.bob)
    await alice.post(f"{HUB}/{cast.bob.id}/roles", {"asset_role": "manager"})
    path, to = f"{ASSETS}/invitations", {"email": f"rosa-{cast.bob.id.hex}@example.com"}
    owner = await bob.post(path, {**to, "hub_role": "owner", "asset_role": "inspector"})
    admin = await bob.post(path, {**to, "hub_role": "", "asset_role": "admin"})
    await bob.post(f"{ASSETS}/{cast.bob.id}/roles", {"hub_role": "admin"})
    fine = await bob.post(path, {**to, "hub_role": "", "asset_role": "inspector"})
    hub = await bob.get(HUB)
    assert [owner.status_code, admin.status_code, fine.status_code] == [403, 403, 303]
    assert hub.status_code == 403


async def test_nobody_removes_people_of_another_workspace(client: Client, cast: Cast) -> None:
    mallory, bob = Browser(client, cast.mallory), Browser(client, cast.bob)
    answer = await mallory.post(f"{HUB}/{cast.bob.id}/remove")
    roles = await mallory.post(f"{HUB}/{cast.bob.id}/roles", {"hub_role": "owner"})
    still_in = await bob.get("/hub")
    assert [answer.status_code, roles.status_code, still_in.status_code] == [404, 404, 200]
