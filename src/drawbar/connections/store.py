"""SQL of connections and their sealed secrets."""

from datetime import timedelta
from uuid import UUID

import msgspec

from drawbar.connections.model import LIVE, Connection, Secrets
from drawbar.kit import json
from drawbar.kit.crypto import SealError, Vault
from drawbar.kit.db import Reading, System, Writing
from drawbar.kit.sealed import SealedColumn
from drawbar.kit.tables import Table

CONNECTIONS = Table("connections", Connection, "connection")
CHECK_EVERY = timedelta(minutes=10)
"""Between health checks of a source that is well; its syncs look at it more often."""
SEALED = (
    SealedColumn(
        "connection_secrets",
        "sealed",
        ("workspace_id", "connection_id"),
        lambda row: bytes(row["connection_id"].bytes),
    ),
)

SEAL = """
INSERT INTO connection_secrets (workspace_id, connection_id, sealed, modified_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (workspace_id, connection_id) DO UPDATE
SET sealed = excluded.sealed, modified_at = excluded.modified_at
"""

SET_STATE = """
UPDATE connections
   SET status = $2, health = $3, health_message = $4, health_changed_at = $5,
       last_checked_at = $6, next_check_at = $7, failed_checks = $8, next_sync_at = $9,
       last_synced_at = $10,
       modified_at = CASE WHEN status <> $2 OR health <> $3 THEN $11 ELSE modified_at END
 WHERE id = $1
"""
CHECK_LEASE = timedelta(minutes=5)
"""After which a check that was claimed and never ended is due again."""
CLAIM_CHECKS = """
UPDATE connections
   SET next_check_at = $2
 WHERE (workspace_id, id) IN (
   SELECT workspace_id, id FROM connections
    WHERE next_check_at <= $1 AND status = ANY($3::text[])
    ORDER BY next_check_at
    LIMIT $4
      FOR NO KEY UPDATE SKIP LOCKED)
RETURNING workspace_id, id
"""


async def seal(tx: Writing, vault: Vault, connection_id: UUID, secrets: Secrets) -> None:
    """Store a connection's secrets, encrypted for it alone."""
    sealed = vault.seal(json.encode(secrets), context=connection_id.bytes)
    await tx.execute(SEAL, tx.workspace_id, connection_id, sealed, tx.now)


async def unseal(tx: Reading, vault: Vault, connection_id: UUID) -> Secrets | None:
    """Return a connection's secrets, or None when they were erased."""
    sealed = await tx.fetchval(
        "SELECT sealed FROM connection_secrets WHERE connection_id = $1", connection_id
    )
    if sealed is None:
        return None
    return json.decode(vault.open(sealed, context=connection_id.bytes), Secrets)


async def readable_secrets(tx: Reading, vault: Vault, connection_id: UUID) -> Secrets | None:
    """Return a connection's secrets, None when erased or sealed under a lost master key."""
    try:
        return await unseal(tx, vault, connection_id)
    except SealError:
        return None


async def erase_secrets(tx: Writing, connection_id: UUID) -> None:
    """Forget a connection's secrets for good."""
    await tx.execute("DELETE FROM connection_secrets WHERE connection_id = $1", connection_id)


async def revoke_magic_links(tx: Writing, connection_id: UUID) -> None:
    """End the links by which a customer could still finish or reconnect this connection."""
    await tx.execute(
        "UPDATE magic_links SET revoked_at = $2, modified_at = $2, version = version + 1 "
        "WHERE connection_id = $1 AND revoked_at IS NULL AND finished_at IS NULL",
        connection_id,
        tx.now,
    )


async def workspace_of(tx: System, connection_id: UUID) -> UUID | None:
    """Return whose connection this is, or None."""
    found: UUID | None = await tx.fetchval(
        "SELECT workspace_id FROM connections WHERE id = $1", connection_id
    )
    return found


async def due_to_sync(tx: System, most: int) -> list[tuple[UUID, UUID]]:
    """Return (workspace, connection) of those whose next sync has come, the longest due first."""
    rows = await tx.fetch(
        "SELECT workspace_id, id FROM connections WHERE next_sync_at <= $1 "
        "ORDER BY next_sync_at LIMIT $2",
        tx.now,
        most,
    )
    return [(row["workspace_id"], row["id"]) for row in rows]


async def set_state(tx: Writing, connection: Connection) -> None:
    """Note how the connection fares; the version counts only what people change."""
    await tx.execute(
        SET_STATE,
        connection.id,
        connection.status,
        connection.health,
        connection.health_message,
        connection.health_changed_at,
        connection.last_checked_at,
        connection.next_check_at,
        connection.failed_checks,
        connection.next_sync_at,
        connection.last_synced_at,
        tx.now,
    )


async def claim_due_checks(tx: System, most: int) -> list[tuple[UUID, UUID]]:
    """Take the (workspace, connection) of those whose next check has come; no other gets them."""
    rows = await tx.fetch(CLAIM_CHECKS, tx.now, tx.now + CHECK_LEASE, list(LIVE), most)
    return [(row["workspace_id"], row["id"]) for row in rows]


async def set_subscription(tx: Writing, connection_id: UUID, subscription_id: str | None) -> None:
    """Note which push the source keeps for this connection."""
    await tx.execute(
        "UPDATE connections SET subscription_id = $2 WHERE id = $1", connection_id, subscription_id
    )


async def set_next_sync(tx: Writing, connection: Connection) -> None:
    """Put the next scheduled sync one interval off; a connection that is not live has none."""
    interval = timedelta(seconds=connection.sync_interval_seconds)
    await tx.execute(
        "UPDATE connections SET next_sync_at = $2 WHERE id = $1",
        connection.id,
        tx.now + interval if connection.live else None,
    )


class CustomerShare(msgspec.Struct, frozen=True):
    """A customer, by the vendor's own reference, and the credits of its connections."""

    customer_reference: str
    credits: int


async def credits_by_customer(tx: Reading) -> list[CustomerShare]:
    """Return the credits each customer's connections hold."""
    rows = await tx.fetch(
        "SELECT customer_reference, sum(credits)::int AS credits FROM connections "
        "WHERE credits > 0 AND status <> 'disconnected' GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    return msgspec.convert([dict(row) for row in rows], list[CustomerShare])
