"""Route of the credits page."""

import re
from typing import Any

from litestar import Request, Response, get, post
from litestar.response import Stream

from drawbar.connections import store as connections
from drawbar.connections.credit_api import (
    MOST_LOW_AT,
    ChangedLevel,
    change_level,
    ledger_csv,
    shown_credits,
)
from drawbar.connectors.catalogue import SYSTEMS
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_HUB, WRITE_HUB
from drawbar.kit.db import Database
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.responses import Page, go_on
from drawbar.workspaces import credits, store

AnyRequest = Request[Any, Any, Any]
PATH = "/hub/credits"
ENTRIES_SHOWN = 200
_DIGITS = re.compile(r"[0-9]{1,7}")


@get("/credits", guards=[session(READ_HUB)], opt={"query": {}})
async def show_credits(request: AnyRequest, database: TheDatabase) -> Page:
    """Show the pool, who holds what, and the ledger."""
    return await _page(request, database)


@post("/credits/level", guards=[session(WRITE_HUB)], opt={"query": {}})
async def save_level(request: AnyRequest, database: TheDatabase) -> Response[Any]:
    """Choose at how many credits people and programs are told that the pool is low."""
    typed, actor = (await fields(request)).get("low_at", "").strip(), actor_of(request)
    if typed and not (_DIGITS.fullmatch(typed) and int(typed) <= MOST_LOW_AT):
        return await _page(request, database, typed, is_refused=True)
    async with database.writing(actor.workspace_id) as tx:
        await change_level(tx, actor, ChangedLevel(low_at=int(typed) if typed else None))
    return go_on(request, PATH, "Saved.")


async def _page(
    request: AnyRequest, database: Database, typed: str | None = None, *, is_refused: bool = False
) -> Page:
    async with database.reading(actor_of(request).workspace_id) as tx:
        shown, level = await shown_credits(tx), await store.credit_level(tx)
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
            "typed": level.low_at if typed is None else typed,
            "most": f"{MOST_LOW_AT:,}",
            "fifth": credits.low_at(shown.granted),
            "is_refused": is_refused,
            "may_write": actor_of(request).may(WRITE_HUB),
            "quotes": [
                (one.name, one.tier, kind, credits.price(one.tier, kind))
                for one in SYSTEMS.values()
                for kind in one.deployments
            ],
            "entries": entries,
            "holders": holders,
            "names": {one.id: one.name for one in named},
        },
        status_code=422 if is_refused else 200,
    )


@get("/credits/ledger.csv", guards=[session(READ_HUB)], opt={"query": {}})
async def export_ledger(request: AnyRequest, database: TheDatabase) -> Stream:
    """Send the whole ledger as a spreadsheet."""
    return ledger_csv(database, actor_of(request).workspace_id)


ROUTES = [show_credits, save_level, export_ledger]
