"""Proof that assets are fit: inspections, defects, certificates."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import field

from drawbar.schema.record import (
    EXAMPLE_ID,
    EXAMPLE_TIME,
    DocumentLink,
    Part,
    Person,
    Record,
    described,
)
from drawbar.schema.word import (
    CertificateStatus,
    DefectStatus,
    InspectionResult,
    InspectionStatus,
    Severity,
)


class Template(Part, frozen=True, kw_only=True):
    """The form an inspection was made with."""

    remote_id: Annotated[str | None, described("The source's key of the form.", "t-12")] = None
    name: Annotated[str | None, described("Name.", "Chain sling, 6 months")] = None
    version: Annotated[str | None, described("Published version.", "3")] = None


class Answer(Part, frozen=True, kw_only=True):
    """One question of an inspection and what was answered."""

    question: Annotated[str | None, described("What was asked.", "Hook latch closes?")] = None
    value: Annotated[
        Any, described("What was answered: text, number, flag or list.", "yes", 7.5)
    ] = None
    result: Annotated[
        str | None, described("Verdict on the answer in the source's words.", "pass")
    ] = None
    note: Annotated[str | None, described("Remark.", "Spring replaced")] = None


class Inspection(Record, frozen=True, kw_only=True):
    """A check of an asset against a form."""

    asset_id: Annotated[
        UUID | None, described("Asset inspected.", EXAMPLE_ID, references="assets")
    ] = None
    remote_asset_id: Annotated[
        str | None, described("The source's key of the asset.", "10000012")
    ] = None
    location_id: Annotated[
        UUID | None, described("Location inspected.", EXAMPLE_ID, references="locations")
    ] = None
    remote_location_id: Annotated[
        str | None, described("The source's key of the location.", "HAM-H1-P")
    ] = None
    template: Annotated[
        Template | None, described("Form used.", {"name": "Chain sling, 6 months", "version": "3"})
    ] = None
    title: Annotated[str | None, described("Name.", "Sling 18, autumn check")] = None
    status: Annotated[InspectionStatus | None, described("How far it has come.", "completed")] = (
        None
    )
    remote_status: Annotated[
        str | None, described("The source's own word for the status.", "completed")
    ] = None
    result: Annotated[InspectionResult | None, described("What it found.", "fail")] = None
    remote_result: Annotated[
        str | None, described("The source's own word for the result.", "fail")
    ] = None
    score: Annotated[
        float | None, described("Points reached, on the source's own scale.", 87.5)
    ] = None
    inspector: Annotated[Person | None, described("Who inspected.", {"name": "Bob Fischer"})] = None
    scheduled_at: Annotated[datetime | None, described("Planned time.", EXAMPLE_TIME)] = None
    due_at: Annotated[datetime | None, described("Latest time.", EXAMPLE_TIME)] = None
    started_at: Annotated[datetime | None, described("When it began.", EXAMPLE_TIME)] = None
    completed_at: Annotated[datetime | None, described("When it ended.", EXAMPLE_TIME)] = None
    answers: Annotated[
        list[Answer],
        described("Questions and answers.", [{"question": "Hook latch closes?", "value": "yes"}]),
    ] = field(default_factory=list)
    defect_ids: Annotated[
        list[UUID],
        described(
            "Defects found, when the source lists them here; every defect has `inspection_id`.",
            [EXAMPLE_ID],
            references="defects",
        ),
    ] = field(default_factory=list)
    remote_defect_ids: Annotated[
        list[str], described("The source's keys of those defects.", ["d-9"])
    ] = field(default_factory=list)
    certificate_id: Annotated[
        UUID | None,
        described("Certificate it gave.", EXAMPLE_ID, references="certificates"),
    ] = None
    remote_certificate_id: Annotated[
        str | None, described("The source's key of the certificate.", "c-123")
    ] = None


class Defect(Record, frozen=True, kw_only=True):
    """Something wrong with an asset."""

    asset_id: Annotated[
        UUID | None, described("Asset that has it.", EXAMPLE_ID, references="assets")
    ] = None
    remote_asset_id: Annotated[
        str | None, described("The source's key of the asset.", "10000012")
    ] = None
    inspection_id: Annotated[
        UUID | None, described("Inspection that found it.", EXAMPLE_ID, references="inspections")
    ] = None
    remote_inspection_id: Annotated[
        str | None, described("The source's key of the inspection.", "i-88")
    ] = None
    title: Annotated[str | None, described("What is wrong.", "Hook latch bent")] = None
    severity: Annotated[Severity | None, described("How bad it is.", "critical")] = None
    remote_severity: Annotated[
        str | None, described("The source's own word for the severity.", "critical")
    ] = None
    status: Annotated[DefectStatus | None, described("How far the repair has come.", "open")] = None
    remote_status: Annotated[
        str | None, described("The source's own word for the status.", "open")
    ] = None
    due_at: Annotated[datetime | None, described("When it must be gone.", EXAMPLE_TIME)] = None
    work_order_id: Annotated[
        UUID | None, described("Order that repairs it.", EXAMPLE_ID, references="work_orders")
    ] = None
    remote_work_order_id: Annotated[
        str | None, described("The source's key of the order.", "4000001")
    ] = None


class Requirement(Part, frozen=True, kw_only=True):
    """A duty that a certificate meets."""

    remote_id: Annotated[str | None, described("The source's key of the duty.", "r-5")] = None
    regulation: Annotated[str | None, described("Regulation.", "LOLER 1998 reg. 9")] = None
    title: Annotated[str | None, described("Name.", "Thorough examination")] = None


class Certificate(Record, frozen=True, kw_only=True):
    """Proof, with an end, that an asset meets a duty."""

    asset_id: Annotated[
        UUID | None, described("Asset certified.", EXAMPLE_ID, references="assets")
    ] = None
    remote_asset_id: Annotated[
        str | None, described("The source's key of the asset.", "10000012")
    ] = None
    requirement: Annotated[
        Requirement | None, described("Duty it meets.", {"title": "Thorough examination"})
    ] = None
    number: Annotated[str | None, described("Printed number.", "C-2026-000123")] = None
    issued_at: Annotated[datetime | None, described("When it was given.", EXAMPLE_TIME)] = None
    expires_at: Annotated[datetime | None, described("When it ends.", EXAMPLE_TIME)] = None
    status: Annotated[CertificateStatus | None, described("Whether it still counts.", "valid")] = (
        None
    )
    remote_status: Annotated[
        str | None, described("The source's own word for the status.", "valid")
    ] = None
    document: Annotated[
        DocumentLink | None, described("The paper itself.", {"name": "C-2026-000123.pdf"})
    ] = None
