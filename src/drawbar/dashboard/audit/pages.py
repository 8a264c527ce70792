"""Routes of the audit log: who did what, and what it changed."""

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.params import FromPath

from drawbar.audit import entries
from drawbar.dashboard.audit.difference import differences, subject_name
from drawbar.dashboard.listing import asked, first_page, next_page, page_query, without
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_HUB
from drawbar.kit.http.provided import TheCursors, TheDatabase
from drawbar.ui.responses import Page

AnyRequest = Request[Any, Any, Any]
PATH = "/hub/settings/audit"
ACTOR_KINDS = ("user", "application", "connection", "link", "api_key", "system")


@get("/settings/audit", guards=[session(READ_HUB)], opt={"query": entries.LIST.parameters()})
async def list_entries(request: AnyRequest, database: TheDatabase, cursors: TheCursors) -> Page:
    """List what was done, the newest first."""
    actor, parameters = actor_of(request), asked(request)
    async with database.reading(actor.workspace_id) as tx:
        query = page_query(tx, entries.LIST, PATH, parameters, cursors)
        page = await entries.page(tx, query, cursors)
    kept = {name: text for name, text in parameters.items() if name in entries.LIST.filters}
    kept.pop("actor_kind", None)
    return Page(
        "dashboard/audit/list.html",
        {
            "entries": [(one, subject_name(one)) for one in page.data],
            "actor_kinds": ACTOR_KINDS,
            "parameters": parameters,
            "kept": kept,
            "removals": {name: without(PATH, parameters, (name,)) for name in kept},
            "next_href": next_page(PATH, parameters, page.next_cursor),
            "first_href": first_page(PATH, parameters),
        },
    )


@get("/settings/audit/{id:uuid}", guards=[session(READ_HUB)], opt={"query": {}})
async def show_entry(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Show one deed with the fields it changed."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        entry = await entries.find(tx, id)
    return Page(
        "dashboard/audit/entry.html",
        {"entry": entry, "name": subject_name(entry), "changes": differences(entry)},
    )


ROUTES = [list_entries, show_entry]
