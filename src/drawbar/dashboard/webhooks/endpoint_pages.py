"""Routes of webhook endpoints: add, test, disable, delete."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.connections import store as connections
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_HUB, WRITE_HUB
from drawbar.kit.errors import FieldError, Problem
from drawbar.kit.http.forms import choices, fields
from drawbar.kit.http.provided import TheDatabase, TheHttp, TheSettings, TheVault
from drawbar.schema.registry import ENTITIES
from drawbar.ui.responses import Page, go_on
from drawbar.webhooks import endpoints, store
from drawbar.webhooks.catalogue import HUB_TYPES, HUB_WORDS
from drawbar.webhooks.endpoint_api import is_public
from drawbar.webhooks.model import Audience, NewEndpoint

AnyRequest = Request[Any, Any, Any]
PATH = "/hub/webhooks/endpoints"
NEVER_KEPT = {"Cache-Control": "no-store"}
LONGEST_DESCRIPTION = 200
EVENT_TYPES = (
    "*",
    *HUB_WORDS,
    *(f"{name}.*" for name in ENTITIES),
)
OF_HUB = store.OF_ENDPOINTS[Audience.HUB]


@get("/webhooks/endpoints", guards=[session(READ_HUB)], opt={"query": {}})
async def list_endpoints(request: AnyRequest, database: TheDatabase) -> Page:
    """List the workspace's endpoints."""
    actor = actor_of(request)
    async with database.reading(actor.workspace_id) as tx:
        found = await store.ENDPOINTS.where(tx, f"{OF_HUB} ORDER BY created_at DESC, id")
        wanted = [one.connection_id for one in found if one.connection_id]
        named = await connections.CONNECTIONS.where(tx, "id = ANY($1::uuid[])", wanted)
    return Page(
        "dashboard/webhooks/endpoints.html",
        {
            "endpoints": found,
            "names": {one.id: one.name for one in named},
            "may_write": actor.may(WRITE_HUB),
        },
    )


@get("/webhooks/endpoints/new", guards=[session(WRITE_HUB)], opt={"query": {}})
async def show_form(request: AnyRequest, database: TheDatabase) -> Page:
    """Show the form of a new endpoint."""
    return await _form(request, database, {}, ["*"], ())


@post("/webhooks/endpoints/new", guards=[session(WRITE_HUB)], opt={"query": {}})
async def add_endpoint(
    request: AnyRequest,
    database: TheDatabase,
    vault: TheVault,
    http: TheHttp,
    settings: TheSettings,
) -> Response[Any]:
    """Add an endpoint and show its secret this once."""
    sent, chosen = await fields(request), await choices(request, "event_types")
    actor = actor_of(request)
    try:
        wish = _wish(sent, chosen)
        url = await endpoints.vet_receiver(http, wish.url, https_only=is_public(settings))
        async with database.writing(actor.workspace_id) as tx:
            if wish.connection_id:
                await connections.CONNECTIONS.get(tx, wish.connection_id)
            endpoint, secret = await endpoints.create(
                tx, actor, vault, Audience.HUB, url, wish, known=HUB_TYPES
            )
    except Problem as problem:
        errors = problem.errors or (FieldError("connection_id", problem.detail),)
        return await _form(request, database, sent, chosen, errors)
    return Page(
        "dashboard/webhooks/secret.html",
        {"endpoint": endpoint, "secret": secret},
        status_code=201,
        headers=NEVER_KEPT,
    )


@post("/webhooks/endpoints/{id:uuid}/test", guards=[session(WRITE_HUB)], opt={"query": {}})
async def test_endpoint(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Redirect:
    """Send `webhook.test` and go on to its message."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        message_id = await endpoints.send_test(tx, actor, Audience.HUB, id)
    return go_on(request, f"/hub/webhooks/messages/{message_id}", "Test sent")


@post("/webhooks/endpoints/{id:uuid}/enabled", guards=[session(WRITE_HUB)], opt={"query": {}})
async def switch_endpoint(
    request: AnyRequest, database: TheDatabase, vault: TheVault, id: FromPath[UUID]
) -> Redirect:
    """Enable or disable an endpoint; what waits for a disabled one goes to the failed list."""
    actor = actor_of(request)
    enabled = (await fields(request)).get("enabled") == "true"
    async with database.writing(actor.workspace_id) as tx:
        await endpoints.change(tx, actor, vault, Audience.HUB, id, None, {"enabled": enabled})
    if enabled:
        return go_on(request, PATH, "Endpoint enabled")
    return go_on(request, PATH, "Endpoint disabled")


@post("/webhooks/endpoints/{id:uuid}/delete", guards=[session(WRITE_HUB)], opt={"query": {}})
async def delete_endpoint(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> Redirect:
    """Delete an endpoint; its messages stay readable."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        await endpoints.remove(tx, actor, Audience.HUB, id)
    return go_on(request, PATH, "Endpoint deleted")


ROUTES = [
    list_endpoints,
    show_form,
    add_endpoint,
    test_endpoint,
    switch_endpoint,
    delete_endpoint,
]


def _wish(sent: dict[str, str], chosen: list[str]) -> NewEndpoint:
    errors = []
    if not sent.get("url", "").strip():
        errors.append(FieldError("url", "Enter the address that is to be called."))
    if not chosen:
        errors.append(FieldError("event_types", "Choose at least one."))
    if errors:
        raise Problem(422, "VALIDATION_FAILED", "Validation failed", "", errors=tuple(errors))
    try:
        return msgspec.convert(
            {
                "url": sent["url"].strip(),
                "event_types": ["*"] if "*" in chosen else chosen,
                "connection_id": sent.get("connection_id") or None,
                "description": sent.get("description", "").strip()[:LONGEST_DESCRIPTION],
            },
            NewEndpoint,
        )
    except msgspec.ValidationError as error:
        unknown = FieldError("connection_id", "Choose one from the list.")
        raise Problem(422, "VALIDATION_FAILED", "", "", errors=(unknown,)) from error


async def _form(
    request: AnyRequest,
    database: TheDatabase,
    sent: dict[str, str],
    chosen: list[str],
    errors: tuple[FieldError, ...],
) -> Page:
    async with database.reading(actor_of(request).workspace_id) as tx:
        live = await connections.CONNECTIONS.where(
            tx, "status <> 'disconnected' ORDER BY name LIMIT 500"
        )
    return Page(
        "dashboard/webhooks/endpoint_form.html",
        {
            "typed": sent,
            "chosen": chosen,
            "event_types": EVENT_TYPES,
            "connections": [(one.id, one.name) for one in live],
            "errors": {error.field: error.message for error in errors},
        },
        status_code=422 if errors else 200,
    )
