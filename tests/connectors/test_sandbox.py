"""The sandbox keeps what the hub expects of any source."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from drawbar.connectors.sandbox.mapping import MAPPINGS
from drawbar.connectors.sandbox.people import BUSY_HOST, UNREACHABLE_HOST, WEBSITE_HOST
from drawbar.connectors.sandbox.server import RESOURCES
from drawbar.connectors.sdk.connector import RawRecord
from drawbar.connectors.sdk.errors import (
    CredentialInvalid,
    CredentialsRejected,
    PermissionMissing,
    SourceError,
    SourceUnavailable,
)
from drawbar.connectors.sdk.raw import Raw
from drawbar.kit import json
from drawbar.schema.registry import ENTITIES
from drawbar.schema.word import PurchaseOrderStatus, WorkOrderStatus
from tests.connectors.sandbox_world import DEMO, NOW, World

CONNECTION = UUID("018f2a00-0000-7000-8000-000000000001")

every_entity = pytest.mark.parametrize("entity", RESOURCES)


@pytest.fixture
def world() -> World:
    return World()


def unified(world: World, entity: str, row: RawRecord) -> tuple[dict[str, Any], list[str]]:
    raw = Raw.parse(row.body)
    fields = world.connector.unify(entity, row.remote_id, raw, connection_id=CONNECTION)
    return fields, raw.problems


async def test_signing_in_tells_who_one_is_and_what_one_may_read(world: World) -> None:
    checked = await world.connector.check(world.http())
    assert checked.display_name == f"Sandbox of {checked.organization}"
    assert checked.permissions == dict.fromkeys(RESOURCES, True)
    assert set(world.connector.manifest.entities) == set(RESOURCES) == set(MAPPINGS)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"password": "x"}, "user"),
        ({"user": "demo"}, "password"),
        ({**DEMO, "address": "sandbox"}, "address"),
    ],
)
def test_what_cannot_be_right_is_refused_by_its_field(
    world: World, typed: dict[str, str], field: str
) -> None:
    with pytest.raises(CredentialInvalid) as refusal:
        world.connector.access(typed)
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"password": "wrong"}, CredentialsRejected, "user name or password are wrong"),
        ({"address": f"https://{UNREACHABLE_HOST}"}, SourceUnavailable, "could not be connected"),
        ({"address": f"https://{WEBSITE_HOST}"}, SourceError, "answered, but is no sandbox"),
        ({"address": f"https://{BUSY_HOST}"}, SourceUnavailable, "closed for maintenance"),
    ],
)
async def test_magic_values_fail_as_the_guide_says(
    world: World, changed: dict[str, str], error: type[SourceError], said: str
) -> None:
    with pytest.raises(error, match=said):
        await world.connector.check(world.http({**DEMO, **changed}))


async def test_a_limited_user_may_not_read_work_orders(world: World) -> None:
    http = world.http({**DEMO, "user": "limited"})
    checked = await world.connector.check(http)
    with pytest.raises(PermissionMissing, match="limited may not read jobs"):
        await world.pages("work_orders", http=http)
    assert [one for one, may_read in checked.permissions.items() if not may_read] == ["work_orders"]
    assert await world.rows("assets", http=http)


@every_entity
async def test_pages_hold_every_row_once(world: World, entity: str) -> None:
    pages = await world.pages(entity)
    rows = [row.remote_id for page in pages for row in page.records]
    assert len(rows) == len(set(rows)) == pages[0].total
    assert {page.as_of for page in pages} == {NOW}
    assert pages[-1].checkpoint is None


@every_entity
async def test_every_row_is_a_record_of_the_model(world: World, entity: str) -> None:
    records = [
        ENTITIES[entity].record(
            unified(world, entity, row)[0],
            first_seen_at=NOW,
            modified_at=NOW,
            synced_at=NOW,
            version=1,
        )
        for row in await world.rows(entity)
    ]
    read = [json.decode(json.encode(one), ENTITIES[entity].struct) for one in records]
    told = [(one.created_at, one.remote_modified_at or NOW) for one in records]
    assert read == records
    assert max(max(times) for times in told) <= NOW


@pytest.mark.parametrize("entity", ["purchase_orders", "work_orders", "stocks"])
async def test_a_reading_goes_on_after_any_page_while_the_plant_works(
    world: World, entity: str
) -> None:
    whole = await world.pages(entity)
    world.pass_by(hours=5)
    resumed = [
        [row for page in whole[: place + 1] for row in page.records]
        + await world.rows(entity, checkpoint=page.checkpoint)
        for place, page in enumerate(whole[:-1])
    ]
    assert len(whole) > 1
    assert resumed == [[row for page in whole for row in page.records]] * (len(whole) - 1)


@pytest.mark.parametrize("entity", ["purchase_orders", "work_orders", "stocks", "assets"])
async def test_what_changed_since_is_all_that_changed(world: World, entity: str) -> None:
    before = {row.remote_id: row.body for row in await world.rows(entity)}
    world.pass_by(hours=30)
    changed = {row.remote_id: row for row in await world.rows(entity, since=NOW)}
    after = {row.remote_id: row.body for row in await world.rows(entity)}
    kept = before | {key: row.body for key, row in changed.items() if not row.deleted}
    gone = {key for key, row in changed.items() if row.deleted}
    assert {key: body for key, body in kept.items() if key not in gone} == after
    assert 0 < len(changed) < len(after)


async def test_something_moves_every_few_minutes(world: World) -> None:
    moved = []
    for _ in range(12):
        since = world.now
        world.pass_by(minutes=30)
        moved.append(sum([len(await world.rows(one, since=since)) for one in RESOURCES]))
    assert min(moved) >= 1
    assert 20 < sum(moved) < 300


async def test_orders_are_seen_in_every_state(world: World) -> None:
    bought = [unified(world, "purchase_orders", o)[0] for o in await world.rows("purchase_orders")]
    worked = [unified(world, "work_orders", o)[0] for o in await world.rows("work_orders")]
    assert {one["status"] for one in bought} == set(PurchaseOrderStatus)
    assert {one["status"] for one in worked} == set(WorkOrderStatus)
    assert 500 < len(bought) < 1000


async def test_an_archived_order_is_told_among_the_changes_only(world: World) -> None:
    since = NOW - timedelta(days=2)
    changes = await world.rows("purchase_orders", since=since)
    listed = {row.remote_id for row in await world.rows("purchase_orders")}
    archived = [row for row in changes if row.deleted]
    assert archived
    assert not listed & {row.remote_id for row in archived}
    assert all(unified(world, "purchase_orders", row)[0]["deleted_at"] for row in archived)


async def test_money_of_an_order_adds_up(world: World) -> None:
    orders = [unified(world, "purchase_orders", o) for o in await world.rows("purchase_orders")]
    sound = [fields for fields, problems in orders if not problems]
    assert len(sound) > 500
    for order in sound:
        assert order["net_total"] == sum(line.net_total for line in order["lines"])
        assert order["gross_total"] == order["net_total"] + order["tax_total"]
        assert all(
            line.net_total == line.quantity * line.unit_price - line.discount
            for line in order["lines"]
        )


async def test_received_orders_have_all_they_ordered_and_drafts_nothing(world: World) -> None:
    orders = [unified(world, "purchase_orders", o)[0] for o in await world.rows("purchase_orders")]
    received = {
        status: {
            (line.received_quantity > 0, line.received_quantity == line.quantity)
            for one in orders
            if one["status"] == status
            for line in one["lines"]
        }
        for status in ("draft", "received", "partially_received")
    }
    assert received["draft"] == {(False, False)}
    assert received["received"] == {(True, True)}
    assert (False, False) in received["partially_received"]


async def test_an_orders_delivery_is_the_one_of_its_earliest_open_line(world: World) -> None:
    orders = [unified(world, "purchase_orders", o)[0] for o in await world.rows("purchase_orders")]
    partly = [one for one in orders if one["status"] == "partially_received"]
    open_days = [
        [line.delivery_date for line in one["lines"] if line.received_quantity < line.quantity]
        for one in partly
    ]
    told = [one["delivery_date"] for one in partly]
    assert [min(days, default=told[at]) for at, days in enumerate(open_days)] == told
    assert any(one["lines"][0].delivery_date != one["delivery_date"] for one in partly)


async def test_odd_rows_are_noted_and_stop_nothing(world: World) -> None:
    orders = [unified(world, "purchase_orders", o) for o in await world.rows("purchase_orders")]
    odd = [(fields, problems) for fields, problems in orders if problems]
    fields, problems = odd[0]
    assert len(odd) >= 5
    assert fields["status"] == "other"
    assert fields["remote_status"] == "ZZ99"
    assert fields["payment_terms"] == "ab"
    assert {one.partition(":")[0] for one in problems} == {"orderedOn", "net"}


async def test_some_orders_carry_fields_of_this_customer(world: World) -> None:
    orders = [unified(world, "purchase_orders", o)[0] for o in await world.rows("purchase_orders")]
    assert {"project", "incoterm"} <= set(
        next(o for o in orders if o["custom_fields"])["custom_fields"]
    )


@pytest.mark.parametrize(
    ("entity", "field", "target"),
    [
        ("locations", "remote_site_id", "sites"),
        ("assets", "remote_location_id", "locations"),
        ("stocks", "remote_storeroom_id", "storerooms"),
        ("stocks", "remote_material_id", "materials"),
        ("work_orders", "remote_asset_id", "assets"),
        ("work_orders", "remote_location_id", "locations"),
    ],
)
async def test_references_lead_to_rows_that_there_are(
    world: World, entity: str, field: str, target: str
) -> None:
    keys = {row.remote_id for row in await world.rows(target)}
    pointed = {unified(world, entity, row)[0][field] for row in await world.rows(entity)}
    assert pointed <= keys


async def test_another_address_is_another_plant(world: World) -> None:
    other = world.http({**DEMO, "address": "https://second.example"})
    ours, theirs = await world.rows("assets"), await world.rows("assets", http=other)
    assert [row.body for row in ours] != [row.body for row in theirs]
    assert (await world.connector.check(other)).organization != (
        await world.connector.check(world.http())
    ).organization


async def test_two_processes_show_the_same_rows(world: World) -> None:
    elsewhere = World()
    assert await world.rows("purchase_orders") == await elsewhere.rows("purchase_orders")


async def test_one_row_is_read_by_its_key(world: World) -> None:
    http = world.http()
    row = (await world.rows("purchase_orders"))[5]
    assert await http.get(f"/orders/{row.remote_id}") == row.body
    with pytest.raises(SourceError, match="there is no 123 among orders") as refusal:
        await http.get("/orders/123")
    assert refusal.value.status == 404


async def test_the_sandbox_has_what_a_small_plant_has(world: World) -> None:
    counts = {entity: len(await world.rows(entity)) for entity in RESOURCES}
    assert counts["stocks"] == 300
    assert 1_500 < sum(counts.values()) < 2_500
    stocks = [unified(world, "stocks", row)[0] for row in await world.rows("stocks")]
    assert any(one["quantity"] == 0 for one in stocks)
