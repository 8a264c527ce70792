"""A defect and the corrective work order that follows from one failed answer."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import msgspec

from drawbar.demo.model import Defect, Task, WorkOrder
from drawbar.demo.subject import Subject
from drawbar.demo.wording import REPAIR_TASKS, REPAIRS, TECHNICIANS

DAYS_TO_CLOSE = {"critical": 1, "major": 7, "minor": 30}
MEAN_DAYS_TAKEN = {"critical": 4, "major": 6, "minor": 12}
PRIORITY = {"critical": "urgent", "major": "high", "minor": "low"}
STUCK_SHARE = 0.2
"""Repairs that wait for a part nobody has."""
BEGUN_SHARE = {"critical": 0.25, "major": 0.4, "minor": 0.45}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What failed, how badly, and when it was found (UTC)."""

    inspection_id: UUID
    template: str
    question: str
    note: str
    severity: str
    found_at: datetime


class _Progress(msgspec.Struct, frozen=True):
    defect: str
    order: str
    started_at: datetime | None
    completed_at: datetime | None


def repair(subject: Subject, finding: Finding, rng: Random) -> tuple[Defect, WorkOrder]:
    """Return the defect and its order: repaired after some days, being worked on, or open."""
    hours = rng.choice((1.5, 2.0, 3.0, 4.0, 6.5))
    progress = _progress(subject, finding, hours, rng)
    defect_id = subject.id("defect", str(finding.inspection_id))
    order_id = subject.id("work-order", str(finding.inspection_id))
    due_at = finding.found_at + timedelta(days=DAYS_TO_CLOSE[finding.severity])
    finished = progress.completed_at is not None
    defect = Defect(
        id=defect_id,
        created_at=finding.found_at,
        asset_id=subject.asset_id,
        inspection_id=finding.inspection_id,
        title=f"Failed: {finding.question}",
        severity=finding.severity,
        status=progress.defect,
        due_at=due_at,
        work_order_id=order_id,
    )
    order = WorkOrder(
        id=order_id,
        created_at=finding.found_at,
        asset_id=subject.asset_id,
        site_id=subject.place.site.id,
        location_id=subject.place.hangar_id,
        plan_id=None,
        defect_id=defect_id,
        title=f"Repair {subject.tail} after {finding.template}",
        description=f"{finding.question} {finding.note}",
        type="corrective",
        priority=PRIORITY[finding.severity],
        status=progress.order,
        assignee=None if progress.order in {"request", "triaged"} else rng.choice(TECHNICIANS),
        due_at=due_at,
        scheduled_start_at=None if progress.order == "request" else due_at - timedelta(hours=8),
        started_at=progress.started_at,
        completed_at=progress.completed_at,
        estimated_hours=hours,
        actual_hours=round(hours * rng.uniform(0.7, 1.6), 1) if finished else None,
        tasks=_tasks(progress),
        completion_notes=rng.choice(REPAIRS) if finished else "",
    )
    return defect, order


def _progress(subject: Subject, finding: Finding, hours: float, rng: Random) -> _Progress:
    days = rng.expovariate(1 / MEAN_DAYS_TAKEN[finding.severity])
    stuck = rng.random() < STUCK_SHARE
    repaired_at = finding.found_at + timedelta(hours=round(4 + hours + 24 * days))
    if not stuck and repaired_at < subject.moment(-1, 0):
        order = rng.choices(("closed", "reviewed", "done"), (80, 12, 8))[0]
        return _Progress("closed", order, repaired_at - timedelta(hours=hours), repaired_at)
    if rng.random() < BEGUN_SHARE[finding.severity]:
        began_at = subject.moment(-1, 0) - timedelta(minutes=rng.randint(0, 1_000))
        order = rng.choices(("in_progress", "on_hold"), (75, 25))[0]
        return _Progress("in_repair", order, max(began_at, finding.found_at), None)
    order = rng.choices(("request", "triaged", "planned"), (25, 30, 45))[0]
    return _Progress("open", order, None, None)


def _tasks(progress: _Progress) -> tuple[Task, ...]:
    done = len(REPAIR_TASKS) if progress.completed_at else int(progress.started_at is not None)
    return tuple(Task(title, rank < done) for rank, title in enumerate(REPAIR_TASKS))
