"""Work orders and maintenance plans."""

import asyncio
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import available_timezones

import msgspec

from drawbar.assettracs import actions, counters
from drawbar.assettracs.assets.kinds import ASSET_TABLE
from drawbar.assettracs.inspections.defects import DEFECT_TABLE, DEFECTS
from drawbar.assettracs.kind import Kind
from drawbar.assettracs.maintenance import worker_store
from drawbar.assettracs.maintenance.model import (
    FINISHED,
    MOVES,
    PLAN_TABLE,
    STARTED,
    WORK_ORDER_TABLE,
    MaintenancePlan,
    Status,
    WorkOrder,
)
from drawbar.assettracs.maintenance.recurrence import BadRuleError, next_occurrence
from drawbar.assettracs.references import referred
from drawbar.audit import Actor
from drawbar.kit.db import Writing
from drawbar.kit.errors import conflict, invalid

FIRST_NUMBER = 10001
YEARS = range(1970, 2200)
"""Years a plan may start in; outside them time zones and calendars are guesses."""

DEFECT_STATUS: MappingProxyType[Status, str] = MappingProxyType(
    dict.fromkeys(FINISHED, "closed") | {"in_progress": "in_repair", "on_hold": "in_repair"}
)
"""What an order's state says about its defect; open for all others."""
WORKED: frozenset[Status] = frozenset({"in_progress", "done"})
"""States that only whoever does the work moves an order to."""


async def _order(tx: Writing, before: WorkOrder | None, after: WorkOrder) -> WorkOrder:
    """Number a new order, place it where its asset is, and allow only moves that make sense."""
    _check_move(before, after)
    draft = await _for_defect(tx, before, after)
    draft = await _placed(tx, before, draft)
    draft = _timed(draft, tx.now)
    if before is None:
        number = await counters.next_number(tx, "work_order", first=FIRST_NUMBER)
        draft = msgspec.structs.replace(draft, number=f"WO-{number}")
    return draft


def _check_move(before: WorkOrder | None, after: WorkOrder) -> None:
    if before is None or before.status == after.status:
        return
    allowed = MOVES[before.status]
    if after.status not in allowed:
        can = f"it can become {' or '.join(allowed)}" if allowed else "it stays as it is"
        raise conflict(
            f"{before.number} is {before.status} and cannot become {after.status}; {can}."
        )


async def _for_defect(tx: Writing, before: WorkOrder | None, after: WorkOrder) -> WorkOrder:
    """An order that repairs a defect: on its asset, one at a time, and with a name to it."""
    if before is None:
        return await _begin_repair(tx, after)
    if before.defect_id != after.defect_id:
        raise conflict("An order keeps its defect. Make a new order for another one.")
    if after.defect_id is None:
        return after
    if before.asset_id != after.asset_id:
        raise conflict("A repair stays with the asset of its defect.")
    if before.status in FINISHED and before.assignee != after.assignee:
        raise conflict("Who did a finished repair stays on record.")
    if after.status in FINISHED and not (after.assignee or "").strip():
        raise invalid(
            "assignee", "is needed: somebody else than the repairer must inspect the asset."
        )
    return after


async def _begin_repair(tx: Writing, order: WorkOrder) -> WorkOrder:
    if order.defect_id is None:
        return order
    defect = await referred(tx, DEFECT_TABLE, order.defect_id, "defect_id", lock=True)
    if defect.status == "closed":
        raise conflict("This defect is closed. Report a new one.")
    former = defect.work_order_id and await WORK_ORDER_TABLE.find(tx, defect.work_order_id)
    if former and former.status != "cancelled":
        raise conflict(f"{former.number} repairs this defect already.")
    if order.status in FINISHED or order.status == "cancelled":
        raise invalid("status", "a repair begins unfinished; finish it when it is done.")
    if order.asset_id not in {None, defect.asset_id}:
        raise invalid("asset_id", "is not the asset of the defect.")
    return msgspec.structs.replace(order, asset_id=defect.asset_id)


async def _placed(tx: Writing, before: WorkOrder | None, after: WorkOrder) -> WorkOrder:
    """Take site and location from the asset where the caller named none."""
    moved = before is None or before.asset_id != after.asset_id
    if after.asset_id is None or not moved:
        return after
    # Locked before the counter, in the same order as a completed inspection locks them.
    asset = await referred(tx, ASSET_TABLE, after.asset_id, "asset_id", lock=True)
    if after.site_id or after.location_id:
        return after
    return msgspec.structs.replace(after, site_id=asset.site_id, location_id=asset.location_id)


def _timed(order: WorkOrder, now: datetime) -> WorkOrder:
    """Note when work began and ended; work taken up again has not ended."""
    ended = (order.completed_at or now) if order.status in FINISHED else None
    began = order.started_at or (min(ended or now, now) if order.status in STARTED else None)
    if ended and ended > now:
        raise invalid("completed_at", "lies in the future.")
    if ended and began and began > ended:
        raise invalid("started_at", "is after completed_at.")
    return msgspec.structs.replace(order, started_at=began, completed_at=ended)


async def _tell_others(
    tx: Writing, actor: Actor, before: WorkOrder | None, after: WorkOrder
) -> None:
    """Note who works, and keep the defect's state in step with the order that repairs it."""
    moved = before is None or before.status != after.status
    if moved and after.status in WORKED and actor.kind == "user" and actor.id is not None:
        await worker_store.note_worker(tx, after.id, actor.id)
    if after.defect_id is not None and moved:
        status = DEFECT_STATUS.get(after.status, "open")
        fields = {"status": status, "work_order_id": after.id}
        await actions.change(tx, actor, DEFECTS, after.defect_id, fields)


async def _stay(_tx: Writing, order: WorkOrder) -> None:
    if order.defect_id is not None:
        raise conflict(f"{order.number} repairs a defect; cancel it instead of deleting it.")


async def _schedule(
    tx: Writing, before: MaintenancePlan | None, after: MaintenancePlan
) -> MaintenancePlan:
    """Find the next due moment whenever the plan's times change."""
    if before is None or before.asset_id != after.asset_id:
        await referred(tx, ASSET_TABLE, after.asset_id, "asset_id")
    if before is not None and _times(before) == _times(after):
        return after
    if after.time_zone not in available_timezones():
        raise invalid("time_zone", "is no IANA time zone; write Europe/Berlin, for example.")
    if after.starts_at.year not in YEARS:
        raise invalid("starts_at", f"has a year outside {YEARS[0]} to {YEARS[-1]}.")
    just_before = tx.now - timedelta(microseconds=1)
    try:
        # In a thread: a rule that never occurs is searched for until the year 9999.
        due_at = await asyncio.to_thread(
            next_occurrence, after.rrule, after.starts_at, after.time_zone, just_before
        )
    except BadRuleError as error:
        raise invalid("rrule", str(error)) from error
    paused = after.status == "paused"
    if due_at is None and not paused:
        raise invalid("rrule", "never falls on a day from now on.")
    return msgspec.structs.replace(after, next_due_at=None if paused else due_at)


def _times(plan: MaintenancePlan) -> tuple[object, ...]:
    return plan.rrule, plan.starts_at, plan.time_zone, plan.status, plan.deleted_at


WORK_ORDERS = Kind(
    WORK_ORDER_TABLE,
    server_set=frozenset({"number", "plan_id"}),
    filters=(
        "number",
        "asset_id",
        "site_id",
        "location_id",
        "plan_id",
        "defect_id",
        "type",
        "priority",
        "status",
        "assignee",
    ),
    search="number || ' ' || title || ' ' || coalesce(description, '')",
    rule=_order,
    effect=_tell_others,
    parting=_stay,
)
MAINTENANCE_PLANS = Kind(
    PLAN_TABLE,
    server_set=frozenset({"next_due_at"}),
    filters=("asset_id", "status"),
    search="title",
    rule=_schedule,
)
