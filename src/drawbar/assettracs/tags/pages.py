"""Scanning: a tag's address leads to its asset, and the look is on record."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, unquote, urlsplit
from uuid import UUID

from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.assettracs import actions
from drawbar.assettracs.assets.kinds import ASSET_TABLE
from drawbar.assettracs.sheets.pages import REFUSED, context_of
from drawbar.assettracs.tags.kinds import SCAN_TABLE, TAG_SCANS, TAGS, tag_with_payload
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_ASSETS, WRITE_ASSETS
from drawbar.kit.errors import Problem
from drawbar.kit.http import forms
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.responses import Page, go_on

AnyRequest = Request[Any, Any, Any]
LONGEST = 500
RECENT = 12


@get("/t/{payload:str}", guards=[session(READ_ASSETS)], include_in_schema=False)
async def resolve(
    request: AnyRequest, database: TheDatabase, payload: FromPath[str]
) -> Page | Redirect:
    """Record that a tag was looked up, and show its asset; a former tag still leads there."""
    return await _resolve(request, database, payload)


@get("/assets/scan", guards=[session(READ_ASSETS)], include_in_schema=False)
async def scan(request: AnyRequest, database: TheDatabase) -> Page | Redirect:
    """Take what a scanner or a person types: a tag's text, its address, or an asset's code."""
    text = request.query_params.get("code", "").replace("\0", "").strip()
    if text:
        return go_on(request, f"/t/{quote(_payload(text)[:LONGEST], safe='')}")
    async with database.reading(actor_of(request).workspace_id) as tx:
        scans = await SCAN_TABLE.where(
            tx, "asset_id IS NOT NULL ORDER BY scanned_at DESC, id LIMIT $1", RECENT
        )
        assets = await ASSET_TABLE.where(tx, "id = ANY($1)", [one.asset_id for one in scans])
    context = context_of(request, scans=scans, assets={asset.id: asset for asset in assets})
    return Page("assettracs/tags/scan.html", context)


@post("/assets/{id:uuid}/tags", guards=[session(WRITE_ASSETS)], include_in_schema=False)
async def attach(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Redirect:
    """Give the asset a tag: one with this text, or a new one when there is none."""
    actor, posted = actor_of(request), await forms.fields(request)
    fields = {"asset_id": id, "payload": posted.get("payload", "").strip()[:LONGEST]}
    try:
        async with database.writing(actor.workspace_id) as tx:
            await ASSET_TABLE.get(tx, id)
            await actions.create(tx, actor, TAGS, fields)
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        return go_on(request, f"/assets/{id}", "%(reason)s", tone="bad", reason=problem.detail)
    return go_on(request, f"/assets/{id}", "Tag attached.")


def tag_routes() -> Sequence[HTTPRouteHandler]:
    """Return the routes of tags and scans."""
    return [resolve, scan, attach]


async def _resolve(request: AnyRequest, database: TheDatabase, payload: str) -> Page | Redirect:
    actor, text = actor_of(request), payload.replace("\0", "")[:LONGEST]
    async with database.writing(actor.workspace_id) as tx:
        tag = await tag_with_payload(tx, text)
        if tag is None:
            coded = await ASSET_TABLE.where(tx, "code = $1", text)
            asset_id = coded[0].id if coded else None
        else:
            asset_id = tag.asset_id
            fields = {
                "payload": text,
                "action": "look_up",
                "scanned_at": tx.now,
                "scanned_by": actor.label,
            }
            await actions.create(tx, actor, TAG_SCANS, fields)
    if asset_id is None:
        return Page("assettracs/tags/unknown.html", context_of(request), status_code=404)
    if tag is not None and tag.state not in {"attached", "blank"}:
        return go_on(
            request,
            f"/assets/{asset_id}",
            "This tag is a former one. Attach a new one.",
            tone="attention",
        )
    return go_on(request, f"/assets/{asset_id}")


def _payload(text: str) -> str:
    """Return the payload of a tag's address, or the text itself."""
    path = urlsplit(text).path if text.startswith(("http://", "https://")) else ""
    return unquote(path.removeprefix("/t/")) if path.startswith("/t/") else text
