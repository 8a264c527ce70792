"""Publishing: the event and its deliveries are written in the transaction of the fact."""

from typing import Any
from uuid import UUID

from drawbar.kit import json
from drawbar.kit.db import Writing
from drawbar.kit.ids import new_id
from drawbar.webhooks import store
from drawbar.webhooks.model import PLATFORM, message_id

WAKE_UP = "drawbar_deliveries"
"""Channel told after a commit that deliveries wait; losing a call costs one poll."""


async def publish(
    tx: Writing, type: str, data: dict[str, Any], *, connection_id: UUID | None = None
) -> UUID:
    """Store an event and one delivery for each endpoint that wants it; return the event's id.

    `data` is thin: ids, counts and codes, never whole records or secrets.
    """
    id = await _add(tx, type, data, connection_id)
    if await store.add_deliveries(tx, id, connection_id, patterns(type)):
        wake_after(tx)
    return id


async def publish_to(tx: Writing, endpoint_id: UUID, type: str, data: dict[str, Any]) -> UUID:
    """Store an event for one endpoint, whatever it subscribed to; return the delivery's id."""
    event_id, delivery_id = await _add(tx, type, data, None), new_id()
    await store.add_delivery(tx, delivery_id, endpoint_id, event_id)
    wake_after(tx)
    return delivery_id


def wake_after(tx: Writing) -> None:
    """Tell the deliverers after the commit that something is due."""

    async def wake() -> None:
        await tx.execute("SELECT pg_notify($1, '')", WAKE_UP)

    tx.after_commit(wake)


async def _add(tx: Writing, type: str, data: dict[str, Any], connection_id: UUID | None) -> UUID:
    id = new_id()
    payload = {
        "id": message_id(id),
        "type": type,
        "timestamp": tx.now,
        "workspace_id": tx.workspace_id,
        "connection_id": connection_id,
        "data": data,
    }
    await store.add_event(tx, id, type, connection_id, json.encode(payload))
    return id


def patterns(type: str) -> list[str]:
    """Return the subscriptions a type satisfies: `a.b.c` fits `a.b.c`, `a.b.*`, `a.*` and `*`.

    `*` means all of the hub's events: those of the asset platform fit `assettracs.*` at widest,
    so that neither half's receivers see the other's.
    """
    parts = type.split(".")
    widest = 1 if type.startswith(PLATFORM) else 0
    wider = [".".join([*parts[:depth], "*"]) for depth in range(widest, len(parts))]
    return [type, *wider]
