"""The first page of the platform: my work today."""

from collections.abc import Sequence
from typing import Any

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler

from drawbar.assettracs.assets.kinds import ASSET_TABLE
from drawbar.assettracs.compliance.store import counts_per_site
from drawbar.assettracs.home import store
from drawbar.assettracs.inspections.model import INSPECTION_TABLE
from drawbar.assettracs.maintenance.model import WORK_ORDER_TABLE
from drawbar.assettracs.sheets.pages import context_of
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_ASSETS
from drawbar.kit.db import Reading
from drawbar.kit.http.provided import TheDatabase
from drawbar.kit.json import timestamp
from drawbar.ui.responses import Page

AnyRequest = Request[Any, Any, Any]
FEW = 6
OPEN_ORDERS = "status NOT IN ('done', 'reviewed', 'closed', 'cancelled')"
OPEN_INSPECTIONS = "status IN ('scheduled', 'in_progress', 'missed')"


@get("/assets", guards=[session(READ_ASSETS)], include_in_schema=False)
async def home(request: AnyRequest, database: TheDatabase) -> Page:
    """Show what waits for this person, and what must not be used; every number opens its list."""
    actor = actor_of(request)
    async with database.reading(actor.workspace_id) as tx:
        mine = await WORK_ORDER_TABLE.where(
            tx, f"assignee = $1 AND {OPEN_ORDERS} ORDER BY due_at, id LIMIT $2", actor.label, FEW
        )
        due = await WORK_ORDER_TABLE.where(
            tx,
            f"{OPEN_ORDERS} AND assignee IS DISTINCT FROM $1 ORDER BY due_at, id LIMIT $2",
            actor.label,
            FEW,
        )
        inspections = await INSPECTION_TABLE.where(
            tx, f"{OPEN_INSPECTIONS} ORDER BY due_at, id LIMIT $1", FEW
        )
        blocked = await ASSET_TABLE.where(
            tx,
            "status IN ('quarantined', 'missing') ORDER BY modified_at DESC, id LIMIT $1",
            FEW,
        )
        sites = await counts_per_site(tx, tx.now)
        codes = await _codes(tx, [*mine, *due, *inspections])
        numbers = await store.numbers(tx)
    proven = sum(site.valid + site.due_soon for site in sites)
    unmet = sum(site.overdue + site.never_done for site in sites)
    context = context_of(
        request,
        person=actor.label,
        numbers=numbers,
        mine=mine,
        due=due,
        inspections=inspections,
        blocked=blocked,
        codes=codes,
        now_text=timestamp(tx.now),
        unmet=unmet,
        percent=100 * proven // (proven + unmet) if proven + unmet else None,
    )
    return Page("assettracs/home/home.html", context)


def home_routes() -> Sequence[HTTPRouteHandler]:
    """Return the route of the first page."""
    return [home]


async def _codes(tx: Reading, things: Sequence[Any]) -> dict[Any, str]:
    ids = list({thing.asset_id for thing in things if thing.asset_id})
    return {asset.id: asset.code for asset in await ASSET_TABLE.where(tx, "id = ANY($1)", ids)}
