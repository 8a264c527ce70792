"""The rows of the demo, with the field names and words of the asset API; days and times are UTC.

The platform itself adds modified_at and version (of the row) when it is loaded.
"""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What every row has; the id is derived, so that loading twice finds the same rows."""

    id: UUID
    external_id: str | None = None
    created_at: datetime


class Site(Row, frozen=True, kw_only=True):
    """An airport the airline serves; no coordinates and no zone where airports.csv lacks it."""

    name: str
    code: str
    description: str
    latitude: float | None
    longitude: float | None
    time_zone: str | None
    status: str = "active"


class Location(Row, frozen=True, kw_only=True):
    """A part of a site."""

    site_id: UUID
    parent_id: UUID | None
    name: str
    code: str
    type: str
    description: str


class Category(Row, frozen=True, kw_only=True):
    """A kind of aircraft: the registry's type, and below it type and engine."""

    name: str
    code_prefix: str
    parent_id: UUID | None


class Asset(Row, frozen=True, kw_only=True):
    """An aircraft; code and external_id are its tail number."""

    code: str
    name: str
    description: str
    category_id: UUID
    category: str
    make: str
    model: str
    criticality: str
    status: str
    site_id: UUID
    location_id: UUID | None
    activated_on: date | None
    custom_fields: Mapping[str, int | str]
    tags: tuple[str, ...]
    """The payloads attached to it."""


class Tag(Row, frozen=True, kw_only=True):
    """The QR tag of one aircraft."""

    asset_id: UUID
    payload: str
    attached_at: datetime
    kind: str = "qr"
    state: str = "attached"


class TagScan(Row, frozen=True, kw_only=True):
    """Somebody scanned the tag after an arrival; degrees are the airport's."""

    tag_id: UUID
    asset_id: UUID
    payload: str
    scanned_at: datetime
    site_id: UUID
    location_id: UUID | None
    latitude: float | None
    longitude: float | None
    scanned_by: str
    action: str


class Question(msgspec.Struct, frozen=True):
    """A pass or fail question; failing a critical one quarantines the aircraft."""

    question: str
    critical: bool = False
    kind: str = "pass_fail"


class InspectionTemplate(Row, frozen=True, kw_only=True):
    """A published list of questions."""

    name: str
    template_version: int
    questions: tuple[Question, ...]
    status: str = "published"


class Answer(msgspec.Struct, frozen=True):
    """One answer: value and result are pass or fail, the note says what was found."""

    question: str
    value: str
    result: str
    note: str = ""


class Inspection(Row, frozen=True, kw_only=True):
    """One inspection; its score is the percentage of answers that passed."""

    asset_id: UUID
    template_id: UUID
    template_name: str
    template_version: int
    title: str
    status: str
    result: str | None = None
    score: int | None = None
    inspector: str | None
    scheduled_at: datetime
    due_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    answers: tuple[Answer, ...] = ()
    certificate_id: UUID | None = None


class Defect(Row, frozen=True, kw_only=True):
    """What an inspection found wrong, and the order that repairs it."""

    asset_id: UUID
    inspection_id: UUID
    title: str
    severity: str
    status: str
    due_at: datetime
    work_order_id: UUID


class Task(msgspec.Struct, frozen=True):
    """One line of a work order's checklist."""

    title: str
    done: bool


class WorkOrder(Row, frozen=True, kw_only=True):
    """A repair after a defect (corrective) or an occurrence of a plan (preventive)."""

    number: str = ""
    asset_id: UUID
    site_id: UUID
    location_id: UUID | None
    plan_id: UUID | None
    defect_id: UUID | None
    title: str
    description: str
    type: str
    priority: str
    status: str
    assignee: str | None
    due_at: datetime
    scheduled_start_at: datetime | None
    started_at: datetime | None
    completed_at: datetime | None
    estimated_hours: float
    actual_hours: float | None
    tasks: tuple[Task, ...]
    completion_notes: str


class MaintenancePlan(Row, frozen=True, kw_only=True):
    """A recurrence (RFC 5545 RRULE from starts_at); next_due_at is the first without an order."""

    title: str
    description: str
    asset_id: UUID
    rrule: str
    starts_at: datetime
    time_zone: str
    lead_days: int
    status: str
    next_due_at: datetime
    tasks: tuple[str, ...]


class Requirement(Row, frozen=True, kw_only=True):
    """A rule of the organisation's own, never of a statute; no category means every aircraft."""

    title: str
    regulation: str
    interval_months: int
    template_id: UUID
    category_id: UUID | None


class Certificate(Row, frozen=True, kw_only=True):
    """Proof that a requirement was met, issued from a passed inspection only."""

    number: str = ""
    asset_id: UUID
    requirement_id: UUID
    inspection_id: UUID
    issued_at: datetime
    expires_at: datetime
    status: str = "valid"


class OrganizationPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One airline as an organisation, with everything to load; rows refer only to rows in it."""

    id: UUID
    carrier: str
    name: str
    sites: tuple[Site, ...]
    locations: tuple[Location, ...]
    categories: tuple[Category, ...]
    assets: tuple[Asset, ...]
    tags: tuple[Tag, ...]
    scans: tuple[TagScan, ...]
    templates: tuple[InspectionTemplate, ...]
    requirements: tuple[Requirement, ...]
    inspections: tuple[Inspection, ...]
    defects: tuple[Defect, ...]
    plans: tuple[MaintenancePlan, ...]
    work_orders: tuple[WorkOrder, ...]
    certificates: tuple[Certificate, ...]


class DemoPlan(msgspec.Struct, frozen=True):
    """All organisations by carrier code, and what the real data lacks, a sentence each."""

    organizations: tuple[OrganizationPlan, ...]
    missing: tuple[str, ...]
