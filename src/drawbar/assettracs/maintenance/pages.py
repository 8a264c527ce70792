"""The pages of work orders and maintenance plans."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.assettracs import actions
from drawbar.assettracs.assets.kinds import ASSET_TABLE
from drawbar.assettracs.inspections.defects import DEFECT_TABLE
from drawbar.assettracs.maintenance.kinds import WORK_ORDERS
from drawbar.assettracs.maintenance.model import MOVES, PLAN_TABLE, WORK_ORDER_TABLE
from drawbar.assettracs.maintenance.recurrence import preview
from drawbar.assettracs.maintenance.sheet import PLAN_SHEET, WORK_ORDER_SHEET, in_reader_words
from drawbar.assettracs.places.kinds import SITE_TABLE
from drawbar.assettracs.places.store import path_to
from drawbar.assettracs.sheets.pages import REFUSED, context_of, form_routes, list_route
from drawbar.audit import Actor
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_ASSETS, WRITE_ASSETS
from drawbar.kit.errors import Problem, invalid
from drawbar.kit.http import forms
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.reader import writing_for
from drawbar.ui.responses import Page, go_on, reader_of

AnyRequest = Request[Any, Any, Any]
DATES = 12
"""How many of a plan's next days its page shows."""


@get("/assets/work-orders/{id:uuid}", guards=[session(READ_ASSETS)], include_in_schema=False)
async def show_order(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Show a work order: what to do, where, by when, and the moves it may make."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        order = await WORK_ORDER_TABLE.get(tx, id)
        context = context_of(
            request,
            sheet=WORK_ORDER_SHEET,
            order=order,
            moves=MOVES[order.status],
            asset=await ASSET_TABLE.find(tx, order.asset_id) if order.asset_id else None,
            site=await SITE_TABLE.find(tx, order.site_id) if order.site_id else None,
            place=await path_to(tx, order.location_id) if order.location_id else [],
            plan=await PLAN_TABLE.find(tx, order.plan_id) if order.plan_id else None,
            defect=await DEFECT_TABLE.find(tx, order.defect_id) if order.defect_id else None,
        )
    return Page("assettracs/maintenance/work_order.html", context)


@post("/assets/work-orders/{id:uuid}/move", guards=[session(WRITE_ASSETS)], include_in_schema=False)
async def move_order(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Redirect:
    """Let the order go on to another state; whoever takes up unassigned work is its assignee."""
    actor, posted = actor_of(request), await forms.fields(request)
    back, status = f"/assets/work-orders/{id}", posted.get("status", "")
    if status not in MOVES:
        raise invalid("status", "is no status of a work order.")
    try:
        async with database.writing(actor.workspace_id) as tx:
            order = await WORK_ORDER_TABLE.get(tx, id)
            taken = _taken_by(actor) if not order.assignee and status == "in_progress" else {}
            await actions.change(tx, actor, WORK_ORDERS, id, {"status": status, **taken})
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        return go_on(request, back, "%(reason)s", tone="bad", reason=problem.detail)
    return go_on(request, back, "Status changed.")


@post(
    "/assets/work-orders/{id:uuid}/tasks", guards=[session(WRITE_ASSETS)], include_in_schema=False
)
async def tick_tasks(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Redirect:
    """Keep which tasks of the checklist are done."""
    actor, posted = actor_of(request), await forms.fields(request)
    async with database.writing(actor.workspace_id) as tx:
        order = await WORK_ORDER_TABLE.get(tx, id)
        tasks = [
            msgspec.structs.replace(task, done=f"task-{place}" in posted)
            for place, task in enumerate(order.tasks)
        ]
        await actions.change(tx, actor, WORK_ORDERS, id, {"tasks": tasks})
    return go_on(request, f"/assets/work-orders/{id}")


@get("/assets/plans/{id:uuid}", guards=[session(READ_ASSETS)], include_in_schema=False)
async def show_plan(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Show a plan: its next days, and the orders it made."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        plan = await PLAN_TABLE.get(tx, id)
        asset = await ASSET_TABLE.find(tx, plan.asset_id)
        orders = await WORK_ORDER_TABLE.where(
            tx, "plan_id = $1 ORDER BY created_at DESC LIMIT 12", id
        )
    days = await asyncio.to_thread(
        preview, plan.rrule, plan.starts_at, plan.time_zone, tx.now, DATES
    )
    local = [day.astimezone(ZoneInfo(plan.time_zone)) for day in days]
    with writing_for(reader_of(request)):
        repeats = in_reader_words(plan.rrule)
    context = context_of(
        request,
        plan=plan,
        repeats=repeats,
        asset=asset,
        orders=orders,
        days=[(day.date(), day.strftime("%H:%M")) for day in local],
    )
    return Page("assettracs/maintenance/plan.html", context)


def maintenance_routes() -> Sequence[HTTPRouteHandler]:
    """Return the routes of work orders and plans."""
    return [
        list_route(WORK_ORDER_SHEET),
        *form_routes(WORK_ORDER_SHEET),
        list_route(PLAN_SHEET),
        *form_routes(PLAN_SHEET),
        show_order,
        move_order,
        tick_tasks,
        show_plan,
    ]


def _taken_by(actor: Actor) -> dict[str, str]:
    return {"assignee": actor.label}
