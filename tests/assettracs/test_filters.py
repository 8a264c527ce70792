"""Filters of the platform's lists: ranges on every date, and no typing error that finds nothing."""

import pytest

from tests.assettracs.platform import Platform
from tests.support.clock import FakeClock


async def test_deleted_things_are_listed_by_when_they_were_deleted(
    alice: Platform, clock: FakeClock
) -> None:
    first, second, _ = [await alice.add("assets", name=f"Pump {n}") for n in range(3)]
    await alice.ask("DELETE", f"assets/{first['id']}")
    clock.forward(seconds=60)
    await alice.ask("DELETE", f"assets/{second['id']}")
    found = await alice.all("assets", deleted_after="-PT30S")
    assert [row["name"] for row in found] == ["Pump 1"]


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("assets?status=in_servce", "status"),
        ("assets?criticality=low,hihg", "criticality"),
        ("work-orders?priority=asap", "priority"),
        ("certificates?status=expird", "status"),
        ("inspections?result=passed", "result"),
        ("assets?site_id=leeds", "site_id"),
    ],
)
async def test_a_word_no_row_can_hold_is_refused(alice: Platform, address: str, field: str) -> None:
    answer = await alice.ask("GET", address)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
