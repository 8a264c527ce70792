"""Put the planned organisations into the database, one transaction each."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from drawbar.assettracs import counters
from drawbar.assettracs.assets.kinds import ASSET_TABLE, CATEGORY_TABLE
from drawbar.assettracs.compliance.model import CERTIFICATE_TABLE, REQUIREMENT_TABLE
from drawbar.assettracs.inspections.defects import DEFECT_TABLE
from drawbar.assettracs.inspections.model import INSPECTION_TABLE, TEMPLATE_TABLE
from drawbar.assettracs.maintenance.model import PLAN_TABLE, WORK_ORDER_TABLE
from drawbar.assettracs.places.kinds import LOCATION_TABLE, SITE_TABLE
from drawbar.assettracs.tags.kinds import SCAN_TABLE, TAG_TABLE
from drawbar.demo.model import DemoPlan, Inspection, InspectionTemplate, OrganizationPlan, Row
from drawbar.demo.people import add_key, add_organizations, add_people
from drawbar.demo.record import DemoRecord
from drawbar.kit.db import Database, Writing
from drawbar.kit.tables import Table

Told = Callable[[str, int, int], None]
"""Called with an organisation's name, how many are done, and of how many."""

CONNECTED_CARRIER = "DL"
HAPPENED = (
    "created_at",
    "attached_at",
    "scanned_at",
    "started_at",
    "completed_at",
    "issued_at",
)
"""Times at which a row was changed, unlike those it is due or expires at."""
KEPT = (UUID, datetime, date)


async def load(database: Database, plan: DemoPlan, record: DemoRecord, told: Told) -> int:
    """Load what is missing and return how many rows that were.

    An organisation is there as a whole or not at all, so that a load that was killed goes on.
    """
    await add_people(database, record)
    await add_organizations(database, record, [(each.id, each.name) for each in plan.organizations])
    loaded = 0
    for done, organization in enumerate(plan.organizations, 1):
        async with database.writing(organization.id) as tx:
            if not await ASSET_TABLE.where(tx, "true LIMIT 1"):
                loaded += await _load_organization(tx, organization)
        told(organization.name, done, len(plan.organizations))
    delta = next(each for each in plan.organizations if each.carrier == CONNECTED_CARRIER)
    await add_key(database, delta.id, record.assettracs.api_key)
    return loaded


async def _load_organization(tx: Writing, plan: OrganizationPlan) -> int:
    loaded = 0
    for table, rows in _tables(plan):
        converted = [_converted(table.row, row, tx.now) for row in rows]
        await table.insert_all(tx, converted)
        loaded += len(converted)
    await _skip_numbers(tx, plan)
    return loaded


def _tables(plan: OrganizationPlan) -> Iterator[tuple[Table[Any], Iterable[dict[str, Any]]]]:
    """Yield each table with its rows, after the tables it refers to."""
    questions = {template.id: _questions(template) for template in plan.templates}
    yield SITE_TABLE, map(_fields, plan.sites)
    yield LOCATION_TABLE, map(_fields, plan.locations)
    yield CATEGORY_TABLE, map(_fields, plan.categories)
    yield ASSET_TABLE, map(_fields, plan.assets)
    yield TAG_TABLE, map(_fields, plan.tags)
    yield SCAN_TABLE, map(_fields, plan.scans)
    yield (
        TEMPLATE_TABLE,
        ({**_fields(each), "questions": questions[each.id]} for each in plan.templates),
    )
    yield REQUIREMENT_TABLE, map(_fields, plan.requirements)
    yield PLAN_TABLE, map(_fields, plan.plans)
    yield INSPECTION_TABLE, (_inspected(each, questions) for each in plan.inspections)
    yield WORK_ORDER_TABLE, map(_fields, plan.work_orders)
    yield DEFECT_TABLE, map(_fields, plan.defects)
    yield CERTIFICATE_TABLE, map(_fields, plan.certificates)


def _fields(row: Row) -> dict[str, Any]:
    fields: dict[str, Any] = msgspec.to_builtins(row, builtin_types=KEPT)
    return fields


def _questions(template: InspectionTemplate) -> list[dict[str, Any]]:
    return [{"question": one.question, "critical": one.critical} for one in template.questions]


def _inspected(
    inspection: Inspection, questions: dict[UUID, list[dict[str, Any]]]
) -> dict[str, Any]:
    """An inspection keeps the questions as they were when it was made."""
    return {**_fields(inspection), "questions": questions[inspection.template_id]}


def _converted(kind: type[Any], fields: dict[str, Any], now: datetime) -> Any:
    """Return the platform's row, last modified when something last happened to it."""
    happened = [fields[name] for name in HAPPENED if fields.get(name)]
    modified_at = min(max(happened), now)
    return msgspec.convert({**fields, "modified_at": modified_at}, kind)


async def _skip_numbers(tx: Writing, plan: OrganizationPlan) -> None:
    """Let new work orders and certificates be numbered after the loaded ones."""
    last: dict[str, int] = {}
    for order in plan.work_orders:
        _raise(last, "work_order", int(order.number.rpartition("-")[2]))
    for certificate in plan.certificates:
        _, year, number = certificate.number.split("-")
        _raise(last, f"certificate:{year}", int(number))
    for name, value in last.items():
        await counters.skip_to(tx, name, value)


def _raise(last: dict[str, int], name: str, value: int) -> None:
    last[name] = max(last.get(name, 0), value)
