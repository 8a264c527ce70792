"""JSON routes of endpoints, the same for the hub's and the platform's."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, delete, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from drawbar.identity.guards import Door, actor_of
from drawbar.kit.crypto import SealError, Vault
from drawbar.kit.http.parameters import list_query, listed
from drawbar.kit.http.provided import (
    TheCursors,
    TheDatabase,
    TheHttp,
    TheSettings,
    TheVault,
)
from drawbar.kit.settings import Settings
from drawbar.kit.tables import Row
from drawbar.webhooks import endpoints, store
from drawbar.webhooks.model import Audience, Endpoint, NewEndpoint
from drawbar.webhooks.sealing import open_headers

AnyRequest = Request[Any, Any, Any]


class ChangedEndpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body that changes an endpoint; whatever is left out stays as it is."""

    url: str | msgspec.UnsetType = msgspec.UNSET
    event_types: list[str] | msgspec.UnsetType = msgspec.UNSET
    description: str | msgspec.UnsetType = msgspec.UNSET
    headers: dict[str, str] | msgspec.UnsetType = msgspec.UNSET
    enabled: bool | msgspec.UnsetType = msgspec.UNSET


class EndpointShown(Row, frozen=True, kw_only=True):
    """An endpoint as callers see it: header names without values, no secret."""

    url: str
    event_types: list[str]
    connection_id: UUID | None
    description: str
    header_names: list[str] | None
    """None when the master key was lost: send the headers again."""
    enabled: bool


class EndpointWithSecret(EndpointShown, frozen=True, kw_only=True):
    """The only answer that holds the secret."""

    secret: str


class EndpointPage(msgspec.Struct, frozen=True):
    """One page of endpoints."""

    data: list[EndpointShown]
    next_cursor: str | None
    as_of: datetime


class TestSent(msgspec.Struct, frozen=True):
    """The message that carries the test; ask for its attempts."""

    message_id: UUID


def endpoint_routes(
    audience: Audience, read: Door, write: Door, known: Collection[str]
) -> list[HTTPRouteHandler]:
    """Make the routes of one half's endpoints behind these doors, for its event types."""

    @get(
        "/webhook-endpoints",
        guards=[read],
        opt=listed(store.ENDPOINT_LIST),
        operation_id=f"list_{audience}_webhook_endpoints",
        summary="List webhook endpoints",
    )
    async def list_endpoints(
        request: AnyRequest, database: TheDatabase, cursors: TheCursors, vault: TheVault
    ) -> EndpointPage:
        workspace_id = actor_of(request).workspace_id
        async with database.reading(workspace_id) as tx:
            query = list_query(request, store.ENDPOINT_LIST, tx.now, cursors, workspace_id)
            page = await store.page_of_endpoints(tx, query, cursors, audience)
        shown = [EndpointShown(**_shown(row, vault, workspace_id)) for row in page.rows]
        return EndpointPage(shown, page.next_cursor, page.as_of)

    @get(
        "/webhook-endpoints/{id:uuid}",
        guards=[read],
        operation_id=f"get_{audience}_webhook_endpoint",
        summary="Get one webhook endpoint",
    )
    async def get_endpoint(
        request: AnyRequest, database: TheDatabase, vault: TheVault, id: FromPath[UUID]
    ) -> EndpointShown:
        workspace_id = actor_of(request).workspace_id
        async with database.reading(workspace_id) as tx:
            row = await store.endpoint(tx, id, audience)
        return EndpointShown(**_shown(row, vault, workspace_id))

    @post(
        "/webhook-endpoints",
        guards=[write],
        operation_id=f"create_{audience}_webhook_endpoint",
        summary="Create a webhook endpoint; the answer shows its secret once",
    )
    async def create_endpoint(
        request: AnyRequest,
        database: TheDatabase,
        vault: TheVault,
        http: TheHttp,
        settings: TheSettings,
        data: JSONBody[NewEndpoint],
    ) -> EndpointWithSecret:
        actor = actor_of(request)
        url = await endpoints.vet_receiver(http, data.url, https_only=is_public(settings))
        async with database.writing(actor.workspace_id) as tx:
            row, secret = await endpoints.create(tx, actor, vault, audience, url, data, known=known)
        return EndpointWithSecret(**_shown(row, vault, actor.workspace_id), secret=secret)

    @patch(
        "/webhook-endpoints/{id:uuid}",
        guards=[write],
        operation_id=f"change_{audience}_webhook_endpoint",
        summary="Change a webhook endpoint",
    )
    async def change_endpoint(
        request: AnyRequest,
        database: TheDatabase,
        vault: TheVault,
        http: TheHttp,
        settings: TheSettings,
        id: FromPath[UUID],
        data: JSONBody[ChangedEndpoint],
    ) -> EndpointShown:
        actor = actor_of(request)
        sent = {name: getattr(data, name) for name in data.__struct_fields__}
        fields = {name: value for name, value in sent.items() if value is not msgspec.UNSET}
        url = None
        if "url" in fields:
            wanted = fields.pop("url")
            url = await endpoints.vet_receiver(http, wanted, https_only=is_public(settings))
        async with database.writing(actor.workspace_id) as tx:
            row = await endpoints.change(tx, actor, vault, audience, id, url, fields, known=known)
        return EndpointShown(**_shown(row, vault, actor.workspace_id))

    @delete(
        "/webhook-endpoints/{id:uuid}",
        guards=[write],
        operation_id=f"delete_{audience}_webhook_endpoint",
        summary="Delete a webhook endpoint; what waits for it goes to the failed list",
    )
    async def delete_endpoint(
        request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
    ) -> None:
        actor = actor_of(request)
        async with database.writing(actor.workspace_id) as tx:
            await endpoints.remove(tx, actor, audience, id)

    @post(
        "/webhook-endpoints/{id:uuid}/rotate-secret",
        guards=[write],
        operation_id=f"rotate_{audience}_webhook_secret",
        summary="Make a new secret; the former one goes on signing beside it for 24 hours",
    )
    async def rotate_secret(
        request: AnyRequest, database: TheDatabase, vault: TheVault, id: FromPath[UUID]
    ) -> EndpointWithSecret:
        actor = actor_of(request)
        async with database.writing(actor.workspace_id) as tx:
            row, secret = await endpoints.rotate(tx, actor, vault, audience, id)
        return EndpointWithSecret(**_shown(row, vault, actor.workspace_id), secret=secret)

    @post(
        "/webhook-endpoints/{id:uuid}/test",
        guards=[write],
        status_code=202,
        operation_id=f"test_{audience}_webhook_endpoint",
        summary="Send webhook.test to an endpoint",
    )
    async def test_endpoint(
        request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
    ) -> TestSent:
        actor = actor_of(request)
        async with database.writing(actor.workspace_id) as tx:
            return TestSent(await endpoints.send_test(tx, actor, audience, id))

    return [
        list_endpoints,
        get_endpoint,
        create_endpoint,
        change_endpoint,
        delete_endpoint,
        rotate_secret,
        test_endpoint,
    ]


def is_public(settings: Settings) -> bool:
    """Say whether this Drawbar is reached by https, so that its receivers must be too."""
    return settings.address.startswith("https://")


def _shown(row: Endpoint, vault: Vault, workspace_id: UUID) -> dict[str, Any]:
    fields = msgspec.structs.asdict(row)
    sealed = fields.pop("sealed_headers")
    del fields["sealed_secret"]
    try:
        names: list[str] | None = sorted(open_headers(vault, workspace_id, row.id, sealed))
    except SealError:
        names = None
    return {**fields, "header_names": names}
