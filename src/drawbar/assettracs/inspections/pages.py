"""The pages of inspections: lists, the runner, the result and what followed."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.assettracs import actions
from drawbar.assettracs.assets.kinds import ASSET_TABLE
from drawbar.assettracs.inspections import followup_store
from drawbar.assettracs.inspections.independence import is_for_others
from drawbar.assettracs.inspections.kinds import INSPECTIONS
from drawbar.assettracs.inspections.model import (
    INSPECTION_TABLE,
    MOVES,
    Answer,
    Inspection,
)
from drawbar.assettracs.inspections.sheet import DEFECT_SHEET, INSPECTION_SHEET, TEMPLATE_SHEET
from drawbar.assettracs.sheets.pages import (
    REFUSED,
    context_of,
    detail_route,
    form_routes,
    list_route,
)
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_ASSETS, WRITE_ASSETS
from drawbar.kit.db import Database
from drawbar.kit.errors import Problem, invalid
from drawbar.kit.http import forms
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.responses import Page, go_on, wants_fragment

AnyRequest = Request[Any, Any, Any]
VERDICTS = ("pass", "fail", "na")
BEGUN = (
    "asset_id = $1 AND template_id = $2 AND inspector = $3 AND status = 'in_progress' "
    "ORDER BY created_at LIMIT 1"
)


@get("/assets/inspections/{id:uuid}", guards=[session(READ_ASSETS)], include_in_schema=False)
async def show_inspection(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Show an inspection: its answers, its result, and what followed from it."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        inspection = await INSPECTION_TABLE.get(tx, id)
        asset = await ASSET_TABLE.find(tx, inspection.asset_id)
        found = await followup_store.found_by(tx, id)
        issued = await followup_store.issued_by(tx, id)
    context = context_of(
        request,
        inspection=inspection,
        asset=asset,
        found=found,
        issued=issued,
        is_open="completed" in MOVES[inspection.status],
    )
    return Page("assettracs/inspections/inspection.html", context)


@post("/assets/inspections/start", guards=[session(WRITE_ASSETS)], include_in_schema=False)
async def start(request: AnyRequest, database: TheDatabase) -> Redirect:
    """Begin an inspection of an asset by a template, or go on with the person's own begun one."""
    actor, posted = actor_of(request), await forms.fields(request)
    asset_id, template_id = _id(posted, "asset_id"), _id(posted, "template_id")
    try:
        async with database.writing(actor.workspace_id) as tx:
            fields = {
                "asset_id": asset_id,
                "template_id": template_id,
                "status": "in_progress",
                "inspector": actor.label,
            }
            begun = await INSPECTION_TABLE.where(tx, BEGUN, asset_id, template_id, actor.label)
            made = begun[0] if begun else await actions.create(tx, actor, INSPECTIONS, fields)
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        return go_on(
            request, f"/assets/{asset_id}", "%(reason)s", tone="bad", reason=problem.detail
        )
    return go_on(request, f"/assets/inspections/{made.id}/run")


@get("/assets/inspections/{id:uuid}/run", guards=[session(WRITE_ASSETS)], include_in_schema=False)
async def run(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page | Redirect:
    """Ask the questions; a finished inspection shows its result instead."""
    return await _runner(request, database, id)


@post(
    "/assets/inspections/{id:uuid}/answers",
    guards=[session(WRITE_ASSETS)],
    include_in_schema=False,
)
async def save_answers(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> Page | Redirect:
    """Keep the answers given so far; with JavaScript at every tap."""
    posted = await forms.fields(request)
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        inspection = await INSPECTION_TABLE.get(tx, id)
        fields = {"answers": _answers(inspection, posted), **_begun(inspection, actor.label)}
        saved = await actions.change(tx, actor, INSPECTIONS, id, fields)
    if wants_fragment(request):
        context = {"answered": len(saved.answers), "asked": len(saved.questions)}
        return Page("assettracs/inspections/saved.html", context, block="saved")
    return go_on(request, f"/assets/inspections/{id}/run", "Saved.")


@post(
    "/assets/inspections/{id:uuid}/finish", guards=[session(WRITE_ASSETS)], include_in_schema=False
)
async def finish(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page | Redirect:
    """Complete the inspection: the result, and whatever follows, is decided at once."""
    actor, posted = actor_of(request), await forms.fields(request)
    try:
        async with database.writing(actor.workspace_id) as tx:
            inspection = await INSPECTION_TABLE.get(tx, id)
            fields = {
                **_begun(inspection, actor.label),
                "answers": _answers(inspection, posted),
                "status": "completed",
            }
            await actions.change(tx, actor, INSPECTIONS, id, fields)
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        return await _runner(request, database, id, posted, problem)
    return go_on(request, f"/assets/inspections/{id}")


def inspection_routes() -> Sequence[HTTPRouteHandler]:
    """Return the routes of templates, inspections and defects."""
    return [
        *(list_route(sheet) for sheet in (INSPECTION_SHEET, TEMPLATE_SHEET, DEFECT_SHEET)),
        *form_routes(INSPECTION_SHEET),
        *form_routes(TEMPLATE_SHEET),
        *form_routes(DEFECT_SHEET),
        detail_route(TEMPLATE_SHEET, "assettracs/inspections/template.html"),
        detail_route(DEFECT_SHEET),
        show_inspection,
        start,
        run,
        save_answers,
        finish,
    ]


async def _runner(
    request: AnyRequest,
    database: Database,
    id: UUID,
    posted: Mapping[str, str] | None = None,
    problem: Problem | None = None,
) -> Page | Redirect:
    async with database.reading(actor_of(request).workspace_id) as tx:
        inspection = await INSPECTION_TABLE.get(tx, id)
        asset = await ASSET_TABLE.find(tx, inspection.asset_id)
        for_others = asset is not None and await is_for_others(
            tx, actor_of(request), asset, inspection.template_id, inspection.inspector
        )
    if "completed" not in MOVES[inspection.status]:
        return go_on(request, f"/assets/inspections/{id}")
    given = _answers(inspection, posted) if posted is not None else inspection.answers
    said = {answer.question: answer for answer in given}
    context = context_of(
        request,
        inspection=inspection,
        asset=asset,
        said=said,
        for_others=for_others,
        missed=problem is not None,
        problem=problem,
        answered=len(said),
        asked=len(inspection.questions),
    )
    return Page("assettracs/inspections/run.html", context, status_code=422 if problem else 200)


def _answers(inspection: Inspection, posted: Mapping[str, str]) -> list[Answer]:
    """Read the answers of the form: `answer-3` and `note-3` belong to the fourth question."""
    answers = []
    for place, question in enumerate(inspection.questions):
        value = posted.get(f"answer-{place}")
        if value is not None and value not in VERDICTS:
            raise invalid("answers", f"'{question.question}' is answered pass, fail or na.")
        if value is not None:
            note = posted.get(f"note-{place}", "").strip()[:10_000] or None
            answers.append(Answer(question=question.question, value=value, note=note))  # type: ignore[arg-type]
    return answers


def _begun(inspection: Inspection, inspector: str) -> dict[str, str]:
    """Return who inspects, where nobody was named, and that it is under way."""
    begun = {} if inspection.inspector else {"inspector": inspector}
    return begun if inspection.status == "in_progress" else {**begun, "status": "in_progress"}


def _id(posted: Mapping[str, str], name: str) -> UUID:
    try:
        return UUID(posted.get(name, ""))
    except ValueError as error:
        raise invalid(name, "is missing.") from error
