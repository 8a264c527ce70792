"""The pages of work orders and maintenance plans."""

from typing import Any

from drawbar.assettracs.assets.sheet import ASSET
from drawbar.assettracs.maintenance.kinds import MAINTENANCE_PLANS, WORK_ORDERS
from drawbar.assettracs.maintenance.model import MaintenancePlan, Task, WorkOrder
from drawbar.assettracs.maintenance.repeating import in_words, rule_of, texts_of_rule
from drawbar.assettracs.maintenance.store import zone_at_asset
from drawbar.assettracs.places.sheet import SITE
from drawbar.assettracs.sheets.model import Ask, Column, Sheet, Texts
from drawbar.kit.db import Reading
from drawbar.ui.reader import gettext

DONE = "[x]"
"""Begins the line of a finished task in the form."""


def tasks_from(text: str) -> list[dict[str, Any]]:
    """Read one task a line; a finished one begins with `[x]`."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [
        {"title": line.removeprefix(DONE).strip(), "done": line.startswith(DONE)} for line in lines
    ]


def tasks_as_text(tasks: list[Task]) -> str:
    """Write tasks as `tasks_from` reads them."""
    return "\n".join(f"{DONE} {task.title}" if task.done else task.title for task in tasks)


def in_reader_words(rrule: str) -> str:
    """Write how often a plan repeats in the reader's language."""
    return in_words(rrule, gettext)


async def with_zone_of_site(tx: Reading, texts: Texts, readers: str) -> Texts:
    """Give a new plan the time zone of its asset's site, else the reader's, unless it has one."""
    asset = texts.get("asset_id", "").strip()
    if texts.get("time_zone", "").strip() or not asset:
        return texts
    return {**texts, "time_zone": await zone_at_asset(tx, asset) or readers}


WORK_ORDER_SHEET = Sheet[WorkOrder](
    kind=WORK_ORDERS,
    path="/assets/work-orders",
    one="Work order",
    many="Work orders",
    new="New work order",
    icon="work_orders",
    title="title",
    columns=(
        Column("title", "Work order", "title", note="number", sorts=True),
        Column("asset_id", "Asset", "reference"),
        Column("status", "Status", "state"),
        Column("priority", "Priority", "rank"),
        Column("type", "Type", "words", minor=True),
        Column("assignee", "Assignee", sorts=True),
        Column("site_id", "Site", "reference", minor=True),
        Column("due_at", "Due", "due", sorts=True),
    ),
    asks=(
        Ask("title", "Title"),
        Ask("asset_id", "Asset", "Enter its code."),
        Ask("site_id", "Site", "Left empty, the asset's."),
        Ask("type", "Type"),
        Ask("priority", "Priority"),
        Ask("assignee", "Assignee"),
        Ask("due_at", "Due"),
        Ask("scheduled_start_at", "Planned start"),
        Ask("estimated_hours", "Estimated work", unit="h"),
        Ask("actual_hours", "Actual work", unit="h"),
        Ask("description", "Description", control="area"),
        Ask(
            "tasks",
            "Tasks",
            "One a line.",
            control="lines",
            read=tasks_from,
            write=tasks_as_text,
        ),
        Ask("completion_notes", "Completion notes", control="area"),
    ),
    empty=(
        "No work orders yet",
        (
            "A failed inspection opens one by itself. You can also report a problem, or plan work "
            "that returns."
        ),
    ),
    filters=(
        ("status", "Status"),
        ("priority", "Priority"),
        ("type", "Type"),
        ("site_id", "Site"),
    ),
    dates=(("due_before", "Due before"), ("due_after", "Due after")),
    references={"asset_id": ASSET, "site_id": SITE},
    search="Number, title or description",
    sort="-created_at",
)
PLAN_SHEET = Sheet[MaintenancePlan](
    kind=MAINTENANCE_PLANS,
    path="/assets/plans",
    one="Maintenance plan",
    many="Plans",
    new="New plan",
    icon="plans",
    title="title",
    columns=(
        Column("title", "Plan", "title", sorts=True),
        Column("asset_id", "Asset", "reference"),
        Column("status", "Status", "state"),
        Column("rrule", "Repeats", said=in_reader_words),
        Column("next_due_at", "Next due", "due", sorts=True),
    ),
    asks=(
        Ask("title", "Title"),
        Ask("asset_id", "Asset", "Enter its code."),
        Ask("rrule", "Repeat every", control="repeat", compose=rule_of, split=texts_of_rule),
        Ask(
            "time_zone",
            "Time zone",
            "Such as Europe/Berlin. Left empty, that of the asset's site.",
        ),
        Ask(
            "starts_at",
            "First time",
            "On the clocks of this time zone; it stays as it is over summer time.",
        ),
        Ask("lead_days", "Made ahead", unit="d"),
        Ask("status", "Status"),
        Ask("tasks", "Tasks", "One a line.", control="lines"),
        Ask("description", "Description", control="area"),
    ),
    empty=("No plans yet", "A plan makes a work order each time its work is due, by itself."),
    filters=(("status", "Status"),),
    dates=(("next_due_before", "Due before"),),
    references={"asset_id": ASSET},
    search="Title",
    sort="next_due_at",
    zone="time_zone",
    fill=with_zone_of_site,
)
