"""What the platform fills in by itself: prefixes of categories, sites of locations."""

from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from drawbar.assettracs.assets.prefix import suggested_prefix
from tests.assettracs.browser import Browser
from tests.assettracs.platform import Platform
from tests.support.cast import Cast


@pytest.mark.parametrize(
    ("name", "taken", "prefix"),
    [
        ("Chain slings", [], "CS"),
        ("Slings", [], "SL"),
        ("Chain slings", ["CS"], "CH"),
        ("Öfen", [], "OF"),
        ("A", [], "A2"),
        ("Ab", ["AB"], "AB2"),
        ("吊索", [], "C"),
        ("吊索", ["C"], "C2"),
        ("Very long name of a thing with many words", [], "VLNOATWM"),
    ],
)
def test_a_prefix_is_made_from_the_name_and_taken_by_no_other(
    name: str, taken: list[str], prefix: str
) -> None:
    assert suggested_prefix(name, taken) == prefix


async def test_categories_without_a_prefix_get_different_ones(alice: Platform) -> None:
    first = await alice.add("categories", name="Chain slings")
    second = await alice.add("categories", name="Circular saws")
    asset = await alice.add("assets", name="Saw 1", category_id=second["id"])
    assert (first["code_prefix"], second["code_prefix"]) == ("CS", "CI")
    assert asset["code"] == "CI-00001"


async def test_the_form_of_a_new_category_suggests_a_prefix_by_leaving_it_open(
    client: AsyncTestClient[Any], cast: Cast, alice: Platform
) -> None:
    browser = Browser(client, cast.alice)
    answer = await browser.post("/assets/categories/new", name="Chain slings", code_prefix="")
    assert answer.status_code == 303
    assert [one["code_prefix"] for one in await alice.all("categories")] == ["CS"]


async def test_a_room_belongs_to_a_site_or_stands_in_another_location(alice: Platform) -> None:
    answer = await alice.ask("POST", "locations", json={"name": "Bay 4", "type": "room"})
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["site_id"]
    assert (await alice.add("locations", name="North", type="region"))["site_id"] is None
    assert (await alice.add("locations", name="Van 7", type="vehicle"))["site_id"] is None


async def test_a_location_inside_another_is_at_its_site_and_moves_with_it(alice: Platform) -> None:
    leeds = await alice.add("sites", name="Leeds plant")
    york = await alice.add("sites", name="York plant")
    hall = await alice.add("locations", name="Hall 2", site_id=leeds["id"])
    shed = await alice.add("locations", name="Shed", site_id=york["id"])
    bay = await alice.add("locations", name="Bay 4", parent_id=hall["id"])
    moved = await alice.set("locations", bay, parent_id=shed["id"])
    assert bay["site_id"] == leeds["id"]
    assert moved["site_id"] == york["id"]
