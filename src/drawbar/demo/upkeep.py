"""Maintenance plans and the preventive work orders they have made so far."""

from datetime import datetime, timedelta
from random import Random

from dateutil.relativedelta import relativedelta

from drawbar.demo.model import MaintenancePlan, Task, WorkOrder
from drawbar.demo.subject import Subject
from drawbar.demo.wording import TECHNICIANS, UPKEEPS, Upkeep

PLANNED_SHARE = 0.45
PAUSED_SHARE = 0.05
JUST_DUE_SHARE = 0.15
CANCELLED_SHARE = 0.04
LAST_SAFE_DAY = 28
"""Monthly recurrences from a later day would skip months."""
ORDERS_MADE = 2
SLACK = timedelta(days=5)
"""Orders due longer ago than this are finished."""
MORNING = 8


def plan_with_orders(
    subject: Subject, rng: Random
) -> tuple[tuple[MaintenancePlan, ...], tuple[WorkOrder, ...]]:
    """Return the aircraft's plan with its last orders, or nothing: not every aircraft has a plan.

    Some plans are just due and have no order for it yet, so that the server has one to make.
    """
    if rng.random() >= PLANNED_SHARE:
        return (), ()
    upkeep = rng.choice(UPKEEPS)
    just_due = rng.random() < JUST_DUE_SHARE
    ahead = (-2, upkeep.lead_days) if just_due else (upkeep.lead_days + 4, 29 * upkeep.months)
    days = rng.randint(*ahead)
    days -= max((subject.today + timedelta(days=days)).day - LAST_SAFE_DAY, 0)
    plan = MaintenancePlan(
        id=subject.id("plan", upkeep.key),
        created_at=_occurrence(subject, days, 12),
        title=f"{upkeep.title}: {subject.tail}",
        description=f"Every {upkeep.months} months" if upkeep.months > 1 else "Every month",
        asset_id=subject.asset_id,
        rrule=upkeep.rrule,
        starts_at=_occurrence(subject, days, 12),
        time_zone=subject.place.time_zone,
        lead_days=upkeep.lead_days,
        status="paused" if not just_due and rng.random() < PAUSED_SHARE else "active",
        next_due_at=_occurrence(subject, days, 0),
        tasks=upkeep.tasks,
    )
    due = [_occurrence(subject, days, upkeep.months * k) for k in range(1, ORDERS_MADE + 1)]
    return (plan,), tuple(_order(subject, upkeep, plan, due_at, rng) for due_at in due)


def _occurrence(subject: Subject, days: int, months: int) -> datetime:
    """Return the occurrence so many months before the one so many days from today, at 8 local."""
    today = subject.today
    then = today + timedelta(days=days) - relativedelta(months=months)
    return subject.in_the_morning((then.date() - today.date()).days, MORNING)


def _order(
    subject: Subject, upkeep: Upkeep, plan: MaintenancePlan, due_at: datetime, rng: Random
) -> WorkOrder:
    cancelled = rng.random() < CANCELLED_SHARE
    late = rng.uniform(-1, 3)
    waiting = rng.choice(("planned", "planned", "in_progress"))
    past = due_at < subject.today - SLACK
    status = "cancelled" if cancelled else "closed" if past else waiting
    completed_at = due_at + timedelta(minutes=round(late * 1440)) if status == "closed" else None
    begun_at = min(due_at, subject.today) - timedelta(hours=1)
    started_at = completed_at - timedelta(hours=upkeep.hours) if completed_at else begun_at
    return WorkOrder(
        id=subject.id("work-order", upkeep.key, due_at.date().isoformat()),
        created_at=due_at - timedelta(days=upkeep.lead_days),
        asset_id=subject.asset_id,
        site_id=subject.place.site.id,
        location_id=subject.place.line_id,
        plan_id=plan.id,
        defect_id=None,
        title=f"{upkeep.title}: {subject.tail}",
        description="",
        type="preventive",
        priority="medium",
        status=status,
        assignee=rng.choice(TECHNICIANS),
        due_at=due_at,
        scheduled_start_at=due_at - timedelta(hours=upkeep.hours),
        started_at=started_at if status in {"closed", "in_progress"} else None,
        completed_at=completed_at,
        estimated_hours=upkeep.hours,
        actual_hours=round(upkeep.hours * rng.uniform(0.8, 1.3), 1) if completed_at else None,
        tasks=tuple(Task(title, status == "closed") for title in upkeep.tasks),
        completion_notes="Done as planned." if completed_at else "",
    )
