"""Publishing: the event and its deliveries are written in the transaction of the fact."""

from typing import Any
from uuid import UUID

from drawbar.kit import json
from drawbar.kit.db import Writing
from drawbar.kit.ids import new_id
from drawbar.webhooks import store

WAKE_UP = "drawbar_deliveries"
"""Channel told after a commit that deliveries wait; losing a call costs one poll."""


async def publish(
    tx: Writing, type: str, data: dict[str, Any], *, connection_id: UUID | None = None
) -> UUID:
    """Store an event and one delivery for each endpoint that wants it; return the event's id.

    `data` is thin: ids, counts and codes, never whole records or secrets.
    """
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
    if await store.add_deliveries(tx, id, connection_id, patterns(type)):

        async def wake() -> None:
            await tx.execute("SELECT pg_notify($1, '')", WAKE_UP)

        tx.after_commit(wake)
    return id


def message_id(event_id: UUID) -> str:
    """Return the `webhook-id` of an event: the same on every try and at every endpoint."""
    return f"msg_{event_id.hex}"


def patterns(type: str) -> list[str]:
    """Return the subscriptions a type satisfies: `a.b.c` fits `a.b.c`, `a.b.*`, `a.*` and `*`."""
    parts = type.split(".")
    wider = [".".join([*parts[:depth], "*"]) for depth in range(len(parts))]
    return [type, *wider]
