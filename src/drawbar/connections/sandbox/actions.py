"""Reading and turning a sandbox connection's switches."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from drawbar import audit
from drawbar.audit import Actor
from drawbar.connections import store
from drawbar.connections.model import Connection
from drawbar.connectors.catalogue import SYSTEMS
from drawbar.connectors.sandbox.switches import (
    LONGEST_DELAY_MS,
    Switches,
    switches_in,
    with_switches,
)
from drawbar.kit.db import Reading, Writing
from drawbar.kit.errors import conflict, invalid

SANDBOXES = frozenset({"sandbox", "sandbox-oauth"})


class ChangedSwitches(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Switches to turn; what is not given stays as it is."""

    delay_ms: Annotated[int, Meta(ge=0, le=LONGEST_DELAY_MS)] | UnsetType = UNSET
    error_rate: Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET
    outage: bool | UnsetType = UNSET
    rate_limit_per_minute: Annotated[int, Meta(ge=1, le=100_000)] | UnsetType | None = UNSET
    credentials_expired: bool | UnsetType = UNSET
    denied_entities: tuple[str, ...] | UnsetType = UNSET


async def switches_of(tx: Reading, connection_id: UUID) -> Switches:
    """Return the switches; 404 for no connection, 409 for one that is no sandbox."""
    connection = await store.CONNECTIONS.get(tx, connection_id)
    _refuse_real(connection)
    return switches_in(connection.settings)


async def turn(tx: Writing, actor: Actor, connection_id: UUID, wish: ChangedSwitches) -> Switches:
    """Turn switches; they count from the next request to the sandbox on.

    The connection's health is looked at next, so that it soon shows what was switched.
    """
    before = await store.CONNECTIONS.get(tx, connection_id, lock=True)
    _refuse_real(before)
    given = {
        name: value
        for name in wish.__struct_fields__
        if (value := getattr(wish, name)) is not UNSET
    }
    if wish.denied_entities is not UNSET:
        given["denied_entities"] = _known(before, wish.denied_entities)
    switches = msgspec.structs.replace(switches_in(before.settings), **given)
    after = msgspec.structs.replace(
        before,
        settings=with_switches(before.settings, switches),
        next_check_at=tx.now if before.live else None,
        modified_at=tx.now,
        version=before.version + 1,
    )
    await store.CONNECTIONS.update(tx, after, expected_version=before.version)
    await audit.record(
        tx, actor, "connection.sandbox_switched", after.id, before=before, after=after
    )
    return switches


def _refuse_real(connection: Connection) -> None:
    if connection.system not in SANDBOXES:
        raise conflict(
            "This connection is no sandbox, so nothing can be switched. "
            "Connect the system `sandbox` to try what goes wrong."
        )


def _known(connection: Connection, entities: tuple[str, ...]) -> tuple[str, ...]:
    there_are = SYSTEMS[connection.system].entities
    for entity in entities:
        if entity not in there_are:
            raise invalid("denied_entities", f"{entity!r} is none of {', '.join(there_are)}.")
    return tuple(one for one in there_are if one in entities)
