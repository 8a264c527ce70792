"""Route of the credits page."""

from typing import Any

from litestar import Request, get
from litestar.response import Stream

from drawbar.connections import store as connections
from drawbar.connections.credit_api import ledger_csv, shown_credits
from drawbar.connectors.catalogue import SYSTEMS
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_HUB
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.responses import Page
from drawbar.workspaces import credits, store

AnyRequest = Request[Any, Any, Any]
ENTRIES_SHOWN = 200


@get("/credits", guards=[session(READ_HUB)], opt={"query": {}})
async def show_credits(request: AnyRequest, database: TheDatabase) -> Page:
    """Show the pool, who holds what, and the ledger."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        shown = await shown_credits(tx)
        entries = await store.entries(tx, ENTRIES_SHOWN)
        holders = shown.by_connection
        mentioned = {one.connection_id for one in entries} | {one.connection_id for one in holders}
        named = await connections.CONNECTIONS.where(
            tx, "id = ANY($1::uuid[])", list(mentioned - {None})
        )
    return Page(
        "dashboard/credits/credits.html",
        {
            "pool": shown,
            "quotes": [
                (one.name, one.tier, kind, credits.price(one.tier, kind))
                for one in SYSTEMS.values()
                for kind in one.deployments
            ],
            "entries": entries,
            "holders": holders,
            "names": {one.id: one.name for one in named},
        },
    )


@get("/credits/ledger.csv", guards=[session(READ_HUB)], opt={"query": {}})
async def export_ledger(request: AnyRequest, database: TheDatabase) -> Stream:
    """Send the whole ledger as a spreadsheet."""
    return ledger_csv(database, actor_of(request).workspace_id)


ROUTES = [show_credits, export_ledger]
