"""Route of the credits page."""

from typing import Any

from litestar import Request, get

from drawbar.connections import store as connections
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_HUB
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.responses import Page
from drawbar.workspaces import store

AnyRequest = Request[Any, Any, Any]
ENTRIES_SHOWN = 200


@get("/credits", guards=[session(READ_HUB)], opt={"query": {}})
async def show_credits(request: AnyRequest, database: TheDatabase) -> Page:
    """Show the pool, who holds what, and the ledger."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        pool = await store.pool(tx)
        entries = await store.entries(tx, ENTRIES_SHOWN)
        holders = await store.holders(tx)
        mentioned = {one.connection_id for one in entries} | {one.connection_id for one in holders}
        named = await connections.CONNECTIONS.where(
            tx, "id = ANY($1::uuid[])", list(mentioned - {None})
        )
    return Page(
        "dashboard/credits/credits.html",
        {
            "pool": pool,
            "entries": entries,
            "holders": holders,
            "names": {one.id: one.name for one in named},
        },
    )


ROUTES = [show_credits]
