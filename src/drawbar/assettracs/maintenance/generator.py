"""Work orders from plans: one per plan and occurrence, however often and wherever it runs."""

import asyncio
from datetime import datetime, timedelta
from itertools import takewhile
from uuid import UUID

from drawbar.assettracs import actions
from drawbar.assettracs.assets.kinds import ASSET_TABLE
from drawbar.assettracs.maintenance import store
from drawbar.assettracs.maintenance.kinds import MAINTENANCE_PLANS, WORK_ORDERS
from drawbar.assettracs.maintenance.model import (
    PLAN_TABLE,
    WORK_ORDER_TABLE,
    MaintenancePlan,
    Task,
)
from drawbar.assettracs.maintenance.recurrence import next_occurrence, occurrences
from drawbar.audit import model
from drawbar.kit import json, logs
from drawbar.kit.db import Database, Writing
from drawbar.kit.errors import Problem

log = logs.logger(__name__)


async def generate(database: Database) -> int:
    """Make the work orders due in every workspace and return how many; for a job each minute.

    Each plan is a transaction of its own: one that fails is logged and holds nobody up.
    """
    async with database.as_system("find due maintenance plans") as system:
        due = await store.due_plans(system, system.now)
    made = 0
    for workspace_id, plan_id in due:
        try:
            async with database.writing(workspace_id) as tx:
                made += await make_due_work_orders(tx, plan_id)
        except (Problem, ValueError):
            log.exception("plan.failed", plan_id=str(plan_id))
    return made


async def make_due_work_orders(tx: Writing, plan_id: UUID) -> int:
    """Make a plan's orders up to its lead time and move it on; return how many were made.

    The plan's row is held until the commit, so a second worker finds it moved on; a worker killed
    before the commit leaves it due. Of occurrences that were missed only the latest is made.
    """
    plan = await PLAN_TABLE.find(tx, plan_id, lock=True)
    if plan is None or not await _is_due(tx, plan):
        return 0
    horizon = tx.now + timedelta(days=plan.lead_days)
    moments, next_due_at = await asyncio.to_thread(_due, plan, horizon)
    missed = [moment for moment in moments if moment <= tx.now]
    made = 0
    if missed:
        made += await _make_order(tx, plan, missed[-1], skipped=len(missed) - 1)
    for moment in moments[len(missed) :]:
        made += await _make_order(tx, plan, moment, skipped=0)
    fields = {"next_due_at": next_due_at}
    await actions.change(tx, _planner(tx), MAINTENANCE_PLANS, plan.id, fields)
    return made


async def _is_due(tx: Writing, plan: MaintenancePlan) -> bool:
    if plan.deleted_at or plan.status != "active" or plan.next_due_at is None:
        return False
    asset = await ASSET_TABLE.find(tx, plan.asset_id)
    if asset is None or asset.deleted_at or asset.status == "retired":
        return False
    return plan.next_due_at <= tx.now + timedelta(days=plan.lead_days)


def _due(plan: MaintenancePlan, horizon: datetime) -> tuple[list[datetime], datetime | None]:
    """Return the occurrences from the plan's next one to the horizon, and the one after it."""
    if plan.next_due_at is None:
        return [], None
    times = (plan.rrule, plan.starts_at, plan.time_zone)
    just_before = plan.next_due_at - timedelta(microseconds=1)
    moments = takewhile(lambda moment: moment <= horizon, occurrences(*times, just_before))
    return list(moments), next_occurrence(*times, horizon)


async def _make_order(tx: Writing, plan: MaintenancePlan, due_at: datetime, *, skipped: int) -> int:
    external_id = f"plan:{plan.id}:{json.timestamp(due_at)}"
    if await WORK_ORDER_TABLE.find_by_external_id(tx, external_id):
        return 0
    missed = f"{skipped} earlier occurrence(s) were missed and left out." if skipped else None
    fields = {
        "external_id": external_id,
        "asset_id": plan.asset_id,
        "plan_id": plan.id,
        "title": plan.title,
        "description": "\n\n".join(filter(None, (plan.description, missed))) or None,
        "type": "preventive",
        "status": "planned",
        "due_at": due_at,
        "tasks": [Task(title=title) for title in plan.tasks],
    }
    await actions.create(tx, _planner(tx), WORK_ORDERS, fields)
    return 1


def _planner(tx: Writing) -> model.Actor:
    return model.drawbar(tx.workspace_id, "plans")
