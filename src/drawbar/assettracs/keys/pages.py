"""The settings page: API keys, shown once when made."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.assettracs.keys import actions
from drawbar.assettracs.sheets.pages import context_of
from drawbar.identity import api_key_store
from drawbar.identity.guards import actor_of, session
from drawbar.identity.people_pages import people_routes
from drawbar.identity.rights import ADMINISTER_ASSETS, KEY_SCOPES, READ_ASSETS
from drawbar.kit.db import Database
from drawbar.kit.errors import Problem
from drawbar.kit.http import forms
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.responses import Page, go_on

AnyRequest = Request[Any, Any, Any]
PATH = "/assets/settings"


@get(PATH, guards=[session(READ_ASSETS)], include_in_schema=False)
async def settings_page(request: AnyRequest, database: TheDatabase) -> Page:
    """Show what is set up once, and to administrators the API keys."""
    return await _settings(request, database)


@post(f"{PATH}/keys", guards=[session(ADMINISTER_ASSETS)], include_in_schema=False)
async def make_key(request: AnyRequest, database: TheDatabase) -> Page:
    """Make an API key and show it this once."""
    actor, posted = actor_of(request), await forms.fields(request)
    try:
        async with database.writing(actor.workspace_id) as tx:
            text = await actions.make_key(
                tx, actor, posted.get("name", ""), posted.get("scope", "")
            )
    except Problem as problem:
        errors = {one.field: one.message for one in problem.errors}
        return await _settings(request, database, posted=posted, errors=errors)
    return await _settings(request, database, new_key=text)


@post(
    f"{PATH}/keys/{{id:uuid}}/revoke", guards=[session(ADMINISTER_ASSETS)], include_in_schema=False
)
async def revoke_key(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Redirect:
    """End an API key at once."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        await actions.revoke_key(tx, actor, id)
    return go_on(request, PATH, "Revoked.")


def key_routes() -> Sequence[HTTPRouteHandler]:
    """Return the routes of the settings, and of the people they lead to."""
    return [settings_page, make_key, revoke_key, *people_routes(ADMINISTER_ASSETS, PATH)]


async def _settings(request: AnyRequest, database: Database, **more: Any) -> Page:
    actor = actor_of(request)
    async with database.reading(actor.workspace_id) as tx:
        keys = await api_key_store.api_keys(tx) if actor.may(ADMINISTER_ASSETS) else []
    context = context_of(
        request,
        keys=keys,
        scopes=list(KEY_SCOPES),
        address=request.app.state.settings.address,
        **{"new_key": None, "posted": {}, "errors": {}, **more},
    )
    return Page(
        "assettracs/keys/settings.html",
        context,
        status_code=422 if context["errors"] else 200,
        headers={"Cache-Control": "no-store"},
    )
