"""The pages of assets and categories."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import segno
from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect
from markupsafe import Markup

from drawbar.assettracs import actions
from drawbar.assettracs.assets import story_store
from drawbar.assettracs.assets.kinds import ASSET_TABLE, ASSETS, CATEGORY_TABLE, Asset
from drawbar.assettracs.assets.sheet import ASSET_SHEET, CATEGORY_SHEET
from drawbar.assettracs.assets.standing import standing_of
from drawbar.assettracs.assets.story import told
from drawbar.assettracs.compliance.register_store import obligations_of_asset
from drawbar.assettracs.inspections.independence import templates_for_others
from drawbar.assettracs.inspections.model import INSPECTION_TABLE, TEMPLATE_TABLE
from drawbar.assettracs.maintenance.model import PLAN_TABLE, WORK_ORDER_TABLE
from drawbar.assettracs.places.kinds import SITE_TABLE
from drawbar.assettracs.places.store import path_to
from drawbar.assettracs.sheets.listing import words_of
from drawbar.assettracs.sheets.pages import (
    REFUSED,
    context_of,
    detail_route,
    form_routes,
    list_route,
)
from drawbar.assettracs.tags.kinds import TAG_TABLE
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_ASSETS, WRITE_ASSETS
from drawbar.kit.db import Reading
from drawbar.kit.errors import Problem, invalid
from drawbar.kit.http import forms
from drawbar.kit.http.provided import TheDatabase
from drawbar.kit.settings import Settings
from drawbar.ui.reader import writing_for
from drawbar.ui.responses import Page, go_on, reader_of

AnyRequest = Request[Any, Any, Any]
CHAPTERS = 40
FEW = 8


@get("/assets/{id:uuid}", guards=[session(READ_ASSETS)], include_in_schema=False)
async def show_asset(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Show an asset: whether it may be used, where it is, what is due, and its whole story."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        asset = await ASSET_TABLE.get(tx, id)
        facts = await _facts(tx, asset)
        for_others = await templates_for_others(tx, actor_of(request), asset, facts["templates"])
        chapters = await story_store.story(tx, id, CHAPTERS)
    settings: Settings = request.app.state.settings
    with writing_for(reader_of(request)):
        words = {
            "standing": standing_of(asset, facts["obligations"]),
            "story": told(chapters),
        }
    context = context_of(
        request,
        sheet=ASSET_SHEET,
        asset=asset,
        for_others=[template.name for template in for_others],
        statuses=words_of(ASSET_SHEET, "status"),
        drawings=[(tag, code_of(f"{settings.address}/t/{tag.payload}")) for tag in facts["tags"]],
        **facts,
        **words,
    )
    return Page("assettracs/assets/asset.html", context)


@post("/assets/{id:uuid}/status", guards=[session(WRITE_ASSETS)], include_in_schema=False)
async def change_status(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Redirect:
    """Put an asset into another status; a refusal is said on its page."""
    actor, posted = actor_of(request), await forms.fields(request)
    status, back = posted.get("status", ""), f"/assets/{id}"
    if status not in words_of(ASSET_SHEET, "status"):
        raise invalid("status", "is no status of an asset.")
    try:
        async with database.writing(actor.workspace_id) as tx:
            await actions.change(tx, actor, ASSETS, id, {"status": status})
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        return go_on(request, back, "%(reason)s", tone="bad", reason=problem.detail)
    return go_on(request, back, "Status changed.")


def asset_routes() -> Sequence[HTTPRouteHandler]:
    """Return the routes of assets and categories."""
    return [
        list_route(ASSET_SHEET),
        *form_routes(ASSET_SHEET),
        show_asset,
        change_status,
        list_route(CATEGORY_SHEET),
        *form_routes(CATEGORY_SHEET),
        detail_route(CATEGORY_SHEET),
    ]


def code_of(text: str) -> Markup:
    """Return the QR code of a text as SVG in a page, medium error correction."""
    drawing = segno.make_qr(text, error="m")
    return Markup(  # noqa: S704 - drawn here; the text itself is not part of the markup
        drawing.svg_inline(scale=4, border=2, omitsize=True, svgclass=None, lineclass=None)
    )


async def _facts(tx: Reading, asset: Asset) -> dict[str, Any]:
    """Read what the modules know about the asset."""
    id = asset.id
    return {
        "site": await SITE_TABLE.find(tx, asset.site_id) if asset.site_id else None,
        "place": await path_to(tx, asset.location_id) if asset.location_id else [],
        "category": (
            await CATEGORY_TABLE.find(tx, asset.category_id) if asset.category_id else None
        ),
        "parent": await ASSET_TABLE.find(tx, asset.parent_id) if asset.parent_id else None,
        "parts": await ASSET_TABLE.where(tx, "parent_id = $1 ORDER BY code LIMIT 50", id),
        "tags": await TAG_TABLE.where(tx, "asset_id = $1 ORDER BY attached_at DESC, id", id),
        "inspections": await INSPECTION_TABLE.where(
            tx,
            "asset_id = $1 ORDER BY coalesce(completed_at, due_at, created_at) DESC LIMIT $2",
            id,
            FEW,
        ),
        "orders": await WORK_ORDER_TABLE.where(
            tx,
            "asset_id = $1 ORDER BY status IN ('done', 'reviewed', 'closed', 'cancelled'), "
            "created_at DESC LIMIT $2",
            id,
            FEW,
        ),
        "plans": await PLAN_TABLE.where(tx, "asset_id = $1 ORDER BY next_due_at, id", id),
        "templates": await TEMPLATE_TABLE.where(tx, "status = 'published' ORDER BY name"),
        "obligations": await obligations_of_asset(tx, id, tx.now),
    }
