"""The request log and the audit log in the Admin API: what was asked, and what was done."""

from typing import Any

from litestar import Request, Router, get
from litestar.params import FromPath

from drawbar.audit import entries
from drawbar.identity.guards import actor_of, admin_token
from drawbar.identity.rights import READ_HUB
from drawbar.kit.http.parameters import list_query, listed, refuse_undeclared
from drawbar.kit.http.provided import TheCursors, TheDatabase
from drawbar.requests import store
from drawbar.requests.model import RequestDetail

AnyRequest = Request[Any, Any, Any]


@get(
    "/request-logs",
    guards=[admin_token(READ_HUB)],
    opt=listed(store.LIST),
    operation_id="list_request_logs",
)
async def list_request_logs(
    request: AnyRequest, database: TheDatabase, cursors: TheCursors
) -> store.LogPage:
    """List what was asked of the APIs; a request shows up within two seconds of its answer."""
    workspace_id = actor_of(request).workspace_id
    async with database.reading(workspace_id) as tx:
        query = list_query(request, store.LIST, tx.now, cursors, workspace_id)
        return await store.page(tx, query, cursors)


@get(
    "/request-logs/{request_id:str}",
    guards=[admin_token(READ_HUB)],
    operation_id="get_request_log",
)
async def get_request_log(
    request: AnyRequest, database: TheDatabase, request_id: FromPath[str]
) -> RequestDetail:
    """Show one request by its `X-Request-Id`, with headers and bodies, secrets masked."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        return await store.find(tx, request_id)


@get(
    "/audit",
    guards=[admin_token(READ_HUB)],
    opt=listed(entries.LIST),
    operation_id="list_audit_entries",
)
async def list_audit_entries(
    request: AnyRequest, database: TheDatabase, cursors: TheCursors
) -> entries.AuditPage:
    """List who did what to which thing, with its fields before and after."""
    workspace_id = actor_of(request).workspace_id
    async with database.reading(workspace_id) as tx:
        query = list_query(request, entries.LIST, tx.now, cursors, workspace_id)
        return await entries.page(tx, query, cursors)


def requests_api() -> Router:
    """Return both logs' part of `/admin/v1`."""
    return Router(
        "/admin/v1",
        route_handlers=[list_request_logs, get_request_log, list_audit_entries],
        before_request=refuse_undeclared,
        tags=["Admin API"],
    )
