"""JSON routes of webhooks, behind the Admin API's, the platform's and a connection's doors.

Each half sees its own: the Admin API the hub's endpoints and events, the asset API those whose
types begin with `assettracs.`; `*` at the hub means the hub's events only.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Router, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from drawbar.identity.guards import Door, actor_of, admin_token, api_key, connection_token
from drawbar.identity.rights import (
    ADMINISTER_ASSETS,
    READ_ASSETS,
    READ_HUB,
    READ_RECORDS,
    WRITE_HUB,
)
from drawbar.kit.http.parameters import list_query, listed, refuse_undeclared
from drawbar.kit.http.provided import TheCursors, TheDatabase
from drawbar.webhooks import messages, store
from drawbar.webhooks.catalogue import HUB_TYPES
from drawbar.webhooks.endpoint_api import endpoint_routes
from drawbar.webhooks.model import Audience, Event, Message, MessageWithAttempts

AnyRequest = Request[Any, Any, Any]


class MessagePage(msgspec.Struct, frozen=True):
    """One page of messages."""

    data: list[Message]
    next_cursor: str | None
    as_of: datetime


class EventPage(msgspec.Struct, frozen=True):
    """One page of events; go on with `created_after=` this `as_of` when there is no cursor."""

    data: list[Event]
    next_cursor: str | None
    as_of: datetime


class Since(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From when on failed messages are retried."""

    since: Annotated[datetime, msgspec.Meta(tz=True)]


class Retried(msgspec.Struct, frozen=True):
    """How many messages were put back in the queue."""

    retried: int


def admin_routes() -> list[HTTPRouteHandler]:
    """Return the Admin API's routes, to be mounted at `/admin/v1`."""
    read, write = admin_token(READ_HUB), admin_token(WRITE_HUB)
    return [
        *endpoint_routes(Audience.HUB, read, write, HUB_TYPES),
        *_message_routes(Audience.HUB, read, write),
        _events(Audience.HUB, read),
    ]


def asset_routes(event_types: Collection[str]) -> list[HTTPRouteHandler]:
    """Return the asset platform's routes, to be mounted at `/assettracs/api/v1`.

    The platform lies above this package, so it tells its event types.
    Endpoints need the scope `admin`, also to be read: an address may hold a secret.
    """
    administer = api_key(ADMINISTER_ASSETS)
    return [
        *endpoint_routes(Audience.PLATFORM, administer, administer, event_types),
        _events(Audience.PLATFORM, api_key(READ_ASSETS)),
    ]


def connection_routes() -> list[HTTPRouteHandler]:
    """Return the routes of a connection's token, to be mounted at `/api/v1`."""
    return [_events(Audience.HUB, connection_token(READ_RECORDS), "connection_")]


def webhook_apis(platform_types: Collection[str]) -> list[Router]:
    """Return the routers of every audience, given the event types of the asset platform."""
    mounted = {
        "/admin/v1": admin_routes(),
        "/assettracs/api/v1": asset_routes(platform_types),
        "/api/v1": connection_routes(),
    }
    return [
        Router(path, route_handlers=routes, before_request=refuse_undeclared, tags=["Webhooks"])
        for path, routes in mounted.items()
    ]


def _message_routes(audience: Audience, read: Door, write: Door) -> list[HTTPRouteHandler]:
    @get(
        "/webhook-messages",
        guards=[read],
        opt=listed(store.MESSAGE_LIST),
        operation_id="list_webhook_messages",
        summary="List messages; status=failed is the failed list",
    )
    async def list_messages(
        request: AnyRequest, database: TheDatabase, cursors: TheCursors
    ) -> MessagePage:
        workspace_id = actor_of(request).workspace_id
        async with database.reading(workspace_id) as tx:
            query = list_query(request, store.MESSAGE_LIST, tx.now, cursors, workspace_id)
            page = await store.page_of_messages(tx, query, cursors, audience)
        return MessagePage(page.rows, page.next_cursor, page.as_of)

    @get(
        "/webhook-messages/{id:uuid}",
        guards=[read],
        operation_id="get_webhook_message",
        summary="Get one message with its attempts",
    )
    async def get_message(
        request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
    ) -> MessageWithAttempts:
        async with database.reading(actor_of(request).workspace_id) as tx:
            return await store.message_with_attempts(tx, id, audience)

    @post(
        "/webhook-messages/{id:uuid}/retry",
        guards=[write],
        status_code=202,
        operation_id="retry_webhook_message",
        summary="Send a message now, with the same webhook-id and body",
    )
    async def retry_message(
        request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
    ) -> Message:
        actor = actor_of(request)
        async with database.writing(actor.workspace_id) as tx:
            return await messages.retry(tx, actor, audience, id)

    @post(
        "/webhook-messages/retry",
        guards=[write],
        status_code=202,
        operation_id="retry_failed_webhook_messages",
        summary="Send anew all that failed since a time",
    )
    async def retry_failed(
        request: AnyRequest, database: TheDatabase, data: JSONBody[Since]
    ) -> Retried:
        actor = actor_of(request)
        async with database.writing(actor.workspace_id) as tx:
            return Retried(await messages.retry_failed(tx, actor, audience, data.since))

    return [list_messages, get_message, retry_message, retry_failed]


def _events(audience: Audience, read: Door, prefix: str = "") -> HTTPRouteHandler:
    @get(
        "/events",
        guards=[read],
        opt=listed(store.EVENT_LIST),
        operation_id=f"list_{prefix or f'{audience}_'}events",
        summary="List events, delivered or not",
    )
    async def list_events(
        request: AnyRequest, database: TheDatabase, cursors: TheCursors
    ) -> EventPage:
        actor = actor_of(request)
        async with database.reading(actor.workspace_id) as tx:
            owner = actor.connection_id or actor.workspace_id
            query = list_query(request, store.EVENT_LIST, tx.now, cursors, owner)
            page = await store.page_of_events(tx, query, cursors, audience, actor.connection_id)
        return EventPage(page.rows, page.next_cursor, page.as_of)

    return list_events
