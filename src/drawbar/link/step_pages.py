"""Routes of a visit's last steps: what cannot be read, updates, the end and the way back."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.connections import store as connections
from drawbar.connections.model import Connection
from drawbar.connectors.catalogue import CATALOGUE
from drawbar.identity.guards import public
from drawbar.kit.db import Database
from drawbar.kit.errors import Problem
from drawbar.kit.http.forms import fields
from drawbar.link import session_store
from drawbar.link.answer_pages import Tools, cancelled, come_in, connected, page, waiting
from drawbar.link.finishing import code_of, finish
from drawbar.link.systems import connector_of, shown
from drawbar.link.visits import Dead, Visit
from drawbar.link.words import explained
from drawbar.ui.reader import gettext, writing_for
from drawbar.ui.responses import Page, reader_of
from drawbar.webhooks import endpoints
from drawbar.webhooks.endpoint_api import is_public
from drawbar.webhooks.endpoints import VettedUrl

AnyRequest = Request[Any, Any, Any]
HOLDER = public("the token in the address, given to one browser, is the credential")
LANGUAGE = {"lang": "Language to go on in."}


@get("/s/{token:str}/review", opt=HOLDER | {"query": LANGUAGE})
async def review(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Say which entities the user may not read, before going on without them."""
    visit = await come_in(request, token)
    if not (visit.session.is_checked and visit.session.denied):
        return Redirect(visit.home, status_code=303)
    manifest = connector_of(visit.session.system).manifest
    readable = [name for name in manifest.entities if name not in visit.session.denied]
    return page(visit, "review.html", {"system": shown(manifest), "readable": readable})


@post("/s/{token:str}/review", opt=HOLDER | {"query": {}})
async def accept(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Go on without what cannot be read."""
    return await go_on(request, await come_in(request, token), is_reviewed=True)


@get("/s/{token:str}/updates", opt=HOLDER | {"query": LANGUAGE})
async def show_updates(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Ask for an address of the customer's own that is told of changes."""
    visit = await come_in(request, token)
    if not visit.session.is_checked:
        return Redirect(visit.home, status_code=303)
    return _updates(visit)


@post("/s/{token:str}/updates", opt=HOLDER | {"query": {}})
async def set_updates(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Take the address, or none, and finish."""
    visit, tools = await come_in(request, token), Tools.of(request)
    url = (await fields(request)).get("url", "").strip()
    receiver = None
    try:
        if url:
            https_only = is_public(tools.settings)
            receiver = await endpoints.vet_receiver(tools.http, url, https_only=https_only)
    except Problem as problem:
        with writing_for(reader_of(request)):
            return _updates(visit, url, gettext(problem.errors[0].message))
    return await _finish(request, visit, receiver)


@post("/s/{token:str}/return", opt=HOLDER | {"query": {}})
async def lead_back(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Lead back to the application with the code, once the last words were read."""
    visit, tools = await come_in(request, token), Tools.of(request)
    if visit.request is None or visit.session.finished_at is None:
        raise Dead("ended", visit)
    code = await code_of(tools.database, visit)
    return connected(visit, visit.request, code, tools.settings.address)


@post("/s/{token:str}/cancel", opt=HOLDER | {"query": {}})
async def cancel(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """End the visit; what was connected already stays so."""
    visit, tools = await come_in(request, token), Tools.of(request)
    async with tools.database.writing(visit.session.workspace_id) as tx:
        has_ended = await session_store.end(tx, visit.session.id)
    if not has_ended:
        return waiting(visit)
    if visit.request is None:
        raise Dead("ended", visit)
    return cancelled(visit, visit.request, tools.settings.address)


ROUTES = [review, accept, show_updates, set_updates, lead_back, cancel]


async def go_on(request: AnyRequest, visit: Visit, *, is_reviewed: bool = False) -> Response[Any]:
    """Lead from checked credentials to the next step there is, or finish."""
    if visit.session.denied and not is_reviewed:
        return Redirect(f"{visit.home}/review", status_code=303)
    if visit.application and visit.application.asks_for_webhook and not visit.reconnects:
        return Redirect(f"{visit.home}/updates", status_code=303)
    return await _finish(request, visit, None)


async def last_words(database: Database, visit: Visit) -> Page:
    """Say again that a finished visit is finished, and lead back from it."""
    if visit.session.connection_id is None:
        raise Dead("ended", visit)
    async with database.reading(visit.session.workspace_id) as tx:
        made = await connections.CONNECTIONS.get(tx, visit.session.connection_id)
    return _done(visit, made, "")


async def _finish(request: AnyRequest, visit: Visit, receiver: VettedUrl | None) -> Response[Any]:
    tools = Tools.of(request)
    if visit.session.finished_at or not visit.session.is_checked:
        return Redirect(visit.home, status_code=303)
    try:
        done = await finish(tools.database, tools.http, tools.vault, visit, receiver)
    except Problem as problem:
        with writing_for(reader_of(request)):
            errors = explained(problem, connector_of(visit.session.system).manifest)
        return page(visit, "failed.html", {"errors": errors}, status_code=problem.status)
    if done.code and visit.request:
        return connected(visit, visit.request, done.code, tools.settings.address)
    return _done(visit, done.connection, done.webhook_secret)


def _updates(visit: Visit, url: str = "", error: str = "") -> Page:
    return page(
        visit,
        "updates.html",
        {"url": url, "error": error or None},
        status_code=422 if error else 200,
    )


def _done(visit: Visit, made: Connection, secret: str) -> Page:
    return page(
        visit,
        "done.html",
        {
            "connection": made,
            "system": shown(CATALOGUE[made.system].manifest),
            "webhook_secret": secret,
        },
    )
