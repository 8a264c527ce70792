"""Routes of webhook messages: failed first, one with its tries, retry by hand."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.dashboard.listing import asked, first_page, next_page, page_query, without
from drawbar.dashboard.webhooks.store import has_endpoints, message_counts
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_HUB, WRITE_HUB
from drawbar.kit.http.provided import TheCursors, TheDatabase
from drawbar.ui.responses import Page, go_on
from drawbar.webhooks import messages, store
from drawbar.webhooks.model import Audience

AnyRequest = Request[Any, Any, Any]
PATH = "/hub/webhooks"
STATES = ("failed", "pending", "delivered")
EVERYTHING = "all"
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@get("/webhooks", guards=[session(READ_HUB)], opt={"query": store.MESSAGE_LIST.parameters()})
async def list_messages(request: AnyRequest, database: TheDatabase, cursors: TheCursors) -> Page:
    """List messages: the failed ones when there are any, else all."""
    actor, parameters = actor_of(request), asked(request)
    async with database.reading(actor.workspace_id) as tx:
        counts = await message_counts(tx)
        chosen = parameters.get("status") or ("failed" if counts.failed else EVERYTHING)
        narrowed = {name: text for name, text in parameters.items() if name != "status"}
        if chosen != EVERYTHING:
            narrowed["status"] = chosen
        query = page_query(tx, store.MESSAGE_LIST, PATH, narrowed, cursors)
        page = await store.page_of_messages(tx, query, cursors, Audience.HUB)
        any_endpoint = await has_endpoints(tx)
    parameters["status"] = chosen
    kept = {name: text for name, text in parameters.items() if name in {"type", "connection_id"}}
    return Page(
        "dashboard/webhooks/list.html",
        {
            "messages": page.rows,
            "counts": counts,
            "has_endpoints": any_endpoint,
            "chosen": chosen,
            "kept": kept,
            "everything": without(PATH, parameters, kept),
            "next_href": next_page(PATH, parameters, page.next_cursor),
            "first_href": first_page(PATH, parameters),
            "may_write": actor.may(WRITE_HUB),
        },
    )


@get("/webhooks/messages/{id:uuid}", guards=[session(READ_HUB)], opt={"query": {}})
async def show_message(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Show what was sent, each try with its answer, and when the next comes."""
    actor = actor_of(request)
    async with database.reading(actor.workspace_id) as tx:
        message = await store.message_with_attempts(tx, id, Audience.HUB)
    return Page(
        "dashboard/webhooks/message.html", {"message": message, "may_write": actor.may(WRITE_HUB)}
    )


@post("/webhooks/messages/{id:uuid}/retry", guards=[session(WRITE_HUB)], opt={"query": {}})
async def retry_message(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Redirect:
    """Send a message now."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        await messages.retry(tx, actor, Audience.HUB, id)
    return go_on(request, f"{PATH}/messages/{id}", "It is sent again now")


@post("/webhooks/retry-failed", guards=[session(WRITE_HUB)], opt={"query": {}})
async def retry_failed(request: AnyRequest, database: TheDatabase) -> Redirect:
    """Send all failed messages anew."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        count = await messages.retry_failed(tx, actor, Audience.HUB, BEGINNING)
    return go_on(request, PATH, "Messages sent again: %(count)s", count=count)


ROUTES = [list_messages, show_message, retry_message, retry_failed]
