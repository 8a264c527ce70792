from datetime import datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

from drawbar.demo.model import Certificate, DemoPlan, OrganizationPlan


def test_a_certificate_comes_only_from_a_passed_inspection(demo: DemoPlan) -> None:
    inspections = {row.id: row for plan in demo.organizations for row in plan.inspections}
    sources = [inspections[c.inspection_id] for p in demo.organizations for c in p.certificates]

    assert {(row.status, row.result) for row in sources} == {("completed", "pass")}
    assert len({row.id for row in sources}) == len(sources)


def test_a_certificate_runs_as_long_as_its_requirement_says(delta: OrganizationPlan) -> None:
    months = {row.id: row.interval_months for row in delta.requirements}
    days = [
        ((row.expires_at - row.issued_at).days, months[row.requirement_id])
        for row in delta.certificates
    ]

    assert {interval for _, interval in days} == {6, 12}
    assert all(30 * interval <= length <= 31 * interval for length, interval in days)


def test_certificates_are_a_mix_of_valid_due_soon_and_overdue(
    delta: OrganizationPlan, today: datetime
) -> None:
    def share(certificates: list[Certificate]) -> float:
        return len(certificates) / len(current)

    current = [row for row in delta.certificates if row.status in {"valid", "expired"}]
    overdue = [row for row in current if row.status == "expired"]
    soon = [row for row in current if today <= row.expires_at < today + timedelta(days=30)]

    assert overdue == [row for row in current if row.expires_at <= today]
    assert 0.03 < share(overdue) < 0.15
    assert 0.05 < share(soon) < 0.2


def test_an_aircraft_has_one_certificate_in_force_for_a_requirement(demo: DemoPlan) -> None:
    in_force = [
        (row.asset_id, row.requirement_id)
        for plan in demo.organizations
        for row in plan.certificates
        if row.status in {"valid", "expired"}
    ]

    assert len(set(in_force)) == len(in_force)


def test_about_one_inspection_in_fourteen_fails(demo: DemoPlan) -> None:
    done = [r for p in demo.organizations for r in p.inspections if r.status == "completed"]
    failed = [row for row in done if row.result == "fail"]

    assert 0.04 < len(failed) / len(done) < 0.1


def test_every_failed_answer_has_a_defect_and_every_defect_an_order(demo: DemoPlan) -> None:
    failed = {
        row.id
        for plan in demo.organizations
        for row in plan.inspections
        if any(answer.result == "fail" for answer in row.answers)
    }
    defects = [row for plan in demo.organizations for row in plan.defects]
    repairs = {row.id: row.defect_id for p in demo.organizations for row in p.work_orders}

    assert {row.inspection_id for row in defects} == failed
    assert all(repairs[row.work_order_id] == row.id for row in defects)


def test_an_aircraft_is_quarantined_exactly_while_a_critical_defect_is_open(
    demo: DemoPlan,
) -> None:
    quarantined = {
        asset.id
        for plan in demo.organizations
        for asset in plan.assets
        if asset.status == "quarantined"
    }
    unsafe = {
        defect.asset_id
        for plan in demo.organizations
        for defect in plan.defects
        if defect.severity == "critical" and defect.status == "open"
    }

    assert quarantined == unsafe
    assert quarantined


def test_an_aircraft_in_service_has_no_open_defect_worse_than_minor(demo: DemoPlan) -> None:
    status = {asset.id: asset.status for plan in demo.organizations for asset in plan.assets}
    open_on_duty = {
        defect.severity
        for plan in demo.organizations
        for defect in plan.defects
        if defect.status != "closed" and status[defect.asset_id] == "in_service"
    }

    assert open_on_duty == {"minor"}


def test_after_a_repair_somebody_else_inspects_again(
    delta: OrganizationPlan, today: datetime
) -> None:
    orders = {row.id: row for row in delta.work_orders}
    repaired = {
        row.inspection_id: orders[row.work_order_id].completed_at
        for row in delta.defects
        if row.status == "closed"
    }
    failed = [r for r in delta.inspections if r.result == "fail" and r.id in repaired]
    followed = [
        row
        for row in failed
        for again in delta.inspections
        if (again.asset_id, again.template_id) == (row.asset_id, row.template_id)
        and again.result == "pass"
        and again.started_at
        and (again.completed_at or today) > (repaired[row.id] or today)
        and again.inspector != row.inspector
    ]

    assert followed == failed
    assert failed


def test_a_plans_next_day_and_its_orders_are_occurrences_of_its_rule(
    delta: OrganizationPlan,
) -> None:
    def occurrences(index: int) -> list[str]:
        plan = delta.plans[index]
        zone = ZoneInfo(plan.time_zone)
        rule = rrulestr(plan.rrule, dtstart=plan.starts_at.astimezone(zone))
        return [str(day.astimezone(ZoneInfo("UTC"))) for day in islice(rule, 13)]

    due = {plan.id: [str(plan.next_due_at)] for plan in delta.plans}
    made = [(row.plan_id, str(row.due_at)) for row in delta.work_orders if row.plan_id is not None]
    ruled = {plan.id: occurrences(index) for index, plan in enumerate(delta.plans)}

    assert all(set(days) <= set(ruled[id]) for id, days in due.items())
    assert all(day in ruled[id] for id, day in made)
    assert made


def test_some_plans_are_just_due_and_wait_for_the_server(
    delta: OrganizationPlan, today: datetime
) -> None:
    just_due = [
        plan
        for plan in delta.plans
        if plan.status == "active" and plan.next_due_at <= today + timedelta(days=plan.lead_days)
    ]

    assert 10 < len(just_due) < len(delta.plans) / 2
    assert min(plan.next_due_at for plan in delta.plans) > today - timedelta(days=7)


def test_orders_are_numbered_as_they_were_raised(delta: OrganizationPlan) -> None:
    assert delta.work_orders[0].number == "WO-10001"
    assert all(a.created_at <= b.created_at for a, b in pairwise(delta.work_orders))
