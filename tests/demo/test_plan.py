from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from drawbar.demo.flights import Source
from drawbar.demo.model import DemoPlan, OrganizationPlan, Row
from drawbar.demo.plan import plan_from

SMALLEST = "MQ"


def rows(plan: OrganizationPlan) -> list[Row]:
    fields = (getattr(plan, name) for name in plan.__struct_fields__)
    return [row for field in fields if isinstance(field, tuple) for row in field]


def references(row: Row) -> set[UUID]:
    values = {name: getattr(row, name) for name in row.__struct_fields__ if name.endswith("_id")}
    return {value for value in values.values() if isinstance(value, UUID)}


def test_every_site_has_coordinates_and_zone_or_is_named_as_missing(demo: DemoPlan) -> None:
    bare = {
        site.code
        for plan in demo.organizations
        for site in plan.sites
        if site.latitude is None or site.longitude is None or site.time_zone is None
    }

    assert bare == {"BQN", "PSE", "SJU", "STT"}
    assert "(BQN, PSE, SJU, STT)" in demo.missing[0]


def test_what_the_data_lacks_is_counted(demo: DemoPlan) -> None:
    told = " ".join(demo.missing)

    assert "721 tail numbers on 50,094 flights" in told
    assert "2,512 flights name no aircraft" in told
    assert "70 planes have no year" in told
    assert "3,299 planes have no cruising speed" in told


def test_the_same_seed_and_day_give_the_same_plan(
    source: Source, demo: DemoPlan, today: datetime, seed: int
) -> None:
    again = plan_from(source, today, seed)

    assert again == demo


def test_another_seed_gives_another_history_of_the_same_aircraft(
    source: Source, demo: DemoPlan, today: datetime, seed: int
) -> None:
    other = plan_from(source, today, seed + 1)

    assert other.organizations[0].inspections != demo.organizations[0].inspections
    assert {asset.id for asset in other.organizations[0].assets} == {
        asset.id for asset in demo.organizations[0].assets
    }


def test_a_day_without_a_zone_is_refused(source: Source, seed: int) -> None:
    with pytest.raises(ValueError, match="time zone"):
        plan_from(source, datetime(2026, 11, 23), seed)  # noqa: DTZ001 - the point of the test


def test_no_reference_leaves_its_organization(demo: DemoPlan) -> None:
    dangling = [
        (plan.carrier, row)
        for plan in demo.organizations
        for known in [{row.id for row in rows(plan)}]
        for row in rows(plan)
        if not references(row) <= known
    ]

    assert dangling == []


def test_every_id_and_number_is_used_once(demo: DemoPlan) -> None:
    ids = [row.id for plan in demo.organizations for row in rows(plan)]
    orders = [(p.carrier, order.number) for p in demo.organizations for order in p.work_orders]
    proofs = [(p.carrier, proof.number) for p in demo.organizations for proof in p.certificates]

    assert len(set(ids)) == len(ids)
    assert len(set(orders)) == len(orders)
    assert len(set(proofs)) == len(proofs)


def test_the_whole_demo_stays_below_sixty_thousand_rows(demo: DemoPlan) -> None:
    total = sum(len(rows(plan)) for plan in demo.organizations)

    assert 30_000 < total < 60_000


def test_nothing_has_happened_after_today(demo: DemoPlan, today: datetime) -> None:
    times = [
        value
        for plan in demo.organizations
        for row in rows(plan)
        for name in ("created_at", "started_at", "completed_at", "issued_at", "scanned_at")
        if (value := getattr(row, name, None))
    ]

    assert max(times) <= today


def test_the_last_arrival_was_within_the_last_week_or_so(demo: DemoPlan, today: datetime) -> None:
    last = max(scan.scanned_at for plan in demo.organizations for scan in plan.scans)

    assert today - last < timedelta(days=8)


def test_the_smallest_airline_has_an_organization_that_can_be_written_as_json(
    demo: DemoPlan,
) -> None:
    plan = next(plan for plan in demo.organizations if plan.carrier == SMALLEST)

    written = msgspec.json.decode(msgspec.json.encode(plan))

    assert [asset["code"] for asset in written["assets"]] == [a.code for a in plan.assets]
    assert len(plan.assets) == 4
