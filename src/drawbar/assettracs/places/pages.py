"""The pages of sites and locations."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from drawbar.assettracs.assets.kinds import ASSET_TABLE
from drawbar.assettracs.places import store
from drawbar.assettracs.places.kinds import LOCATION_TABLE, SITE_TABLE
from drawbar.assettracs.places.sheet import LOCATION_SHEET, SITE_SHEET
from drawbar.assettracs.sheets.pages import context_of, form_routes, list_route
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_ASSETS
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.responses import Page

AnyRequest = Request[Any, Any, Any]
FIRST_ASSETS = 12


@get("/assets/places/{id:uuid}", guards=[session(READ_ASSETS)], include_in_schema=False)
async def show_site(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Show a site: where it is, its tree of locations, what is there and in which state."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        site = await SITE_TABLE.get(tx, id)
        tree = _rooted(await store.branches(tx, id))
        counts = await store.assets_by_status(tx, id)
        first = await ASSET_TABLE.where(
            tx, "site_id = $1 ORDER BY code, id LIMIT $2", id, FIRST_ASSETS
        )
    context = context_of(
        request, sheet=SITE_SHEET, site=site, tree=tree, counts=counts, assets=first
    )
    return Page("assettracs/places/site.html", context)


@get("/assets/locations/{id:uuid}", guards=[session(READ_ASSETS)], include_in_schema=False)
async def show_location(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Show a location: what it is a part of, what is in it."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        location = await LOCATION_TABLE.get(tx, id)
        site = await SITE_TABLE.find(tx, location.site_id) if location.site_id else None
        above = await store.path_to(tx, id)
        inside = await LOCATION_TABLE.where(tx, "parent_id = $1 ORDER BY name, id", id)
        assets = await ASSET_TABLE.where(
            tx, "location_id = $1 ORDER BY code, id LIMIT $2", id, FIRST_ASSETS
        )
    context = context_of(
        request, location=location, site=site, above=above[:-1], inside=inside, assets=assets
    )
    return Page("assettracs/places/location.html", context)


def place_routes() -> Sequence[HTTPRouteHandler]:
    """Return the routes of sites and locations."""
    return [
        list_route(SITE_SHEET),
        list_route(LOCATION_SHEET),
        *form_routes(SITE_SHEET),
        *form_routes(LOCATION_SHEET),
        show_site,
        show_location,
    ]


def _rooted(branches: Sequence[store.Branch]) -> list[tuple[store.Branch, int]]:
    """Return the tree in reading order, each location with its depth."""
    known = {branch.id for branch in branches}
    below: dict[UUID | None, list[store.Branch]] = defaultdict(list)
    for branch in branches:
        below[branch.parent_id if branch.parent_id in known else None].append(branch)

    def walk(parent_id: UUID | None, depth: int) -> list[tuple[store.Branch, int]]:
        found: list[tuple[store.Branch, int]] = []
        for branch in below[parent_id]:
            found += [(branch, depth), *walk(branch.id, depth + 1)]
        return found

    return walk(None, 0)
