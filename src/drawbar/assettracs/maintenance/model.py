"""Work orders and plans: structs, and the moves an order may make."""

from types import MappingProxyType
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from drawbar.assettracs.fields import Hours, Moment, Name, Text, Word
from drawbar.kit.tables import Row, Table

Status = Literal[
    "request",
    "triaged",
    "planned",
    "in_progress",
    "on_hold",
    "done",
    "reviewed",
    "closed",
    "cancelled",
]

MOVES: MappingProxyType[Status, tuple[Status, ...]] = MappingProxyType(
    {
        "request": ("triaged", "planned", "in_progress", "cancelled"),
        "triaged": ("planned", "in_progress", "on_hold", "cancelled"),
        "planned": ("in_progress", "on_hold", "done", "cancelled"),
        "in_progress": ("on_hold", "done", "cancelled"),
        "on_hold": ("in_progress", "planned", "cancelled"),
        "done": ("reviewed", "closed", "in_progress"),
        "reviewed": ("closed", "in_progress"),
        "closed": (),
        "cancelled": (),
    }
)
"""Which states an order may go to from each, the likeliest first.

Work that did not satisfy goes back to in_progress.
"""

STARTED: frozenset[Status] = frozenset({"in_progress", "done", "reviewed", "closed"})
FINISHED: frozenset[Status] = frozenset({"done", "reviewed", "closed"})


class Task(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a checklist."""

    title: Name
    done: bool = False


class WorkOrder(Row, frozen=True, kw_only=True):
    """Work on an asset or at a place; site and location are the asset's unless given."""

    number: str = ""
    asset_id: UUID | None = None
    site_id: UUID | None = None
    location_id: UUID | None = None
    plan_id: UUID | None = None
    defect_id: UUID | None = None
    title: Name
    description: Text | None = None
    type: Literal["corrective", "preventive", "inspection", "other"] = "corrective"
    priority: Literal["low", "medium", "high", "urgent"] = "medium"
    status: Status = "request"
    assignee: Word | None = None
    due_at: Moment | None = None
    scheduled_start_at: Moment | None = None
    started_at: Moment | None = None
    completed_at: Moment | None = None
    estimated_hours: Hours | None = None
    actual_hours: Hours | None = None
    tasks: Annotated[list[Task], Meta(max_length=500)] = []
    completion_notes: Text | None = None


class MaintenancePlan(Row, frozen=True, kw_only=True):
    """Work that recurs: an RFC 5545 rule that counts from `starts_at` on the plan's own clocks."""

    title: Name
    description: Text | None = None
    asset_id: UUID
    rrule: Annotated[str, Meta(min_length=1, max_length=500)]
    starts_at: Moment
    time_zone: Word = "UTC"
    lead_days: Annotated[int, Meta(ge=0, le=365)] = 7
    status: Literal["active", "paused"] = "active"
    next_due_at: Moment | None = None
    tasks: Annotated[list[Name], Meta(max_length=500)] = []


WORK_ORDER_TABLE = Table("assettracs.work_orders", WorkOrder, "work order")
PLAN_TABLE = Table("assettracs.maintenance_plans", MaintenancePlan, "maintenance plan")
