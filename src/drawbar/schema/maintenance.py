"""Work on assets: orders, and the plans that make them."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import field

from drawbar.schema.record import (
    EXAMPLE_ID,
    EXAMPLE_TIME,
    Costs,
    DocumentLink,
    Part,
    Person,
    Record,
    Task,
    described,
)
from drawbar.schema.word import (
    PlanStatus,
    Priority,
    TriggerKind,
    WorkOrderStatus,
    WorkOrderType,
)


class MaterialLine(Part, frozen=True, kw_only=True):
    """A part planned for or used by an order."""

    remote_id: Annotated[str | None, described("The source's key of the line.", "0010")] = None
    remote_material_id: Annotated[
        str | None, described("The source's key of the material.", "SEAL-80")
    ] = None
    description: Annotated[str | None, described("What it is.", "Shaft seal 80 mm")] = None
    quantity: Annotated[Decimal | None, described("How much.", "2")] = None
    unit: Annotated[str | None, described("UCUM unit.", "{piece}")] = None
    unit_cost: Annotated[Decimal | None, described("Cost of one unit.", "18.40")] = None


class LaborLine(Part, frozen=True, kw_only=True):
    """Time one person spent on an order."""

    person: Annotated[Person | None, described("Who.", {"name": "Bob Fischer"})] = None
    hours: Annotated[float | None, described("Hours worked.", 1.5)] = None
    started_at: Annotated[datetime | None, described("From when.", EXAMPLE_TIME)] = None


class Failure(Part, frozen=True, kw_only=True):
    """Failure codes in the three slots of ISO 14224; the lists are the user's own."""

    problem: Annotated[str | None, described("What was seen.", "LEAK")] = None
    cause: Annotated[str | None, described("Why.", "WEAR")] = None
    remedy: Annotated[str | None, described("What was done.", "REPLACED")] = None


class WorkOrder(Record, frozen=True, kw_only=True):
    """A job to be done on an asset or at a place."""

    parent_id: Annotated[
        UUID | None, described("Order it is part of.", EXAMPLE_ID, references="work_orders")
    ] = None
    remote_parent_id: Annotated[
        str | None, described("The source's key of the parent order.", "4000001")
    ] = None
    asset_id: Annotated[
        UUID | None, described("Asset worked on.", EXAMPLE_ID, references="assets")
    ] = None
    remote_asset_id: Annotated[
        str | None, described("The source's key of the asset.", "10000012")
    ] = None
    location_id: Annotated[
        UUID | None, described("Location of the work.", EXAMPLE_ID, references="locations")
    ] = None
    remote_location_id: Annotated[
        str | None, described("The source's key of the location.", "HAM-H1-P")
    ] = None
    site_id: Annotated[
        UUID | None, described("Site of the work.", EXAMPLE_ID, references="sites")
    ] = None
    remote_site_id: Annotated[str | None, described("The source's key of the site.", "HAM")] = None
    plan_id: Annotated[
        UUID | None,
        described("Plan that made the order.", EXAMPLE_ID, references="maintenance_plans"),
    ] = None
    remote_plan_id: Annotated[str | None, described("The source's key of the plan.", "77")] = None
    service_request_id: Annotated[
        UUID | None,
        described("Request that asked for the work.", EXAMPLE_ID, references="service_requests"),
    ] = None
    remote_service_request_id: Annotated[
        str | None, described("The source's key of the request.", "10000345")
    ] = None
    title: Annotated[str | None, described("What to do, in a line.", "Replace shaft seal")] = None
    description: Annotated[str | None, described("Free text.", "Leaks since Monday")] = None
    type: Annotated[WorkOrderType | None, described("Why the work is done.", "corrective")] = None
    remote_type: Annotated[str | None, described("The source's own word for the type.", "PM01")] = (
        None
    )
    priority: Annotated[Priority | None, described("How soon it is wanted.", "high")] = None
    remote_priority: Annotated[
        str | None, described("The source's own word for the priority.", "1")
    ] = None
    status: Annotated[WorkOrderStatus | None, described("How far it has come.", "in_progress")] = (
        None
    )
    remote_status: Annotated[
        str | None, described("The source's own word for the status.", "REL")
    ] = None
    assignees: Annotated[
        list[Person], described("Who does the work.", [{"name": "Bob Fischer"}])
    ] = field(default_factory=list)
    team_id: Annotated[
        UUID | None, described("Team that does the work.", EXAMPLE_ID, references="teams")
    ] = None
    remote_team_id: Annotated[str | None, described("The source's key of the team.", "MECH")] = None
    account_id: Annotated[
        UUID | None, described("Account that pays.", EXAMPLE_ID, references="accounts")
    ] = None
    remote_account_id: Annotated[
        str | None, described("The source's key of the account.", "CC-4711")
    ] = None
    requested_by: Annotated[
        Person | None, described("Who asked for the work.", {"name": "Alice Meyer"})
    ] = None
    scheduled_start_at: Annotated[datetime | None, described("Planned start.", EXAMPLE_TIME)] = None
    scheduled_end_at: Annotated[datetime | None, described("Planned end.", EXAMPLE_TIME)] = None
    due_at: Annotated[datetime | None, described("When it must be done.", EXAMPLE_TIME)] = None
    started_at: Annotated[datetime | None, described("When work began.", EXAMPLE_TIME)] = None
    completed_at: Annotated[datetime | None, described("When work ended.", EXAMPLE_TIME)] = None
    estimated_hours: Annotated[float | None, described("Hours expected.", 2.0)] = None
    actual_hours: Annotated[float | None, described("Hours worked.", 1.5)] = None
    tasks: Annotated[
        list[Task], described("Checklist.", [{"title": "Check the oil level", "is_done": True}])
    ] = field(default_factory=list)
    materials: Annotated[
        list[MaterialLine], described("Parts planned or used.", [{"remote_material_id": "SEAL-80"}])
    ] = field(default_factory=list)
    labor: Annotated[list[LaborLine], described("Time spent, by person.", [{"hours": 1.5}])] = (
        field(default_factory=list)
    )
    costs: Annotated[
        Costs | None, described("Money spent.", {"total": "200.50", "currency": "EUR"})
    ] = None
    failure: Annotated[
        Failure | None, described("Failure codes.", {"problem": "LEAK", "cause": "WEAR"})
    ] = None
    completion_notes: Annotated[
        str | None, described("What was done.", "Seal replaced, test run 20 min")
    ] = None
    documents: Annotated[
        list[DocumentLink], described("Attached files.", [{"name": "before.jpg"}])
    ] = field(default_factory=list)


class Trigger(Part, frozen=True, kw_only=True):
    """One thing that makes a plan due."""

    kind: Annotated[TriggerKind, described("What it watches.", "calendar")]
    rrule: Annotated[
        str | None, described("Recurrence of a calendar trigger, RFC 5545.", "FREQ=MONTHLY")
    ] = None
    starts_at: Annotated[
        datetime | None, described("First occurrence of a calendar trigger.", EXAMPLE_TIME)
    ] = None
    time_zone: Annotated[
        str | None, described("IANA time zone of the recurrence.", "Europe/Berlin")
    ] = None
    lead_days: Annotated[
        int | None, described("Days before the due time that work is made.", 7)
    ] = None
    every: Annotated[Decimal | None, described("Meter units between two dues.", "250")] = None
    unit: Annotated[str | None, described("UCUM unit of the meter.", "h")] = None
    condition: Annotated[
        str | None, described("Condition in the source's words.", "vibration > 7 mm/s")
    ] = None


class MaintenancePlan(Record, frozen=True, kw_only=True):
    """A rule that makes work orders before something breaks."""

    asset_ids: Annotated[
        list[UUID], described("Assets it keeps.", [EXAMPLE_ID], references="assets")
    ] = field(default_factory=list)
    remote_asset_ids: Annotated[
        list[str], described("The source's keys of the assets.", ["10000012"])
    ] = field(default_factory=list)
    title: Annotated[str | None, described("Name.", "Monthly pump check")] = None
    description: Annotated[str | None, described("Free text.", "By the maker's manual")] = None
    triggers: Annotated[
        list[Trigger],
        described("What makes it due.", [{"kind": "calendar", "rrule": "FREQ=MONTHLY"}]),
    ] = field(default_factory=list)
    tasks: Annotated[
        list[Task], described("Checklist of its orders.", [{"title": "Check the oil level"}])
    ] = field(default_factory=list)
    status: Annotated[PlanStatus | None, described("Whether it makes work.", "active")] = None
    remote_status: Annotated[
        str | None, described("The source's own word for the status.", "active")
    ] = None
    next_due_at: Annotated[datetime | None, described("Next due time.", EXAMPLE_TIME)] = None
