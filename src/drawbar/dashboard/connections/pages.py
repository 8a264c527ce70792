"""Routes of the connection pages."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

from drawbar.connections import ending, store
from drawbar.connections.api import SPEC
from drawbar.connections.health import require_source
from drawbar.connectors.catalogue import CATALOGUE
from drawbar.dashboard.connections.live import Look, changes_of, look_at
from drawbar.dashboard.listing import address, asked, first_page, next_page, page_query, without
from drawbar.dashboard.sandbox.pages import shown_switches
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_HUB, WRITE_HUB
from drawbar.identity.tokens import issue_connection_token
from drawbar.kit.errors import conflict
from drawbar.kit.http.provided import TheCursors, TheDatabase, TheHttp, TheVault
from drawbar.sync.actions import start_runs
from drawbar.ui.reader import Reader
from drawbar.ui.render import render
from drawbar.ui.responses import Page, go_on, reader_of
from drawbar.webhooks.model import Audience
from drawbar.webhooks.store import MESSAGE_LIST, page_of_messages

AnyRequest = Request[Any, Any, Any]
PATH = "/hub/connections"
NEVER_KEPT = {"Cache-Control": "no-store"}
MESSAGES_SHOWN = "10"
LIVE_PARTS = ("runs", "pills", "notice", "numbers", "newest")
"""Parts of the page, each an element's id and a template's name, beside the entity table."""
ENTITY = {"entity": "The entity whose newest records are shown."}
FILTERS = {
    "status": ("pending", "synchronizing", "active", "inactive", "disconnected"),
    "health": ("online", "degraded", "offline", "reauth_required"),
}


@get("/connections", guards=[session(READ_HUB)], opt={"query": SPEC.parameters()})
async def list_connections(request: AnyRequest, database: TheDatabase, cursors: TheCursors) -> Page:
    """List connections; the address holds search, filters and page."""
    actor, parameters = actor_of(request), asked(request)
    async with database.reading(actor.workspace_id) as tx:
        query = page_query(tx, SPEC, PATH, parameters, cursors)
        page = await store.CONNECTIONS.page(tx, query, cursors)
    filters = {**FILTERS, "system": tuple(CATALOGUE)}
    return Page(
        "dashboard/connections/list.html",
        {
            "connections": page.data,
            "systems": _system_names(),
            "filters": filters,
            "parameters": parameters,
            "removals": {name: without(PATH, parameters, (name,)) for name in (*filters, "q")},
            "next_href": next_page(PATH, parameters, page.next_cursor),
            "first_href": first_page(PATH, parameters),
            "may_write": actor.may(WRITE_HUB),
        },
    )


@get(
    "/connections/{id:uuid}",
    guards=[session(READ_HUB)],
    opt={"query": ENTITY},
)
async def show_connection(
    request: AnyRequest, database: TheDatabase, cursors: TheCursors, id: FromPath[UUID]
) -> Page:
    """Show one connection: state, entities, runs, records, webhook messages."""
    actor = actor_of(request)
    async with database.reading(actor.workspace_id) as tx:
        look = await look_at(tx, id, asked(request).get("entity", ""))
        of_it = {"connection_id": str(id), "limit": MESSAGES_SHOWN}
        query = page_query(tx, MESSAGE_LIST, PATH, of_it, cursors)
        messages = await page_of_messages(tx, query, cursors, Audience.HUB)
    return Page(
        "dashboard/connections/connection.html",
        {
            **_shown(look, may_write=actor.may(WRITE_HUB)),
            "system": _system_names().get(look.connection.system, look.connection.system),
            "live": address(f"{PATH}/{id}/live", {"entity": look.entity} if look.entity else {}),
            "messages": messages.rows,
            "sandbox": shown_switches(look.connection),
        },
    )


@get("/connections/{id:uuid}/live", guards=[session(READ_HUB)], opt={"query": ENTITY})
async def watch_connection(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> ServerSentEvent:
    """Send the entity table and whatever else changed of the page, as server-sent events."""
    actor, wanted = actor_of(request), asked(request).get("entity", "")
    async with database.reading(actor.workspace_id) as tx:
        await store.CONNECTIONS.get(tx, id)

    def written(look: Look) -> list[str]:
        someone: Reader = reader_of(request)
        shown = _shown(look, may_write=actor.may(WRITE_HUB))
        table = render("dashboard/connections/progress.html", someone, **shown)
        part_of = "dashboard/connections/live.html"
        return [table, *(render(part_of, someone, part=part, **shown) for part in LIVE_PARTS)]

    async def messages() -> AsyncIterator[ServerSentEventMessage]:
        async for text in changes_of(database, actor.workspace_id, id, wanted, written):
            if text is None:
                yield ServerSentEventMessage(data=None, comment="unchanged", sep="\n")
            else:
                yield ServerSentEventMessage(data=text, sep="\n")

    return ServerSentEvent(messages(), headers={**NEVER_KEPT, "X-Accel-Buffering": "no"})


@post("/connections/{id:uuid}/sync", guards=[session(WRITE_HUB)], opt={"query": {}})
async def sync_now(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Redirect:
    """Queue an incremental run of every entity."""
    async with database.writing(actor_of(request).workspace_id) as tx:
        connection = await store.CONNECTIONS.get(tx, id, lock=True)
        if not connection.live:
            raise conflict("This connection does not sync. Connect the system anew.")
        require_source(connection, tx.now)
        await start_runs(tx, connection, "incremental", "manual")
    return go_on(request, f"{PATH}/{id}", "Sync started")


@post("/connections/{id:uuid}/token", guards=[session(WRITE_HUB)], opt={"query": {}})
async def make_token(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Make the connection's token, which ends the one before, and show it this once."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        connection = await store.CONNECTIONS.get(tx, id, lock=True)
        if not connection.live:
            raise conflict("This connection is not live, so a token would open nothing.")
        token = await issue_connection_token(tx, actor, connection.id)
    return Page(
        "dashboard/connections/token.html",
        {
            "connection": connection,
            "token": token,
            "address": request.app.state.settings.address,
        },
        status_code=200,
        headers=NEVER_KEPT,
    )


@get("/connections/{id:uuid}/disconnect", guards=[session(WRITE_HUB)], opt={"query": {}})
async def ask_to_disconnect(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Say what disconnecting does, and ask."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        connection = await store.CONNECTIONS.get(tx, id)
    return Page("dashboard/connections/disconnect.html", {"connection": connection})


@post("/connections/{id:uuid}/disconnect", guards=[session(WRITE_HUB)], opt={"query": {}})
async def disconnect(
    request: AnyRequest, database: TheDatabase, http: TheHttp, vault: TheVault, id: FromPath[UUID]
) -> Redirect:
    """End the connection."""
    ended = await ending.disconnect(database, http, vault, actor_of(request), id)
    return go_on(request, f"{PATH}/{id}", "%(name)s is disconnected", name=ended.name)


ROUTES = [
    list_connections,
    show_connection,
    watch_connection,
    sync_now,
    make_token,
    ask_to_disconnect,
    disconnect,
]


def _shown(look: Look, *, may_write: bool) -> dict[str, Any]:
    seen = {name: getattr(look, name) for name in look.__struct_fields__}
    return {**seen, "home": f"{PATH}/{look.connection.id}", "may_write": may_write}


def _system_names() -> dict[str, str]:
    return {slug: one.manifest.name for slug, one in CATALOGUE.items()}
