"""Routes of the hub's settings."""

from typing import Any

from litestar import Request, get

from drawbar.identity import application_store
from drawbar.identity.guards import actor_of, session
from drawbar.identity.people_pages import people_routes
from drawbar.identity.rights import ADMINISTER_HUB, READ_HUB
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.responses import Page

AnyRequest = Request[Any, Any, Any]
PATH = "/hub/settings"
NEVER_KEPT = {"Cache-Control": "no-store"}


@get("/settings", guards=[session(READ_HUB)], opt={"query": {}})
async def show_settings(request: AnyRequest, database: TheDatabase) -> Page:
    """Show the workspace's applications."""
    actor = actor_of(request)
    async with database.reading(actor.workspace_id) as tx:
        found = await application_store.applications(tx)
    return Page(
        "dashboard/settings/settings.html",
        {"applications": found, "may_administer": actor.may(ADMINISTER_HUB)},
    )


ROUTES = [
    show_settings,
    *people_routes(ADMINISTER_HUB, PATH, below="/hub"),
]
