"""The unified API of one connection: records, sync status, sync, changes (hub.md §5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, delete, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from drawbar.audit import Actor
from drawbar.connections import ending
from drawbar.connections import store as connections
from drawbar.connections.api import SPEC, ConnectionView, shown
from drawbar.connections.health import require_source
from drawbar.connections.model import Connection
from drawbar.identity.guards import actor_of, admin_token, connection_token
from drawbar.identity.rights import READ_HUB, READ_RECORDS
from drawbar.kit import json
from drawbar.kit.db import Reading
from drawbar.kit.errors import connection_inactive, not_found
from drawbar.kit.http.openapi import answering
from drawbar.kit.http.parameters import declared, list_query, listed, refuse_undeclared
from drawbar.kit.http.provided import TheCursors, TheDatabase, TheHttp, TheVault
from drawbar.kit.http.refusals import also
from drawbar.kit.listing import Position, whole_number
from drawbar.records import store as records
from drawbar.records.listing import list_spec
from drawbar.schema.components import one_of, page_of
from drawbar.schema.registry import ENTITIES, Entity
from drawbar.sync import store
from drawbar.sync.actions import start_runs
from drawbar.sync.model import Run, RunRequest
from drawbar.sync.status import SyncStatus, sync_status, sync_statuses

AnyRequest = Request[Any, Any, Any]
MOST_CHANGES = 1000
CURSOR_OF_CHANGES = b"changes"


class FeedPosition(msgspec.Struct, frozen=True, array_like=True):
    """A place in the changes feed."""

    connection_id: UUID
    sequence: int


class Changes(msgspec.Struct, frozen=True):
    """A page of the feed; `next_cursor` is where to go on, now or later, and never null."""

    data: list[records.Change]
    next_cursor: str
    has_more: bool


class SyncStatusPage(msgspec.Struct, frozen=True):
    """One page of sync statuses, a connection each."""

    data: list[SyncStatus]
    next_cursor: str | None
    as_of: datetime


class StartedRuns(msgspec.Struct, frozen=True):
    """The runs that answer a request to sync."""

    connection_id: UUID
    run_ids: list[UUID]


async def readable(tx: Reading, actor: Actor) -> Connection:
    """Return the token's connection; raise 403 while it holds no credits."""
    if actor.connection_id is None:
        raise not_found("connection")
    connection = await connections.CONNECTIONS.get(tx, actor.connection_id)
    if connection.status == "inactive":
        raise connection_inactive()
    return connection


def record_routes(entity: Entity) -> list[HTTPRouteHandler]:
    """Make the list and the single read of one entity."""
    spec = list_spec(entity.name)

    @get(
        f"/{entity.path}",
        guards=[connection_token(READ_RECORDS)],
        opt=listed(spec) | answering(page_of(entity)),
        operation_id=f"list_unified_{entity.name}",
        summary=f"List {entity.name.replace('_', ' ')}",
        media_type="application/json",
    )
    async def list_records(
        request: AnyRequest, database: TheDatabase, cursors: TheCursors
    ) -> Response[bytes]:
        actor = actor_of(request)
        async with database.reading(actor.workspace_id) as tx:
            connection = await readable(tx, actor)
            query = list_query(request, spec, tx.now, cursors, connection.id)
            as_of = query.position.as_of if query.position else None
            if query.position is None:
                state = (await store.states(tx, connection.id)).get(entity.name)
                as_of = state.watermark if state else None
            bodies = await records.page_of_bodies(
                tx, query.narrowed("connection_id = {} AND entity = {}", connection.id, entity.name)
            )
        cursor = None
        if len(bodies) > query.limit:
            last = bodies[query.limit - 1]
            position = Position(getattr(last, query.sort_column), last.id, as_of)
            cursor = cursors.seal(position, query.fingerprint)
        return _page(request, [one.body for one in bodies[: query.limit]], cursor, as_of)

    @get(
        f"/{entity.path}/{{id:uuid}}",
        guards=[connection_token(READ_RECORDS)],
        opt=answering(one_of(entity)),
        operation_id=f"get_unified_{entity.name}",
        summary=f"Get one {entity.one}",
        media_type="application/json",
    )
    async def get_record(
        request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
    ) -> Response[bytes]:
        actor = actor_of(request)
        async with database.reading(actor.workspace_id) as tx:
            connection = await readable(tx, actor)
            body = await records.body(tx, connection.id, entity.name, id)
        if body is None:
            raise not_found(f"record in {entity.name}")
        return Response(body, media_type="application/json")

    return [list_records, get_record]


def _page(
    request: AnyRequest, bodies: list[bytes], cursor: str | None, as_of: Any
) -> Response[bytes]:
    tail = json.encode({"next_cursor": cursor, "as_of": as_of})
    headers: Mapping[str, str] = {}
    if cursor:
        query = urlencode({**dict(request.query_params.items()), "cursor": cursor})
        address = request.app.state.settings.address
        headers = {"Link": f'<{address}{request.url.path}?{query}>; rel="next"'}
    content = b'{"data":[' + b",".join(bodies) + b"]," + tail[1:]
    return Response(content, media_type="application/json", headers=headers)


@get("/connection", guards=[connection_token(READ_RECORDS)], operation_id="who_am_i")
async def who_am_i(request: AnyRequest, database: TheDatabase) -> ConnectionView:
    """Tell which connection this token opens."""
    actor = actor_of(request)
    async with database.reading(actor.workspace_id) as tx:
        return shown(await readable(tx, actor))


@delete("/connection", guards=[connection_token(READ_RECORDS)], operation_id="disconnect_me")
async def disconnect_me(
    request: AnyRequest, database: TheDatabase, http: TheHttp, vault: TheVault
) -> None:
    """Disconnect: the token dies, credits return, credentials are erased, records stay."""
    actor = actor_of(request)
    async with database.reading(actor.workspace_id) as tx:
        connection = await readable(tx, actor)
    await ending.disconnect(database, http, vault, actor, connection.id)


@get("/sync-status", guards=[connection_token(READ_RECORDS)], operation_id="get_sync_status")
async def get_sync_status(request: AnyRequest, database: TheDatabase) -> SyncStatus:
    """Tell how far the copy is; store `last_successful_sync_at` before you list."""
    actor = actor_of(request)
    async with database.reading(actor.workspace_id) as tx:
        return await sync_status(tx, await readable(tx, actor))


@post(
    "/sync",
    guards=[connection_token(READ_RECORDS)],
    opt=also(424, 503),
    status_code=202,
    operation_id="sync_now",
)
async def sync_now(
    request: AnyRequest, database: TheDatabase, data: JSONBody[RunRequest | None] = None
) -> StartedRuns:
    """Start a sync of all entities or of those named; watch `/sync-status` for its end."""
    actor = actor_of(request)
    wish = data or RunRequest()
    async with database.writing(actor.workspace_id) as tx:
        connection = await readable(tx, actor)
        require_source(connection, tx.now)
        ids = await start_runs(tx, connection, wish.mode, "manual", entities=wish.entities)
        return StartedRuns(connection.id, ids)


@get(
    "/sync-runs",
    guards=[connection_token(READ_RECORDS)],
    opt=declared(limit="Runs to show, 1 to 500; default 100."),
    operation_id="list_sync_runs",
)
async def list_sync_runs(request: AnyRequest, database: TheDatabase) -> dict[str, list[Run]]:
    """List the newest sync runs."""
    actor = actor_of(request)
    most = whole_number(request.query_params.get("limit", "100"), "limit", 500)
    async with database.reading(actor.workspace_id) as tx:
        connection = await readable(tx, actor)
        return {"data": await store.recent_runs(tx, connection.id, most)}


@get(
    "/changes",
    guards=[connection_token(READ_RECORDS)],
    opt=declared(
        cursor="The `next_cursor` of the page before; without it the feed starts at its beginning.",
        limit=f"Changes per page, 1 to {MOST_CHANGES}; default 100.",
    ),
    operation_id="list_changes",
)
async def list_changes(request: AnyRequest, database: TheDatabase, cursors: TheCursors) -> Changes:
    """Read the gap-free feed of created, updated and deleted records, in commit order."""
    actor = actor_of(request)
    most = whole_number(request.query_params.get("limit", "100"), "limit", MOST_CHANGES)
    async with database.reading(actor.workspace_id) as tx:
        connection = await readable(tx, actor)
        position = FeedPosition(connection.id, 0)
        if (cursor := request.query_params.get("cursor")) is not None:
            fingerprint = CURSOR_OF_CHANGES + connection.id.bytes
            position = cursors.open(cursor, fingerprint, FeedPosition)
        found = await records.changes(tx, connection.id, position.sequence, most + 1)
    data = found[:most]
    reached = FeedPosition(connection.id, data[-1].sequence if data else position.sequence)
    cursor = cursors.seal(reached, CURSOR_OF_CHANGES + connection.id.bytes)
    return Changes(data, cursor, len(found) > most)


@get(
    "/sync-status",
    guards=[admin_token(READ_HUB)],
    opt=listed(SPEC),
    operation_id="list_sync_statuses",
)
async def list_sync_statuses(
    request: AnyRequest, database: TheDatabase, cursors: TheCursors
) -> SyncStatusPage:
    """Tell how far the copy of every connection is, filtered as the list of connections."""
    workspace_id = actor_of(request).workspace_id
    async with database.reading(workspace_id) as tx:
        query = list_query(request, SPEC, tx.now, cursors, workspace_id)
        page = await connections.CONNECTIONS.page(tx, query, cursors)
        return SyncStatusPage(await sync_statuses(tx, page.data), page.next_cursor, page.as_of)


def sync_status_api() -> Router:
    """Return the sync's part of `/admin/v1`."""
    return Router(
        "/admin/v1",
        route_handlers=[list_sync_statuses],
        before_request=refuse_undeclared,
        tags=["Admin API"],
    )


def unified_api() -> Router:
    """Return `/api/v1`."""
    per_entity = [route for entity in ENTITIES.values() for route in record_routes(entity)]
    own = [who_am_i, disconnect_me, get_sync_status, sync_now, list_sync_runs, list_changes]
    return Router(
        "/api/v1",
        route_handlers=[*own, *per_entity],
        before_request=refuse_undeclared,
        tags=["Unified API"],
    )
