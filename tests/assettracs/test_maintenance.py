"""Work orders, plans, and the orders plans make."""

import asyncio
from typing import Any

from drawbar.assettracs.maintenance.generator import generate
from drawbar.kit.db import Database
from tests.assettracs.platform import Fields, Platform
from tests.support.clock import FakeClock


async def plan(platform: Platform, asset: Fields, **fields: Any) -> Fields:
    standard: Fields = {
        "title": "Grease",
        "asset_id": asset["id"],
        "rrule": "FREQ=DAILY",
        "starts_at": "2026-11-23T08:00:00Z",
        "lead_days": 0,
        "tasks": ["Clean nipple", "Grease"],
    }
    return await platform.add("maintenance-plans", **(standard | fields))


async def test_an_order_is_numbered_and_placed_where_its_asset_is(alice: Platform) -> None:
    depot = await alice.add("sites", name="Depot")
    pump = await alice.add("assets", name="Pump", site_id=depot["id"])
    first = await alice.add("work-orders", title="Leak", asset_id=pump["id"])
    second = await alice.add("work-orders", title="Noise")
    assert (first["number"], second["number"]) == ("WO-10001", "WO-10002")
    assert (first["site_id"], second["site_id"]) == (depot["id"], None)


async def test_an_illegal_transition_is_refused_with_the_legal_ones(alice: Platform) -> None:
    order = await alice.add("work-orders", title="Leak")
    refused = await alice.ask("PATCH", f"work-orders/{order['id']}", json={"status": "reviewed"})
    assert refused.status_code == 409
    assert refused.json()["detail"] == (
        "WO-10001 is request and cannot become reviewed; "
        "it can become triaged or planned or in_progress or cancelled."
    )


async def test_an_order_notes_when_work_began_and_ended(alice: Platform, clock: FakeClock) -> None:
    order = await alice.add("work-orders", title="Leak", status="planned")
    clock.forward(hours=1)
    begun = await alice.set("work-orders", order, status="in_progress")
    clock.forward(hours=2)
    done = await alice.set("work-orders", order, status="done", actual_hours=2)
    reopened = await alice.set("work-orders", order, status="in_progress")
    assert begun["started_at"] == "2026-11-23T07:00:00.000000Z"
    assert done["started_at"] == begun["started_at"]
    assert done["completed_at"] == "2026-11-23T09:00:00.000000Z"
    assert reopened["completed_at"] is None


async def test_a_planned_order_may_be_done_at_once(alice: Platform) -> None:
    order = await alice.add("work-orders", title="Leak", status="planned")
    done = await alice.set("work-orders", order, status="done")
    assert done["started_at"] == done["completed_at"] == "2026-11-23T06:00:00.000000Z"


async def test_a_closed_order_stays_closed(alice: Platform) -> None:
    order = await alice.add("work-orders", title="Leak", status="closed")
    refused = await alice.ask("PATCH", f"work-orders/{order['id']}", json={"status": "planned"})
    assert refused.status_code == 409
    assert "it stays as it is" in refused.json()["detail"]


async def test_the_defect_follows_its_order(alice: Platform) -> None:
    sling = await alice.sling()
    defect = await alice.add("defects", asset_id=sling["id"], title="Hook bent", severity="major")
    order = await alice.add("work-orders", title="Straighten", defect_id=defect["id"])
    linked = await alice.show("defects", defect)
    await alice.set("work-orders", order, status="in_progress", assignee="Bob")
    in_repair = await alice.show("defects", defect)
    await alice.set("work-orders", order, status="done")
    closed = await alice.show("defects", defect)
    assert order["asset_id"] == sling["id"]
    assert linked["work_order_id"] == order["id"]
    assert [row["status"] for row in (linked, in_repair, closed)] == [
        "open",
        "in_repair",
        "closed",
    ]


async def test_a_repair_is_finished_by_somebody_with_a_name(alice: Platform) -> None:
    sling = await alice.sling()
    defect = await alice.add("defects", asset_id=sling["id"], title="Hook bent")
    order = await alice.add(
        "work-orders", title="Straighten", defect_id=defect["id"], status="in_progress"
    )
    address = f"work-orders/{order['id']}"
    unnamed = await alice.ask("PATCH", address, json={"status": "done"})
    await alice.set("work-orders", order, status="done", assignee="Bob")
    renamed = await alice.ask("PATCH", address, json={"assignee": "Alice"})
    deleted = await alice.ask("DELETE", address)
    assert unnamed.json()["errors"][0]["field"] == "assignee"
    assert (renamed.status_code, deleted.status_code) == (409, 409)


async def test_a_defect_has_one_order_until_it_is_cancelled(alice: Platform) -> None:
    sling = await alice.sling()
    defect = await alice.add("defects", asset_id=sling["id"], title="Hook bent")
    first = await alice.add("work-orders", title="Straighten", defect_id=defect["id"])
    body = {"title": "Replace", "defect_id": defect["id"]}
    refused = await alice.ask("POST", "work-orders", json=body)
    await alice.set("work-orders", first, status="cancelled")
    second = await alice.add("work-orders", **body)
    assert refused.status_code == 409
    assert (await alice.show("defects", defect))["work_order_id"] == second["id"]


async def test_work_taken_up_again_quarantines_the_asset_again(
    alice: Platform, clock: FakeClock
) -> None:
    sling, template = await alice.sling(), await alice.template()
    await alice.inspected(sling, template, "fail", "pass")
    (order,) = await alice.all("work-orders")
    clock.forward(hours=1)
    await alice.repair(order, "Bob")
    await alice.inspected(sling, template, "pass", "pass")
    assert (await alice.show("assets", sling))["status"] == "in_service"
    await alice.set("work-orders", order, status="in_progress")
    assert (await alice.show("assets", sling))["status"] == "quarantined"


async def test_a_plan_knows_when_it_is_due_next(alice: Platform, clock: FakeClock) -> None:
    pump = await alice.sling()
    daily = await plan(alice, pump)
    clock.forward(days=10)
    late = await plan(alice, pump, starts_at="2020-01-06T08:00:00+01:00", rrule="FREQ=WEEKLY")
    paused = await alice.set("maintenance-plans", late, status="paused")
    renamed = await alice.set("maintenance-plans", daily, title="Grease well")
    assert daily["next_due_at"] == "2026-11-23T08:00:00.000000Z"
    assert late["next_due_at"] == "2026-12-07T07:00:00.000000Z"
    assert paused["next_due_at"] is None
    assert renamed["next_due_at"] == daily["next_due_at"]


async def test_rules_nobody_can_plan_by_are_refused_with_the_field(alice: Platform) -> None:
    pump = await alice.sling()
    body = {"title": "x", "asset_id": pump["id"], "starts_at": "2026-11-23T08:00:00Z"}
    zero = await alice.ask(
        "POST", "maintenance-plans", json=body | {"rrule": "FREQ=DAILY;INTERVAL=0"}
    )
    never = await alice.ask(
        "POST", "maintenance-plans", json=body | {"rrule": "FREQ=DAILY;UNTIL=20200101"}
    )
    nowhere = await alice.ask(
        "POST", "maintenance-plans", json=body | {"rrule": "FREQ=DAILY", "time_zone": "Mars"}
    )
    local = await alice.ask(
        "POST",
        "maintenance-plans",
        json=body | {"rrule": "FREQ=DAILY", "starts_at": "2026-11-23T08:00:00"},
    )
    fields = [answer.json()["errors"][0]["field"] for answer in (zero, never, nowhere, local)]
    assert fields == ["rrule", "rrule", "time_zone", "starts_at"]


async def test_the_generator_run_twice_makes_one_order(
    alice: Platform, database: Database, clock: FakeClock
) -> None:
    pump = await alice.sling()
    made = await plan(alice, pump)
    clock.forward(hours=2)
    await generate(database)
    await generate(database)
    (order,) = await alice.all("work-orders")
    assert order["plan_id"] == made["id"]
    assert order["due_at"] == "2026-11-23T08:00:00.000000Z"
    assert (order["type"], order["status"]) == ("preventive", "planned")
    assert order["tasks"] == [
        {"title": "Clean nipple", "done": False},
        {"title": "Grease", "done": False},
    ]
    shown = await alice.show("maintenance-plans", made)
    assert shown["next_due_at"] == "2026-11-24T08:00:00.000000Z"


async def test_racing_generators_make_each_order_once(
    alice: Platform, database: Database, clock: FakeClock
) -> None:
    pump = await alice.sling()
    await plan(alice, pump)
    await plan(alice, pump, title="Look")
    clock.forward(hours=2)
    await asyncio.gather(*(generate(database) for _ in range(4)))
    assert sorted(order["title"] for order in await alice.all("work-orders")) == ["Grease", "Look"]


async def test_orders_come_as_early_as_the_lead_time_says(
    alice: Platform, database: Database
) -> None:
    pump = await alice.sling()
    await plan(alice, pump, lead_days=2)
    await plan(alice, pump, lead_days=0, title="Not yet")
    await generate(database)
    assert [order["due_at"] for order in await alice.all("work-orders")] == [
        "2026-11-23T08:00:00.000000Z",
        "2026-11-24T08:00:00.000000Z",
    ]


async def test_of_a_missed_backlog_only_the_latest_is_made(
    alice: Platform, database: Database, clock: FakeClock
) -> None:
    pump = await alice.sling()
    made = await plan(alice, pump, description="Use the blue grease.")
    clock.forward(days=4, hours=3)
    await generate(database)
    (order,) = await alice.all("work-orders")
    assert order["due_at"] == "2026-11-27T08:00:00.000000Z"
    assert order["description"] == (
        "Use the blue grease.\n\n4 earlier occurrence(s) were missed and left out."
    )
    shown = await alice.show("maintenance-plans", made)
    assert shown["next_due_at"] == "2026-11-28T08:00:00.000000Z"


async def test_an_order_thrown_away_is_not_made_again(
    alice: Platform, database: Database, clock: FakeClock
) -> None:
    pump = await alice.sling()
    made = await plan(alice, pump)
    clock.forward(hours=1)
    await alice.set("maintenance-plans", made, lead_days=1)
    await generate(database)
    (order,) = await alice.all("work-orders")
    await alice.ask("DELETE", f"work-orders/{order['id']}")
    await alice.set("maintenance-plans", made, starts_at="2026-11-22T08:00:00Z")
    due_again = await alice.show("maintenance-plans", made)
    await generate(database)
    assert due_again["next_due_at"] == order["due_at"]
    assert await alice.all("work-orders") == []


async def test_nothing_is_made_for_paused_plans_and_retired_assets(
    alice: Platform, database: Database, clock: FakeClock
) -> None:
    pump, scrap = await alice.sling(), await alice.sling()
    paused = await plan(alice, pump)
    await alice.set("maintenance-plans", paused, status="paused")
    await plan(alice, scrap)
    await alice.set("assets", scrap, status="retired")
    clock.forward(days=1)
    await generate(database)
    assert await alice.all("work-orders") == []


async def test_a_rule_that_has_ended_leaves_the_plan_without_a_next_date(
    alice: Platform, database: Database, clock: FakeClock
) -> None:
    pump = await alice.sling()
    made = await plan(alice, pump, rrule="FREQ=DAILY;COUNT=1")
    clock.forward(hours=3)
    await generate(database)
    assert len(await alice.all("work-orders")) == 1
    assert (await alice.show("maintenance-plans", made))["next_due_at"] is None


async def test_the_generator_serves_every_workspace_apart(
    alice: Platform, mallory: Platform, database: Database, clock: FakeClock
) -> None:
    await plan(alice, await alice.sling())
    await plan(mallory, await mallory.sling(), title="Theirs")
    clock.forward(hours=3)
    await generate(database)
    assert [order["title"] for order in await alice.all("work-orders")] == ["Grease"]
    assert [order["title"] for order in await mallory.all("work-orders")] == ["Theirs"]
