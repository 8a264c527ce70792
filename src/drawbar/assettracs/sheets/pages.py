"""The routes every kind's pages share: list, new, edit."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.assettracs import actions
from drawbar.assettracs.sheets import form, store
from drawbar.assettracs.sheets.listing import listing
from drawbar.assettracs.sheets.model import Sheet
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import ADMINISTER_ASSETS, READ_ASSETS, WRITE_ASSETS
from drawbar.kit.db import Database
from drawbar.kit.errors import Problem
from drawbar.kit.http import forms
from drawbar.kit.http.provided import TheCursors, TheDatabase
from drawbar.kit.tables import Row
from drawbar.ui.reader import writing_for
from drawbar.ui.responses import Page, go_on, reader_of

AnyRequest = Request[Any, Any, Any]
REFUSED = frozenset({409, 422})
"""Statuses a person can mend in the form."""


def context_of(request: AnyRequest, **more: Any) -> dict[str, Any]:
    """Return what every page of the platform is given besides its own."""
    actor = actor_of(request)
    return {
        "product": "assets",
        "may_write": actor.may(WRITE_ASSETS),
        "may_administer": actor.may(ADMINISTER_ASSETS),
        **more,
    }


def list_route(
    sheet: Sheet[Any], template: str = "assettracs/sheets/list.html"
) -> HTTPRouteHandler:
    """Make the list of a kind; filters, order and page stand in its address."""

    @get(
        sheet.list_path,
        guards=[session(READ_ASSETS)],
        name=f"list of {sheet.kind.name}",
        include_in_schema=False,
    )
    async def list_rows(request: AnyRequest, database: TheDatabase, cursors: TheCursors) -> Page:
        async with database.reading(actor_of(request).workspace_id) as tx:
            found = await listing(tx, sheet, dict(request.query_params.items()), cursors)
        return Page(template, context_of(request, sheet=sheet, listing=found))

    return list_rows


def form_routes(sheet: Sheet[Any], right: str = WRITE_ASSETS) -> list[HTTPRouteHandler]:
    """Make the forms of a kind: new and edit, each shown and posted at the same address."""

    @get(f"{sheet.path}/new", guards=[session(right)], include_in_schema=False)
    async def new(request: AnyRequest, database: TheDatabase) -> Page:
        texts: Mapping[str, str] = form.texts_of_new(sheet, dict(request.query_params.items()))
        async with database.reading(actor_of(request).workspace_id) as tx:
            texts = await form.filled(tx, sheet, texts, reader_of(request).zone)
        return await _form_page(request, database, sheet, None, texts)

    @post(f"{sheet.path}/new", guards=[session(right)], include_in_schema=False)
    async def create(request: AnyRequest, database: TheDatabase) -> Page | Redirect:
        return await _save(request, database, sheet, None)

    @get(f"{sheet.path}/{{id:uuid}}/edit", guards=[session(right)], include_in_schema=False)
    async def edit(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
        async with database.reading(actor_of(request).workspace_id) as tx:
            row = await sheet.kind.table.get(tx, id)
        zone = form.zone_of(sheet, getattr(row, sheet.zone, ""), reader_of(request).zone)
        texts = form.texts_of(sheet, row, zone)
        return await _form_page(request, database, sheet, row, texts)

    @post(f"{sheet.path}/{{id:uuid}}/edit", guards=[session(right)], include_in_schema=False)
    async def change(
        request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
    ) -> Page | Redirect:
        async with database.reading(actor_of(request).workspace_id) as tx:
            row = await sheet.kind.table.get(tx, id)
        return await _save(request, database, sheet, row)

    return [new, create, edit, change]


def detail_route(
    sheet: Sheet[Any], template: str = "assettracs/sheets/detail.html"
) -> HTTPRouteHandler:
    """Make the plain page of a thing: its fields, with what they refer to."""

    @get(f"{sheet.path}/{{id:uuid}}", guards=[session(READ_ASSETS)], include_in_schema=False)
    async def show(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
        async with database.reading(actor_of(request).workspace_id) as tx:
            row = await sheet.kind.table.get(tx, id)
            names = {
                name: await store.labels_of(tx, reference, [getattr(row, name)])
                for name, reference in sheet.references.items()
            }
        return Page(template, context_of(request, sheet=sheet, row=row, names=names))

    return show


async def _save(
    request: AnyRequest, database: Database, sheet: Sheet[Any], row: Row | None
) -> Page | Redirect:
    actor, someone, texts = actor_of(request), reader_of(request), await forms.fields(request)
    errors: dict[str, str] = {}
    try:
        async with database.writing(actor.workspace_id) as tx:
            full = await form.filled(tx, sheet, texts, someone.zone)
            zone = form.zone_of(sheet, full.get(sheet.zone, ""), someone.zone)
            with writing_for(someone):
                fields, errors = await form.read(tx, sheet, full, zone)
            if not errors and row is None:
                saved = await actions.create(tx, actor, sheet.kind, fields)
            elif not errors and row is not None:
                saved = await actions.change(tx, actor, sheet.kind, row.id, fields)
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        errors = {one.field: one.message for one in problem.errors} or {"": problem.detail}
    if errors:
        return await _form_page(request, database, sheet, row, texts, errors)
    return go_on(request, sheet.after_saving(saved), "Saved.")


async def _form_page(
    request: AnyRequest,
    database: Database,
    sheet: Sheet[Any],
    row: Row | None,
    texts: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
) -> Page:
    faults = errors or {}
    asked = {ask.name for ask in sheet.asks}
    async with database.reading(actor_of(request).workspace_id) as tx:
        with writing_for(reader_of(request)):
            fields = await form.shown(tx, sheet, texts, faults)
    context = context_of(
        request,
        sheet=sheet,
        row=row,
        fields=fields,
        others=[message for name, message in faults.items() if name not in asked],
        back=sheet.after_saving(row) if row else sheet.list_path,
    )
    return Page("assettracs/sheets/form.html", context, status_code=422 if faults else 200)
