"""What is in use cannot be removed, trees have no loops, and one put creates one thing."""

import asyncio
from typing import Any

from tests.assettracs.platform import Platform


async def test_a_site_with_an_asset_stays(alice: Platform) -> None:
    site = await alice.add("sites", name="Leeds depot")
    await alice.add("assets", name="Pump", site_id=site["id"])
    answer = await alice.ask("DELETE", f"/sites/{site['id']}")
    assert answer.status_code == 409
    assert "1 assets" in answer.json()["detail"]


async def test_an_asset_with_parts_stays_until_they_are_gone(alice: Platform) -> None:
    crane = await alice.add("assets", name="Crane")
    hook = await alice.add("assets", name="Hook", parent_id=crane["id"])
    refused = await alice.ask("DELETE", f"/assets/{crane['id']}")
    await alice.ask("DELETE", f"/assets/{hook['id']}")
    gone = await alice.ask("DELETE", f"/assets/{crane['id']}")
    assert (refused.status_code, gone.status_code) == (409, 204)


async def test_two_assets_are_not_parts_of_each_other(alice: Platform) -> None:
    crane = await alice.add("assets", name="Crane")
    hook = await alice.add("assets", name="Hook", parent_id=crane["id"])
    answer = await alice.ask("PATCH", f"/assets/{crane['id']}", json={"parent_id": hook["id"]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "parent_id"


async def test_of_several_puts_of_one_new_thing_one_creates_it(alice: Platform) -> None:
    answers: list[Any] = await asyncio.gather(
        *(alice.ask("PUT", "/sites/by-external-id/JFK", json={"name": "Kennedy"}) for _ in range(5))
    )
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 200, 201]
    assert len({one.json()["id"] for one in answers}) == 1
