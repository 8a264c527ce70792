"""Routes of the request log: a filtered list, and one request with what was sent and answered."""

from typing import Any

from litestar import Request, get
from litestar.params import FromPath

from drawbar.connections import store as connections
from drawbar.dashboard.listing import asked, first_page, next_page, page_query, without
from drawbar.dashboard.logs.shown import Body, body_of
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_HUB
from drawbar.kit.http.provided import TheCursors, TheDatabase
from drawbar.requests import store
from drawbar.ui.responses import Page

AnyRequest = Request[Any, Any, Any]
PATH = "/hub/logs"


@get("/logs", guards=[session(READ_HUB)], opt={"query": store.LIST.parameters()})
async def list_requests(request: AnyRequest, database: TheDatabase, cursors: TheCursors) -> Page:
    """List requests, the newest first; the address holds search, filters and page."""
    actor, parameters = actor_of(request), asked(request)
    async with database.reading(actor.workspace_id) as tx:
        page = await store.page(tx, page_query(tx, store.LIST, PATH, parameters, cursors), cursors)
        wanted = [row.connection_id for row in page.data if row.connection_id]
        named = await connections.CONNECTIONS.where(tx, "id = ANY($1::uuid[])", wanted)
    names = {one.id: one.name for one in named}
    kept = {name: parameters[name] for name in ("connection_id", "path") if name in parameters}
    return Page(
        "dashboard/logs/list.html",
        {
            "requests": page.data,
            "names": names,
            "words": store.LIST.words,
            "parameters": parameters,
            "kept": kept,
            "removals": {name: without(PATH, parameters, (name,)) for name in kept},
            "kept_days": request.app.state.settings.request_log_days,
            "next_href": next_page(PATH, parameters, page.next_cursor),
            "first_href": first_page(PATH, parameters),
        },
    )


@get("/logs/{request_id:str}", guards=[session(READ_HUB)], opt={"query": {}})
async def show_request(
    request: AnyRequest, database: TheDatabase, request_id: FromPath[str]
) -> Page:
    """Show one request by its id."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        found = await store.find(tx, request_id)
        connection = (
            await connections.CONNECTIONS.find(tx, found.connection_id)
            if found.connection_id
            else None
        )
    sent: Body | None = body_of(found.request_body)
    return Page(
        "dashboard/logs/request.html",
        {
            "one": found,
            "connection": connection,
            "sent": sent,
            "answered": body_of(found.response_body),
        },
    )


ROUTES = [list_requests, show_request]
