"""Routes of magic links: make one, copy its address, see what became of it, revoke it."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.connections import store as connections
from drawbar.connectors.catalogue import CATALOGUE
from drawbar.dashboard.listing import asked, first_page, next_page, page_query
from drawbar.identity import application_store
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_HUB, WRITE_HUB
from drawbar.kit.errors import FieldError, Problem, invalid_fields
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheCursors, TheDatabase, TheSettings
from drawbar.link import magic
from drawbar.link.api import address_of, shown_links
from drawbar.link.magic_store import MAGIC_LINKS, SPEC
from drawbar.link.model import DAY_S, NewMagicLink
from drawbar.ui.responses import Page, go_on

AnyRequest = Request[Any, Any, Any]
PATH = "/hub/connections/links"
NEVER_KEPT = {"Cache-Control": "no-store"}
DAYS = (1, 7, 30)
MENDABLE = ("name", "email", "customer_reference", "system", "connection_id", "application_id")


@get("/connections/links", guards=[session(READ_HUB)], opt={"query": SPEC.parameters()})
async def list_links(request: AnyRequest, database: TheDatabase, cursors: TheCursors) -> Page:
    """List links, newest first, with what became of them."""
    actor, parameters = actor_of(request), asked(request)
    async with database.reading(actor.workspace_id) as tx:
        query = page_query(tx, SPEC, PATH, parameters, cursors)
        page = await MAGIC_LINKS.page(tx, query, cursors)
        links = await shown_links(tx, page.data)
    return Page(
        "dashboard/magic_links/list.html",
        {
            "links": links,
            "systems": {slug: one.manifest.name for slug, one in CATALOGUE.items()},
            "next_href": next_page(PATH, parameters, page.next_cursor),
            "first_href": first_page(PATH, parameters),
            "may_write": actor.may(WRITE_HUB),
        },
    )


@get(
    "/connections/links/new",
    guards=[session(WRITE_HUB)],
    opt={"query": {"connection_id": "The connection whose customer is to log in anew."}},
)
async def show_form(request: AnyRequest, database: TheDatabase) -> Page:
    """Show the form of a link, for a new connection or for one that exists."""
    sent = {"connection_id": asked(request).get("connection_id", "")}
    return await _form(request, database, sent, ())


@post("/connections/links/new", guards=[session(WRITE_HUB)], opt={"query": {}})
async def make_link(
    request: AnyRequest, database: TheDatabase, settings: TheSettings
) -> Response[Any]:
    """Make the link and show its address this once."""
    sent, actor = await fields(request), actor_of(request)
    try:
        wish = _wish(sent)
        async with database.writing(actor.workspace_id) as tx:
            made = await magic.make_magic_link(tx, actor, wish)
            connection = await connections.CONNECTIONS.get(tx, made.link.connection_id)
    except Problem as problem:
        errors = problem.errors or (FieldError("connection_id", problem.detail),)
        return await _form(request, database, sent, errors)
    return Page(
        "dashboard/magic_links/made.html",
        {
            "link": made.link,
            "connection": connection,
            "url": address_of(settings.address, made.token),
        },
        status_code=201,
        headers=NEVER_KEPT,
    )


@post("/connections/links/{id:uuid}/revoke", guards=[session(WRITE_HUB)], opt={"query": {}})
async def revoke_link(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Redirect:
    """End a link that was not used yet."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        await magic.revoke_magic_link(tx, actor, id)
    return go_on(request, PATH, "Link revoked")


ROUTES = [list_links, show_form, make_link, revoke_link]


def _wish(sent: dict[str, str]) -> NewMagicLink:
    typed = {name: text for name in MENDABLE if (text := sent.get(name, "").strip())}
    days = sent.get("days", "")
    life = int(days) * DAY_S if days.isdecimal() and int(days) in DAYS else 7 * DAY_S
    if not typed.get("name") and "connection_id" not in typed:
        raise invalid_fields((FieldError("name", "Give it a name, such as your customer's."),))
    try:
        return msgspec.convert({**typed, "expires_in_seconds": life}, NewMagicLink)
    except msgspec.ValidationError as error:
        field = str(error).rpartition("$.")[2].rstrip("`")
        place = field if field in MENDABLE else "name"
        raise invalid_fields(
            (FieldError(place, "This cannot be used; it may be too long."),)
        ) from error


async def _form(
    request: AnyRequest,
    database: TheDatabase,
    sent: dict[str, str],
    errors: tuple[FieldError, ...],
) -> Page:
    async with database.reading(actor_of(request).workspace_id) as tx:
        known = await application_store.applications(tx)
        wanted = sent.get("connection_id", "")
        connection = await connections.CONNECTIONS.get(tx, _id(wanted)) if wanted else None
    return Page(
        "dashboard/magic_links/new.html",
        {
            "connection": connection,
            "applications": [(str(one.id), one.name) for one in known],
            "systems": [(slug, one.manifest.name) for slug, one in CATALOGUE.items()],
            "days": DAYS,
            "typed": sent,
            "errors": {error.field: error.message for error in errors},
        },
        status_code=422 if errors else 200,
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
