"""Requirements, certificates, and the register at any date."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from drawbar.assettracs.compliance import store
from drawbar.assettracs.compliance.model import (
    CERTIFICATE_TABLE,
    Certificate,
    State,
    expiry,
    state_at,
)
from drawbar.kit.db import Database
from drawbar.kit.ids import new_id
from tests.assettracs.platform import Fields, Platform
from tests.support.cast import Cast
from tests.support.clock import FakeClock

ISSUED = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


def certificate(issued_at: datetime = ISSUED, months: int = 6) -> Certificate:
    return Certificate(
        id=new_id(),
        created_at=issued_at,
        modified_at=issued_at,
        number="C-1",
        asset_id=new_id(),
        requirement_id=new_id(),
        inspection_id=new_id(),
        issued_at=issued_at,
        expires_at=expiry(issued_at, months),
    )


async def require(platform: Platform, template: Fields, **fields: object) -> Fields:
    return await platform.add(
        "requirements",
        title="Thorough examination",
        interval_months=6,
        template_id=template["id"],
        **fields,
    )


@pytest.mark.parametrize(
    ("at", "state"),
    [
        (ISSUED - timedelta(seconds=1), "never_done"),
        (ISSUED, "valid"),
        (datetime(2027, 4, 23, 5, 59, tzinfo=UTC), "valid"),
        (datetime(2027, 4, 23, 6, 0, tzinfo=UTC), "due_soon"),
        (datetime(2027, 5, 23, 5, 59, tzinfo=UTC), "due_soon"),
        (datetime(2027, 5, 23, 6, 0, tzinfo=UTC), "overdue"),
    ],
)
def test_the_state_follows_from_the_facts_at_a_date(at: datetime, state: State) -> None:
    assert state_at([certificate()], at) == state


def test_without_a_certificate_it_was_never_done() -> None:
    assert state_at([], ISSUED) == "never_done"


def test_a_month_from_the_last_of_january_is_the_last_of_february() -> None:
    assert expiry(datetime(2027, 1, 31, tzinfo=UTC), 1) == datetime(2027, 2, 28, tzinfo=UTC)
    assert expiry(datetime(2024, 2, 29, tzinfo=UTC), 12) == datetime(2025, 2, 28, tzinfo=UTC)


async def test_a_passed_inspection_issues_a_numbered_certificate(alice: Platform) -> None:
    sling, template = await alice.sling(), await alice.template()
    requirement = await require(alice, template)
    inspection = await alice.inspected(sling, template, "pass", "pass")
    (issued,) = await alice.all("certificates")
    assert issued["id"] == inspection["certificate_id"]
    assert issued["number"] == "C-2026-000001"
    assert issued["requirement_id"] == requirement["id"]
    assert issued["expires_at"] == "2027-05-23T06:00:00.000000Z"


async def test_a_failed_inspection_issues_none(alice: Platform) -> None:
    sling, template = await alice.sling(), await alice.template()
    await require(alice, template)
    inspection = await alice.inspected(sling, template, "pass", "fail")
    assert inspection["certificate_id"] is None
    assert await alice.all("certificates") == []


async def test_a_requirement_of_another_category_asks_nothing_of_the_asset(
    alice: Platform,
) -> None:
    sling, template = await alice.sling(), await alice.template()
    cranes = await alice.add("categories", name="Cranes")
    await require(alice, template, category_id=cranes["id"])
    await alice.inspected(sling, template, "pass", "pass")
    assert await alice.all("certificates") == []


async def test_a_new_certificate_supersedes_the_former_one(
    alice: Platform, clock: FakeClock
) -> None:
    sling, template = await alice.sling(), await alice.template()
    await require(alice, template)
    await alice.inspected(sling, template, "pass", "pass")
    clock.forward(days=90)
    await alice.inspected(sling, template, "pass", "pass")
    shown = await alice.all("certificates")
    assert [(row["number"], row["status"]) for row in shown] == [
        ("C-2026-000001", "superseded"),
        ("C-2027-000001", "valid"),
    ]


async def test_an_inspection_sent_late_does_not_supersede_a_later_one(
    alice: Platform, clock: FakeClock
) -> None:
    sling, template = await alice.sling(), await alice.template()
    await require(alice, template)
    started = await alice.add("inspections", asset_id=sling["id"], template_id=template["id"])
    clock.forward(days=2)
    later = await alice.inspected(sling, template, "pass", "pass")
    answers = [{"question": row["question"], "value": "pass"} for row in started["questions"]]
    await alice.set(
        "inspections",
        started,
        status="completed",
        completed_at="2026-11-23T08:00:00Z",
        answers=answers,
    )
    valid = await alice.all("certificates", status="valid")
    assert [row["inspection_id"] for row in valid] == [later["id"]]
    assert len(await alice.all("certificates", status="superseded")) == 1


async def test_certificates_are_only_made_by_inspections(alice: Platform, carol: Platform) -> None:
    sling, template = await alice.sling(), await alice.template()
    await require(alice, template)
    await alice.inspected(sling, template, "pass", "pass")
    (issued,) = await alice.all("certificates")
    posted = await alice.ask("POST", "certificates", json={})
    put = await alice.ask("PUT", "certificates/by-external-id/x", json={})
    deleted = await alice.ask("DELETE", f"certificates/{issued['id']}")
    forged = await alice.ask(
        "PATCH", f"certificates/{issued['id']}", json={"expires_at": "2099-01-01T00:00:00Z"}
    )
    by_carol = await carol.ask("POST", "certificates", json={})
    assert [posted.status_code, put.status_code, deleted.status_code] == [405, 405, 405]
    assert (forged.status_code, by_carol.status_code) == (422, 403)
    assert "issued by passed inspections" in posted.json()["detail"]


async def test_a_certificate_is_revoked_once_and_for_all(alice: Platform) -> None:
    sling, template = await alice.sling(), await alice.template()
    await require(alice, template)
    await alice.inspected(sling, template, "pass", "pass")
    (issued,) = await alice.all("certificates")
    address = f"certificates/{issued['id']}"
    superseded = await alice.ask("PATCH", address, json={"status": "superseded"})
    revoked = await alice.set("certificates", issued, status="revoked")
    again = await alice.ask("PATCH", address, json={"status": "valid"})
    assert [superseded.status_code, again.status_code] == [409, 409]
    assert revoked["revoked_at"] == "2026-11-23T06:00:00.000000Z"


async def test_the_register_agrees_with_the_pure_function(
    alice: Platform, cast: Cast, database: Database, clock: FakeClock
) -> None:
    sling, template = await alice.sling(), await alice.template()
    await require(alice, template)
    await alice.inspected(sling, template, "pass", "pass")
    clock.forward(days=100)
    await alice.inspected(sling, template, "pass", "pass")
    clock.forward(days=10)
    newest = (await alice.all("certificates"))[-1]
    await alice.set("certificates", newest, status="revoked")
    moments = [ISSUED + timedelta(days=days) for days in range(-1, 400, 3)]
    async with database.reading(cast.alice.workspace_id) as tx:
        facts = await CERTIFICATE_TABLE.where(tx, "asset_id = $1", UUID(sling["id"]))
        shown = [(await store.obligations(tx, moment))[0].state for moment in moments]
    assert shown == [state_at(facts, moment) for moment in moments]
    assert set(shown) == {"never_done", "valid", "overdue"}


async def test_the_register_counts_per_site_and_filters(
    alice: Platform, mallory: Platform, cast: Cast, database: Database
) -> None:
    template = await alice.template()
    await require(alice, template)
    depot = await alice.add("sites", name="Depot")
    first = await alice.add("assets", name="First", site_id=depot["id"])
    await alice.add("assets", name="Second", site_id=depot["id"])
    await alice.add("assets", name="Third")
    await alice.add("assets", name="Scrap", status="retired")
    await alice.inspected(first, template, "pass", "pass")
    await require(mallory, await mallory.template())
    await mallory.sling()
    async with database.reading(cast.alice.workspace_id) as tx:
        at_depot, elsewhere = await store.counts_per_site(tx, tx.now)
        valid = await store.obligations(tx, tx.now, states=["valid"])
        depots = await store.obligations(tx, tx.now, site_id=UUID(depot["id"]))
    assert (at_depot.site, at_depot.valid, at_depot.never_done) == ("Depot", 1, 1)
    assert at_depot.percent == 50
    assert (elsewhere.site, elsewhere.valid, elsewhere.never_done) == (None, 0, 1)
    assert [row.asset_name for row in valid] == ["First"]
    assert [row.asset_name for row in depots] == ["Second", "First"]


async def test_the_one_thread_from_scan_to_green(
    alice: Platform, cast: Cast, database: Database, clock: FakeClock
) -> None:
    sling, template = await alice.sling(), await alice.template()
    await require(alice, template)
    await alice.add("tags", asset_id=sling["id"], payload="S-1")
    scan = await alice.add(
        "tag-scans", payload="S-1", action="inspect", scanned_at="2026-11-23T05:59:00Z"
    )
    assert scan["asset_id"] == sling["id"]

    await alice.inspected(sling, template, "fail", "pass", inspector="Alice")
    assert (await alice.show("assets", sling))["status"] == "quarantined"
    (defect,) = await alice.all("defects")
    (order,) = await alice.all("work-orders")
    assert defect["work_order_id"] == order["id"]

    clock.forward(hours=2)
    await alice.repair(order, "Bob")
    assert (await alice.show("defects", defect))["status"] == "closed"
    assert (await alice.show("assets", sling))["status"] == "quarantined"

    clock.forward(hours=1)
    assert (await alice.inspect(sling, template, "pass", "pass", "Bob")).status_code == 409
    passed = await alice.inspected(sling, template, "pass", "pass", inspector="Alice")
    assert (await alice.show("assets", sling))["status"] == "in_service"
    async with database.reading(cast.alice.workspace_id) as tx:
        (obligation,) = await store.obligations(tx, tx.now)
        stories = await tx.fetch("SELECT action FROM audit_entries ORDER BY at, id")
    assert obligation.state == "valid"
    assert str(obligation.certificate_id) == passed["certificate_id"]
    assert stories[-1]["action"] == "assets.updated"
