"""A sandbox connection's switches in the Admin API."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get, patch
from litestar.params import FromPath, JSONBody

from drawbar.connections.sandbox import actions
from drawbar.connections.sandbox.actions import ChangedSwitches
from drawbar.connectors.sandbox.switches import Switches
from drawbar.identity.guards import actor_of, admin_token
from drawbar.identity.rights import READ_HUB, WRITE_HUB
from drawbar.kit.http.provided import TheDatabase

AnyRequest = Request[Any, Any, Any]


class SwitchesView(msgspec.Struct, frozen=True, kw_only=True):
    """What goes wrong on purpose with a sandbox connection."""

    delay_ms: int
    """Milliseconds each answer takes; beyond 30,000 the hub stops waiting."""
    error_rate: float
    """Share of requests answered with 500, from 0 to 1."""
    outage: bool
    """Nobody answers at all."""
    rate_limit_per_minute: int | None
    """Requests answered a minute by each process; the rest get 429. None: no limit."""
    credentials_expired: bool
    """Sign-in is refused; reauthorizing the connection switches it off."""
    denied_entities: list[str]
    """Entities that may not be read."""


@get(
    "/connections/{id:uuid}/sandbox",
    guards=[admin_token(READ_HUB)],
    operation_id="get_sandbox_switches",
)
async def get_sandbox_switches(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> SwitchesView:
    """Show a sandbox connection's switches."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        return _shown(await actions.switches_of(tx, id))


@patch(
    "/connections/{id:uuid}/sandbox",
    guards=[admin_token(WRITE_HUB)],
    operation_id="turn_sandbox_switches",
)
async def turn_sandbox_switches(
    request: AnyRequest,
    database: TheDatabase,
    id: FromPath[UUID],
    data: JSONBody[ChangedSwitches],
) -> SwitchesView:
    """Turn a sandbox connection's switches; they count from its next request on."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        return _shown(await actions.turn(tx, actor, id, data))


ROUTES = [get_sandbox_switches, turn_sandbox_switches]


def _shown(switches: Switches) -> SwitchesView:
    return msgspec.convert(switches, SwitchesView, from_attributes=True)
