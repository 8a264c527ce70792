"""Writes to the sandbox are checked, answered with success, and change nothing."""

import pytest

from drawbar.kit import json
from tests.connectors.sandbox_world import World


@pytest.fixture
def world() -> World:
    return World()


async def blocked_supplier(world: World) -> str:
    rows = [json.decode(row.body) for row in await world.rows("vendors")]
    return next(str(row["key"]) for row in rows if row["state"] == "BLOCKED")


async def part_on_hand(world: World) -> tuple[str, int]:
    """A part, and how many of it lie in all stores."""
    rows = [json.decode(row.body) for row in await world.rows("stocks")]
    item = str(rows[1]["item"])
    return item, sum(int(row["onHand"]) for row in rows if row["item"] == item)


async def test_an_order_is_created_and_nothing_is_kept(world: World) -> None:
    before = await world.rows("purchase_orders")
    status, row = await world.sent("POST", "/orders", b'{"supplier": "100001", "terms": "NET30"}')
    gone, _ = await world.sent("GET", f"/orders/{row['key']}")
    assert (status, row["terms"], row["archived"]) == (201, "NET30", None)
    assert await world.rows("purchase_orders") == before
    assert gone == 404


async def test_a_job_is_changed_in_the_answer_only(world: World) -> None:
    row = (await world.rows("work_orders"))[3]
    path = f"/jobs/{row.remote_id}"
    status, changed = await world.sent("PATCH", path, b'{"note": "Seal replaced"}')
    deleted, _ = await world.sent("DELETE", path)
    _, after = await world.sent("GET", path)
    assert (status, changed["note"], deleted) == (200, "Seal replaced", 204)
    assert after == json.decode(row.body)


async def test_an_unknown_or_blocked_vendor_is_refused(world: World) -> None:
    unknown = await world.sent("POST", "/orders", b'{"supplier": "999999"}')
    key = await blocked_supplier(world)
    blocked = await world.sent("POST", "/orders", json.encode({"supplier": key}))
    assert [(status, said["code"]) for status, said in (unknown, blocked)] == [
        (422, "INVALID_VENDOR"),
        (422, "INVALID_VENDOR"),
    ]
    assert blocked[1]["detail"] == f"supplier {key} is blocked for orders"


async def test_more_parts_than_there_are_are_refused(world: World) -> None:
    item, there_are = await part_on_hand(world)
    answers = [
        await world.sent("POST", "/jobs", json.encode({"parts": [{"item": item, "qty": wanted}]}))
        for wanted in (there_are, there_are + 1)
    ]
    assert answers[0][0] == 201
    assert (answers[1][0], answers[1][1]["code"]) == (422, "OUT_OF_STOCK")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/machines", b"{}", 405),
        ("POST", "/jobs/4000001", b"{}", 404),
        ("PATCH", "/orders", b"{}", 405),
        ("PATCH", "/orders/1", b"{}", 404),
        ("POST", "/orders", b"[]", 400),
        ("POST", "/orders", b"\xff", 400),
        ("POST", "/orders", b'{"key": "1"}', 422),
        ("POST", "/jobs", b'{"parts": ["seal"]}', 422),
        ("POST", "/jobs", b'{"parts": [{"item": "SEAL-010", "qty": "many"}]}', 422),
        ("POST", "/jobs", b'{"parts": [{"item": "SEAL-010", "qty": "NaN"}]}', 422),
    ],
)
async def test_a_write_that_cannot_be_is_refused(
    world: World, method: str, path: str, body: bytes, status: int
) -> None:
    answered, said = await world.sent(method, path, body)
    assert answered == status
    assert said["detail"]
