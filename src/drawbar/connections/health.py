"""How a connection's source fares, apart from the connection's status (hub.md §4)."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from drawbar.connections import store
from drawbar.connections.model import Connection, Health, Status
from drawbar.connectors.sdk.errors import (
    CredentialsRejected,
    PermissionMissing,
    SourceError,
    SourceUnavailable,
)
from drawbar.kit.db import Writing
from drawbar.kit.errors import connection_unavailable, reauthorization_required
from drawbar.webhooks import outbox

FIRST_RECHECK = timedelta(seconds=15)
LONGEST_RECHECK = timedelta(minutes=15)
JITTER = 0.2
"""Share by which the next check is put off, so that sources are not all asked at once."""
NOT_READABLE = "The credentials may not read: "
UNREADABLE = (
    "The stored credentials cannot be opened with this master key. Restore the key they were "
    "sealed with, or reconnect the system."
)


class Finding(msgspec.Struct, frozen=True):
    """What was learnt about a source; `patience` is how long it asked to be left alone."""

    health: Health
    message: str = ""
    patience: timedelta = timedelta()


ONLINE = Finding("online")


def finding_of(error: SourceError) -> Finding:
    """Say what a source's failure means for its connection's health."""
    if isinstance(error, CredentialsRejected):
        return Finding("reauth_required", str(error))
    if isinstance(error, SourceUnavailable):
        return Finding("offline", str(error), error.retry_after or timedelta())
    if isinstance(error, PermissionMissing):
        return Finding("degraded", NOT_READABLE + str(error))
    return Finding("degraded", str(error))


def denied(entities: Iterable[str]) -> Finding:
    """Say that credentials are good but do not open these entities; none of them is online."""
    names = ", ".join(sorted(name.replace("_", " ") for name in entities))
    return Finding("degraded", NOT_READABLE + names) if names else ONLINE


def seen_by_check(connection: Connection, found: Finding) -> Finding:
    """Keep what a check cannot see: a sync that fails on its rows, not on its rights."""
    is_of_rows = connection.health == "degraded" and not connection.health_message.startswith(
        NOT_READABLE
    )
    if is_of_rows and found == ONLINE:
        return Finding("degraded", connection.health_message)
    return found


def recheck_after(failures: int) -> timedelta:
    """Return the pause before an offline source is checked again, doubling up to a limit."""
    doublings: int = min(max(failures - 1, 0), 10)
    return min(FIRST_RECHECK * (1 << doublings), LONGEST_RECHECK)


async def note(
    tx: Writing,
    connection: Connection,
    found: Finding,
    *,
    status: Status | None = None,
    next_sync_at: datetime | None = None,
    synced: bool = False,
) -> None:
    """Store what was found and tell whoever listens; the caller holds the connection.

    `next_sync_at` None leaves the schedule, except that a source that is back is synced at once
    and one that wants new credentials is not asked again.
    """
    new_status = status or connection.status
    changed = found.health != connection.health
    failures = connection.failed_checks + 1 if found.health == "offline" else 0
    came_back = changed and connection.health in {"offline", "reauth_required"}
    if found.health == "reauth_required":
        next_sync_at = None
    elif next_sync_at is None:
        next_sync_at = tx.now if came_back else connection.next_sync_at
    after = msgspec.structs.replace(
        connection,
        status=new_status,
        health=found.health,
        health_message="" if found.health == "online" else found.message,
        health_changed_at=tx.now if changed else connection.health_changed_at,
        last_checked_at=tx.now,
        next_check_at=_next_check(tx.now, found, failures),
        failed_checks=failures,
        next_sync_at=next_sync_at,
        last_synced_at=tx.now if synced else connection.last_synced_at,
    )
    await store.set_state(tx, after)
    if changed or new_status != connection.status:
        facts = {"status": new_status, "health": found.health, "message": after.health_message}
        await outbox.publish(tx, "connection.status_changed", facts, connection_id=connection.id)
    if changed and found.health == "reauth_required":
        facts = {"message": found.message, "code": "REAUTHORIZATION_REQUIRED"}
        await outbox.publish(tx, "connection.auth_required", facts, connection_id=connection.id)


def require_source(connection: Connection, now: datetime) -> None:
    """Raise 424 or 503 when the source cannot be asked; stored records stay readable."""
    if connection.health == "reauth_required":
        raise reauthorization_required(
            "The system no longer takes this connection's credentials: "
            f"{connection.health_message or 'it refused them'}. "
            "Let the customer reconnect, by Link or a magic link. Stored records stay readable."
        )
    if connection.health == "offline":
        due = connection.next_check_at or now
        raise connection_unavailable(
            "The system of this connection does not answer: "
            f"{connection.health_message or 'it is offline'}. "
            "Drawbar tries again by itself; stored records stay readable.",
            retry_after=max(1, int((due - now).total_seconds())),
        )


def _next_check(now: datetime, found: Finding, failures: int) -> datetime | None:
    if found.health == "reauth_required":
        # Asking on with refused credentials can lock the customer's account.
        return None
    pause = recheck_after(failures) if found.health == "offline" else store.CHECK_EVERY
    jitter = 1 + JITTER * random.random()  # noqa: S311 - spreads load, guards nothing
    return now + max(pause, found.patience) * jitter
