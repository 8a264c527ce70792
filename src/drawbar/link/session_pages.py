"""Routes of a visit's first steps: the choice of a system, and access to it."""

from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.connections import store as connections
from drawbar.connectors.sdk.manifest import Manifest
from drawbar.kit.db import Database
from drawbar.kit.errors import FieldError, Problem
from drawbar.kit.http.forms import fields
from drawbar.kit.http.throttle import throttle
from drawbar.link import session_store
from drawbar.link.answer_pages import Tools, come_in, page, waiting
from drawbar.link.finishing import check, seal_entry
from drawbar.link.form import PREFIX, fault_of, placed, read_entry
from drawbar.link.guide import guide_markup
from drawbar.link.model import Kept
from drawbar.link.step_pages import HOLDER, LANGUAGE, go_on, last_words
from drawbar.link.systems import connector_of, first_available, offered, shown
from drawbar.link.visits import Visit
from drawbar.link.words import explained
from drawbar.ui.reader import gettext, writing_for
from drawbar.ui.responses import Page, reader_of

AnyRequest = Request[Any, Any, Any]
CHECKS_PER_MINUTE = 20
"""Credentials that one network may try: Link is no tool to guess passwords of others' systems."""
SEARCH = {"q": "Words to look for among the systems."}


@get("/s/{token:str}", opt=HOLDER | {"query": LANGUAGE | SEARCH})
async def choose_system(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Show the systems to choose from, or lead on to the step where the visit stands."""
    visit = await come_in(request, token)
    if visit.session.finished_at:
        return await last_words(Tools.of(request).database, visit)
    if visit.is_being_finished:
        return waiting(visit)
    if visit.session.fixed_system:
        return Redirect(f"{visit.home}/systems/{visit.session.fixed_system}", status_code=303)
    search = request.query_params.get("q", "").strip()
    found = offered(search)
    meant = first_available(found)
    if search and meant and len(found) == 1:
        return Redirect(f"{visit.home}/systems/{meant.manifest.slug}", status_code=303)
    return page(visit, "systems.html", {"systems": found, "search": search})


@get("/s/{token:str}/systems/{slug:str}", opt=HOLDER | {"query": LANGUAGE})
async def show_access(
    request: AnyRequest, token: FromPath[str], slug: FromPath[str]
) -> Response[Any]:
    """Show the system's guide and form, and what will be read."""
    visit = await come_in(request, token)
    if is_elsewhere(visit, slug):
        return Redirect(visit.home, status_code=303)
    return await access(Tools.of(request).database, visit, connector_of(slug).manifest, {}, ())


@post("/s/{token:str}/systems/{slug:str}", opt=HOLDER | {"query": {}})
async def try_access(
    request: AnyRequest, token: FromPath[str], slug: FromPath[str]
) -> Response[Any]:
    """Try the credentials; go on, or say beside the field why not."""
    visit, tools = await come_in(request, token), Tools.of(request)
    if is_elsewhere(visit, slug):
        return Redirect(visit.home, status_code=303)
    throttle(request, "link_check", CHECKS_PER_MINUTE)
    manifest = connector_of(slug).manifest
    sent = await fields(request)
    try:
        kept = await entered(tools.database, visit, manifest, sent)
        denied = await check(tools.http, manifest, kept)
    except Problem as problem:
        with writing_for(reader_of(request)):
            errors = explained(problem, manifest)
        return await access(tools.database, visit, manifest, sent, errors)
    async with tools.database.writing(visit.session.workspace_id) as tx:
        sealed = seal_entry(tools.vault, visit, kept)
        await session_store.keep_entry(
            tx, visit.session.id, slug, sealed, denied=denied, is_checked=True
        )
    return await go_on(request, await come_in(request, token))


@post("/s/{token:str}/systems/{slug:str}/field", opt=HOLDER | {"query": {}}, status_code=200)
async def check_field(
    request: AnyRequest, token: FromPath[str], slug: FromPath[str]
) -> dict[str, str]:
    """Say what is wrong with the shape of one field as it is left; nobody is called."""
    await come_in(request, token)
    sent = await fields(request)
    name = sent.get("field", "")
    with writing_for(reader_of(request)):
        fault = fault_of(connector_of(slug), sent, name.removeprefix(PREFIX))
        return {"field": name, "message": gettext(fault) if fault else ""}


ROUTES = [choose_system, show_access, try_access, check_field]


async def entered(
    database: Database, visit: Visit, manifest: Manifest, sent: Mapping[str, str]
) -> Kept:
    """Read the form of a visit; raise 422 that names every field at fault.

    A magic link has fixed the name; without one it may be left empty.
    """
    fixed = {}
    if visit.magic:
        async with database.reading(visit.session.workspace_id) as tx:
            connection = await connections.CONNECTIONS.get(tx, visit.magic.connection_id)
        fixed["name"] = connection.name
        if visit.reconnects:
            fixed["deployment"] = connection.deployment
    name = sent.get("name", "").strip() or manifest.name
    entry = read_entry(manifest, {**sent, "name": name, **fixed})
    return Kept(name=entry.name, deployment=entry.deployment, credentials=entry.credentials)


def is_elsewhere(visit: Visit, slug: str) -> bool:
    """Whether a visit takes no access to this system: it is past that, or another is fixed."""
    fixed = visit.session.fixed_system
    is_past = bool(visit.session.finished_at) or visit.is_being_finished
    return is_past or bool(fixed and fixed != slug)


async def access(
    database: Database,
    visit: Visit,
    manifest: Manifest,
    sent: Mapping[str, str],
    errors: Iterable[FieldError],
) -> Page:
    """Return the page of a system's form, with what was typed, secrets never, and its errors."""
    name = ""
    if visit.magic:
        async with database.reading(visit.session.workspace_id) as tx:
            name = (await connections.CONNECTIONS.get(tx, visit.magic.connection_id)).name
    beside = placed(manifest, errors)
    return page(
        visit,
        "access.html",
        {
            "system": shown(manifest),
            "guide": guide_markup,
            "is_granted": connector_of(manifest.slug).oauth is not None,
            "fixed_name": name,
            "typed": sent,
            "errors": beside,
        },
        status_code=422 if beside else 200,
    )
