"""Connections in the Admin API: systems, connections, tokens, credits (hub.md §2-§4)."""

from datetime import datetime
from typing import Any, get_args
from uuid import UUID

import msgspec
from litestar import Request, Router, delete, get, patch, post
from litestar.params import FromPath, JSONBody

from drawbar.connections import actions, ending, store
from drawbar.connections.credit_api import CREDIT_ROUTES
from drawbar.connections.model import (
    ChangedConnection,
    Connection,
    FreshCredentials,
    Health,
    NewConnection,
    Reactivation,
    Status,
)
from drawbar.connections.sandbox import api as sandbox
from drawbar.connectors.catalogue import CATALOGUE, SYSTEMS
from drawbar.identity.guards import actor_of, admin_token
from drawbar.identity.rights import READ_HUB, WRITE_HUB
from drawbar.identity.tokens import IssuedToken
from drawbar.kit.http.parameters import list_query, listed, refuse_undeclared
from drawbar.kit.http.provided import TheCursors, TheDatabase, TheHttp, TheVault
from drawbar.kit.http.refusals import also
from drawbar.kit.listing import ListSpec
from drawbar.kit.tables import Page
from drawbar.workspaces import credits

AnyRequest = Request[Any, Any, Any]
SPEC = ListSpec(
    filters={
        name: (name, "text[]") for name in ("system", "status", "health", "customer_reference")
    },
    words={"system": tuple(CATALOGUE), "status": get_args(Status), "health": get_args(Health)},
    within={"tag": "tags"},
    search="name || ' ' || email || ' ' || customer_reference || ' ' || user_metadata::text",
)


class ConnectionView(msgspec.Struct, frozen=True, kw_only=True):
    """A connection as callers see it."""

    id: UUID
    name: str
    email: str
    system: str
    deployment: str
    tier: int
    credits: int
    status: str
    health: str
    health_message: str
    health_changed_at: datetime | None
    last_checked_at: datetime | None
    customer_reference: str
    user_metadata: dict[str, Any]
    tags: list[str]
    settings: dict[str, Any]
    sync_interval_seconds: int
    connected_at: datetime | None
    last_synced_at: datetime | None
    next_sync_at: datetime | None
    records_erased_at: datetime | None
    created_at: datetime
    modified_at: datetime


class DeploymentPrice(msgspec.Struct, frozen=True):
    """What one way of running a system costs."""

    kind: str
    credits: int


class SystemView(msgspec.Struct, frozen=True, kw_only=True):
    """A system of the catalogue, and whether it can be connected already."""

    slug: str
    name: str
    description: str
    category: str
    tier: int
    available: bool
    """False for a system whose connector is still to come."""
    deployments: list[DeploymentPrice]
    entities: list[str]


def shown(connection: Connection) -> ConnectionView:
    """Show a connection to a caller."""
    return ConnectionView(
        **{name: getattr(connection, name) for name in ConnectionView.__struct_fields__}
    )


@get("/systems", guards=[admin_token(READ_HUB)], operation_id="list_systems")
async def list_systems() -> dict[str, list[SystemView]]:
    """List every system, with tier and credits; `available` ones can be connected."""
    return {
        "data": [
            SystemView(
                slug=one.slug,
                name=one.name,
                description=one.description,
                category=one.category,
                tier=one.tier,
                available=one.available,
                deployments=[
                    DeploymentPrice(kind, credits.price(one.tier, kind)) for kind in one.deployments
                ],
                entities=list(one.entities),
            )
            for one in SYSTEMS.values()
        ]
    }


@get(
    "/connections",
    guards=[admin_token(READ_HUB)],
    opt=listed(SPEC),
    operation_id="list_connections",
)
async def list_connections(
    request: AnyRequest, database: TheDatabase, cursors: TheCursors
) -> Page[ConnectionView]:
    """List the workspace's connections."""
    actor = actor_of(request)
    async with database.reading(actor.workspace_id) as tx:
        query = list_query(request, SPEC, tx.now, cursors, actor.workspace_id)
        page = await store.CONNECTIONS.page(tx, query, cursors)
    return Page([shown(one) for one in page.data], page.next_cursor, page.as_of)


@post(
    "/connections",
    guards=[admin_token(WRITE_HUB)],
    opt=also(502),
    operation_id="create_connection",
)
async def create_connection(
    request: AnyRequest,
    database: TheDatabase,
    http: TheHttp,
    vault: TheVault,
    data: JSONBody[NewConnection],
) -> ConnectionView:
    """Check the credentials, take the credits, start the first sync."""
    return shown(await actions.connect(database, http, vault, actor_of(request), data))


@get("/connections/{id:uuid}", guards=[admin_token(READ_HUB)], operation_id="get_connection")
async def get_connection(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> ConnectionView:
    """Show one connection."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        return shown(await store.CONNECTIONS.get(tx, id))


@patch("/connections/{id:uuid}", guards=[admin_token(WRITE_HUB)], operation_id="change_connection")
async def change_connection(
    request: AnyRequest,
    database: TheDatabase,
    id: FromPath[UUID],
    data: JSONBody[ChangedConnection],
) -> ConnectionView:
    """Change name, reference, metadata, tags or interval."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        return shown(await actions.change(tx, actor, id, data))


@delete("/connections/{id:uuid}", guards=[admin_token(WRITE_HUB)], operation_id="disconnect")
async def disconnect(
    request: AnyRequest, database: TheDatabase, http: TheHttp, vault: TheVault, id: FromPath[UUID]
) -> None:
    """Disconnect: credits return, the token dies, credentials are erased, records stay."""
    await ending.disconnect(database, http, vault, actor_of(request), id)


@post(
    "/connections/{id:uuid}/token",
    guards=[admin_token(WRITE_HUB)],
    operation_id="create_connection_token",
)
async def create_connection_token(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> IssuedToken:
    """Make the connection's token; it is shown this once, and ends the ones before it."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        return await actions.issue_token(tx, actor, id)


@post(
    "/connections/{id:uuid}/reauthorize",
    guards=[admin_token(WRITE_HUB)],
    opt=also(502),
    operation_id="reauthorize_connection",
)
async def reauthorize_connection(
    request: AnyRequest,
    database: TheDatabase,
    http: TheHttp,
    vault: TheVault,
    id: FromPath[UUID],
    data: JSONBody[FreshCredentials],
) -> ConnectionView:
    """Give a connection fresh credentials: it keeps its id and credits, its tokens end."""
    return shown(
        await actions.reauthorize(database, http, vault, actor_of(request), id, data.credentials)
    )


@post(
    "/connections/{id:uuid}/reactivate",
    guards=[admin_token(WRITE_HUB)],
    status_code=200,
    operation_id="reactivate_connection",
)
async def reactivate_connection(
    request: AnyRequest,
    database: TheDatabase,
    id: FromPath[UUID],
    data: JSONBody[Reactivation | None] = None,
) -> ConnectionView:
    """Take the credits of an inactive connection, as overage if need be and if that is wished."""
    actor, wish = actor_of(request), data or Reactivation()
    async with database.writing(actor.workspace_id) as tx:
        return shown(await actions.reactivate(tx, actor, id, overage=wish.overage))


@delete(
    "/connections/{id:uuid}/data",
    guards=[admin_token(WRITE_HUB)],
    status_code=202,
    operation_id="delete_connection_data",
)
async def delete_connection_data(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> ConnectionView:
    """Delete a disconnected connection's records for good; the worker does it piece by piece."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        return shown(await ending.erase_records(tx, actor, id))


def connections_api() -> Router:
    """Return the connections' part of `/admin/v1`."""
    return Router(
        "/admin/v1",
        route_handlers=[
            list_systems,
            list_connections,
            create_connection,
            get_connection,
            change_connection,
            disconnect,
            create_connection_token,
            reauthorize_connection,
            reactivate_connection,
            delete_connection_data,
            *CREDIT_ROUTES,
            *sandbox.ROUTES,
        ],
        before_request=refuse_undeclared,
        tags=["Admin API"],
    )
