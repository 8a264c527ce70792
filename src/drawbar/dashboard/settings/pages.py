"""Routes of the hub's settings."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.identity import application_store
from drawbar.identity.applications import ENVIRONMENTS, end_application, make_application
from drawbar.identity.guards import actor_of, session
from drawbar.identity.people_pages import people_routes
from drawbar.identity.rights import ADMINISTER_HUB, READ_HUB
from drawbar.kit.errors import Problem, not_found
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.responses import Page, go_on

AnyRequest = Request[Any, Any, Any]
PATH = "/hub/settings"
NEVER_KEPT = {"Cache-Control": "no-store"}


@get("/settings", guards=[session(READ_HUB)], opt={"query": {}})
async def show_settings(request: AnyRequest, database: TheDatabase) -> Page:
    """Show the workspace's applications."""
    return await _page(request, database, {}, {})


@post("/settings/applications", guards=[session(ADMINISTER_HUB)], opt={"query": {}})
async def add_application(request: AnyRequest, database: TheDatabase) -> Page:
    """Make an application and show its secret this once."""
    sent, actor = await fields(request), actor_of(request)
    name, environment = sent.get("name", ""), sent.get("environment", "")
    try:
        async with database.writing(actor.workspace_id) as tx:
            made = await make_application(tx, actor, name, environment)
    except Problem as problem:
        return await _page(
            request, database, sent, {error.field: error.message for error in problem.errors}
        )
    return Page(
        "dashboard/settings/secret.html",
        {"name": name, "made": made, "address": request.app.state.settings.address},
        status_code=201,
        headers=NEVER_KEPT,
    )


@get(
    "/settings/applications/{id:uuid}/revoke",
    guards=[session(ADMINISTER_HUB)],
    opt={"query": {}},
)
async def ask_to_revoke(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Say what revoking an application does, and ask."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        applications = await application_store.applications(tx)
    application = next((one for one in applications if one.id == id), None)
    if application is None:
        raise not_found("application")
    return Page("dashboard/settings/revoke.html", {"application": application})


@post(
    "/settings/applications/{id:uuid}/revoke",
    guards=[session(ADMINISTER_HUB)],
    opt={"query": {}},
)
async def revoke_application(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> Redirect:
    """End an application and its tokens."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        await end_application(tx, actor, id)
    return go_on(request, PATH, "Application revoked")


ROUTES = [
    show_settings,
    add_application,
    ask_to_revoke,
    revoke_application,
    *people_routes(ADMINISTER_HUB, PATH, below="/hub"),
]


async def _page(
    request: AnyRequest, database: TheDatabase, sent: dict[str, str], errors: dict[str, str]
) -> Page:
    actor = actor_of(request)
    async with database.reading(actor.workspace_id) as tx:
        applications = await application_store.applications(tx)
    return Page(
        "dashboard/settings/settings.html",
        {
            "applications": applications,
            "environments": ENVIRONMENTS,
            "typed": sent,
            "errors": errors,
            "may_administer": actor.may(ADMINISTER_HUB),
        },
        status_code=422 if errors else 200,
    )
