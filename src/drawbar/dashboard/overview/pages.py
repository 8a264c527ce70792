"""Route of the overview."""

from typing import Any

from litestar import Request, get

from drawbar.dashboard.overview import store
from drawbar.dashboard.webhooks.store import message_counts
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_HUB, WRITE_HUB
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.responses import Page
from drawbar.workspaces import store as workspaces

AnyRequest = Request[Any, Any, Any]


@get("/", guards=[session(READ_HUB)], opt={"query": {}})
async def show_overview(request: AnyRequest, database: TheDatabase) -> Page:
    """Say whether all is well, then show figures and what needs somebody."""
    actor = actor_of(request)
    async with database.reading(actor.workspace_id) as tx:
        states = await store.connections_by_state(tx)
        hours = await store.last_day(tx)
        troubled = await store.troubled(tx)
        newest = await store.newest(tx)
        messages = await message_counts(tx)
        pool = await workspaces.pool(tx)
    return Page(
        "dashboard/overview/overview.html",
        {
            "states": states,
            "number": sum(states.values()),
            "hours": hours,
            "troubled": troubled,
            "newest": newest,
            "messages": messages,
            "pool": pool,
            "may_write": actor.may(WRITE_HUB),
        },
    )


ROUTES = [show_overview]
