"""The platform's public REST API: the same six routes for every kind."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from drawbar.assettracs import actions
from drawbar.assettracs.kind import Kind, given
from drawbar.assettracs.kinds import KINDS
from drawbar.identity.guards import actor_of, api_key
from drawbar.identity.rights import READ_ASSETS, WRITE_ASSETS
from drawbar.kit.errors import Problem
from drawbar.kit.http.parameters import list_query, listed, refuse_undeclared
from drawbar.kit.http.provided import TheCursors, TheDatabase
from drawbar.kit.http.refusals import or_made
from drawbar.kit.tables import Page

AnyRequest = Request[Any, Any, Any]


def routes(kind: Kind[Any]) -> list[HTTPRouteHandler]:
    """Make the routes of one kind: list, get, create, change, put by external id, delete."""
    row, new, changed = kind.table.row, kind.new, kind.patch
    what, one = kind.table.what, kind.table.one

    @get(
        f"/{kind.path}",
        guards=[api_key(READ_ASSETS)],
        opt=listed(kind.spec),
        operation_id=f"list_{kind.name}",
        summary=f"List {kind.name.replace('_', ' ')}",
    )
    async def list_rows(
        request: AnyRequest, database: TheDatabase, cursors: TheCursors
    ) -> Page[row]:  # type: ignore[valid-type]
        actor = actor_of(request)
        async with database.reading(actor.workspace_id) as tx:
            query = list_query(request, kind.spec, tx.now, cursors, actor.workspace_id)
            return await kind.table.page(tx, query, cursors)

    @get(
        f"/{kind.path}/{{id:uuid}}",
        guards=[api_key(READ_ASSETS)],
        operation_id=f"get_{kind.name}",
        summary=f"Get one {what}",
    )
    async def get_row(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> row:  # type: ignore[valid-type]
        async with database.reading(actor_of(request).workspace_id) as tx:
            return await kind.table.get(tx, id)  # type: ignore[no-any-return]

    @post(
        f"/{kind.path}",
        guards=[api_key(WRITE_ASSETS)],
        operation_id=f"create_{kind.name}",
        summary=f"Create {one}",
    )
    async def create_row(request: AnyRequest, database: TheDatabase, data: JSONBody[new]) -> row:  # type: ignore[valid-type]
        actor = actor_of(request)
        async with database.writing(actor.workspace_id) as tx:
            return await actions.create(tx, actor, kind, given(data))

    @patch(
        f"/{kind.path}/{{id:uuid}}",
        guards=[api_key(WRITE_ASSETS)],
        operation_id=f"change_{kind.name}",
        summary=f"Change {one}",
    )
    async def change_row(
        request: AnyRequest,
        database: TheDatabase,
        id: FromPath[UUID],
        data: JSONBody[changed],  # type: ignore[valid-type]
    ) -> row:  # type: ignore[valid-type]
        actor = actor_of(request)
        async with database.writing(actor.workspace_id) as tx:
            return await actions.change(tx, actor, kind, id, given(data))

    @put(
        f"/{kind.path}/by-external-id/{{external_id:str}}",
        guards=[api_key(WRITE_ASSETS)],
        opt=or_made(),
        operation_id=f"put_{kind.name}",
        summary=f"Create or change {one} by its external id",
    )
    async def put_row(
        request: AnyRequest,
        database: TheDatabase,
        external_id: FromPath[str],
        data: JSONBody[new],  # type: ignore[valid-type]
    ) -> Response[row]:  # type: ignore[valid-type]
        actor = actor_of(request)
        async with database.writing(actor.workspace_id) as tx:
            saved, is_new = await actions.put(tx, actor, kind, external_id, given(data))
        return Response(saved, status_code=201 if is_new else 200)

    @delete(
        f"/{kind.path}/{{id:uuid}}",
        guards=[api_key(WRITE_ASSETS)],
        operation_id=f"delete_{kind.name}",
        summary=f"Delete {one}",
    )
    async def delete_row(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> None:
        actor = actor_of(request)
        async with database.writing(actor.workspace_id) as tx:
            await actions.remove(tx, actor, kind, id)

    if kind.only_server_makes:
        return [list_rows, get_row, change_row, *_refusals(kind)]
    return [list_rows, get_row, create_row, change_row, put_row, delete_row]


def _refusals(kind: Kind[Any]) -> list[HTTPRouteHandler]:
    """Answer what callers cannot do with the reason, rather than with a bare 405."""

    async def refuse() -> None:
        raise Problem(
            405,
            "METHOD_NOT_ALLOWED",
            "Method not allowed",
            kind.only_server_makes,
            headers={"Allow": "GET, PATCH"},
        )

    guards = [api_key(WRITE_ASSETS)]
    one, external = f"/{kind.path}/{{id:uuid}}", f"/{kind.path}/by-external-id/{{external_id:str}}"
    return [
        post(f"/{kind.path}", guards=guards, include_in_schema=False)(refuse),
        put(external, guards=guards, include_in_schema=False)(refuse),
        delete(one, guards=guards, include_in_schema=False, status_code=405)(refuse),
    ]


def asset_api() -> Router:
    """Return `/assettracs/api/v1` with every kind."""
    handlers = [handler for kind in KINDS for handler in routes(kind)]
    return Router(
        "/assettracs/api/v1",
        route_handlers=handlers,
        before_request=refuse_undeclared,
        tags=["AssetTracs"],
    )
