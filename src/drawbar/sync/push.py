"""What sources tell us by themselves: a signed call starts a run of what changed."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, Router, post
from litestar.params import FromPath

from drawbar.audit import Actor
from drawbar.connections import store as connections
from drawbar.connectors.catalogue import CATALOGUE
from drawbar.connectors.sdk.errors import PushRefused
from drawbar.identity.guards import public
from drawbar.kit.db import Database
from drawbar.kit.errors import not_found, unauthenticated
from drawbar.kit.http.provided import TheDatabase, TheVault
from drawbar.sync.actions import start_runs

AnyRequest = Request[Any, Any, Any]


@post(
    "/hub/push/{connection_id:uuid}",
    status_code=202,
    opt=public("a source calls it; its signature is its credential"),
    include_in_schema=False,
)
async def receive_push(
    request: AnyRequest, database: TheDatabase, vault: TheVault, connection_id: FromPath[UUID]
) -> Response[None]:
    """Start an incremental run of what the source says has changed; 401 for a false signature."""
    workspace_id = await _workspace_of(database, connection_id)
    async with database.reading(workspace_id) as tx:
        connection = await connections.CONNECTIONS.get(tx, connection_id)
        secrets = await connections.readable_secrets(tx, vault, connection_id)
        now = tx.now
    request.state.actor = Actor(
        kind="source",
        label=connection.system,
        workspace_id=workspace_id,
        connection_id=connection.id,
    )
    push = CATALOGUE[connection.system].push
    if push is None or secrets is None or secrets.push_secret is None or not connection.live:
        raise not_found("push address")
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        entities = push.affected_entities(headers, await request.body(), secrets.push_secret, now)
    except PushRefused as error:
        raise unauthenticated(f"This push is refused: {error}.") from error
    if entities:
        async with database.writing(workspace_id) as tx:
            known = set(entities)
            await start_runs(tx, connection, "incremental", "push", entities=known)
    return Response(None, status_code=202)


async def _workspace_of(database: Database, connection_id: UUID) -> UUID:
    async with database.as_system("a source pushes to this connection") as tx:
        workspace_id = await connections.workspace_of(tx, connection_id)
    if workspace_id is None:
        raise not_found("push address")
    return workspace_id


def push_api() -> Router:
    """Return the address sources push to."""
    return Router("/", route_handlers=[receive_push])
