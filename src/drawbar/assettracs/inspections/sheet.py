"""The pages of inspection templates, inspections and defects."""

from typing import Any

from drawbar.assettracs.assets.sheet import ASSET
from drawbar.assettracs.inspections.defects import DEFECTS, Defect
from drawbar.assettracs.inspections.kinds import INSPECTION_TEMPLATES, INSPECTIONS
from drawbar.assettracs.inspections.model import (
    INSPECTION_TABLE,
    TEMPLATE_TABLE,
    Inspection,
    InspectionTemplate,
    Question,
)
from drawbar.assettracs.maintenance.model import WORK_ORDER_TABLE
from drawbar.assettracs.sheets.model import Ask, Column, Reference, Sheet

CRITICAL = "!"
"""Begins the line of a critical question in the form."""

TEMPLATE = Reference(TEMPLATE_TABLE, "name", "/assets/templates")
INSPECTION = Reference(INSPECTION_TABLE, "title", "/assets/inspections", typed=True)
WORK_ORDER = Reference(WORK_ORDER_TABLE, "number", "/assets/work-orders", typed=True)


def questions_from(text: str) -> list[dict[str, Any]]:
    """Read one question a line; a critical one begins with an exclamation mark."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [
        {"question": line.removeprefix(CRITICAL).strip(), "critical": line.startswith(CRITICAL)}
        for line in lines
    ]


def questions_as_text(questions: list[Question]) -> str:
    """Write questions as `questions_from` reads them."""
    return "\n".join(f"{CRITICAL} {q.question}" if q.critical else q.question for q in questions)


TEMPLATE_SHEET = Sheet[InspectionTemplate](
    kind=INSPECTION_TEMPLATES,
    path="/assets/templates",
    one="Inspection template",
    many="Inspection templates",
    new="New template",
    icon="inspections",
    title="name",
    columns=(
        Column("name", "Template", "title", sorts=True),
        Column("status", "Status", "state"),
        Column("template_version", "Version", "number"),
        Column("modified_at", "Changed", "ago", sorts=True),
    ),
    asks=(
        Ask("name", "Name"),
        Ask(
            "questions",
            "Questions",
            "One a line. Begin a critical one with an exclamation mark: failing it quarantines.",
            control="lines",
            read=questions_from,
            write=questions_as_text,
        ),
        Ask("status", "Status", "Only a published template can be inspected by."),
    ),
    empty=("No templates yet", "A template is the list of questions an inspection asks."),
    filters=(("status", "Status"),),
    search="Name",
    sort="name",
)
INSPECTION_SHEET = Sheet[Inspection](
    kind=INSPECTIONS,
    path="/assets/inspections",
    one="Inspection",
    many="Inspections",
    new="New inspection",
    icon="inspections",
    title="title",
    columns=(
        Column("title", "Inspection", "title", sorts=True),
        Column("asset_id", "Asset", "reference"),
        Column("status", "Status", "state"),
        Column("result", "Result", "state"),
        Column("inspector", "Inspector"),
        Column("due_at", "Due", "due", sorts=True),
        Column("completed_at", "Completed", "ago", sorts=True),
    ),
    asks=(
        Ask("asset_id", "Asset", "Enter its code."),
        Ask("template_id", "Template"),
        Ask("inspector", "Inspector"),
        Ask("due_at", "Due"),
    ),
    empty=(
        "No inspections yet",
        (
            "An inspection asks a template's questions about one asset. A failed critical question "
            "quarantines the asset and opens a work order."
        ),
    ),
    filters=(("status", "Status"), ("result", "Result"), ("template_id", "Template")),
    dates=(("due_before", "Due before"), ("due_after", "Due after")),
    references={"asset_id": ASSET, "template_id": TEMPLATE},
    search="Title",
    sort="-created_at",
)
DEFECT_SHEET = Sheet[Defect](
    kind=DEFECTS,
    path="/assets/defects",
    one="Defect",
    many="Defects",
    new="Report a defect",
    icon="attention",
    title="title",
    columns=(
        Column("title", "Defect", "title", sorts=True),
        Column("asset_id", "Asset", "reference"),
        Column("severity", "Severity", "state"),
        Column("status", "Status", "state"),
        Column("due_at", "Repair by", "due", sorts=True),
        Column("work_order_id", "Work order", "reference"),
        Column("inspection_id", "Found by", "reference"),
    ),
    asks=(
        Ask("asset_id", "Asset", "Enter its code."),
        Ask("title", "What is wrong"),
        Ask("severity", "Severity", "A critical defect quarantines the asset at once."),
        Ask("due_at", "Repair by", "Left empty: a day when critical, a week when major, a month."),
    ),
    empty=("No defects", "Failed answers of inspections appear here, each with its work order."),
    filters=(("status", "Status"), ("severity", "Severity")),
    dates=(("due_before", "Due before"),),
    references={"asset_id": ASSET, "work_order_id": WORK_ORDER, "inspection_id": INSPECTION},
    search="Title",
    sort="-created_at",
)
