"""The end of a connection: disconnecting it, and later deleting what it left behind."""

from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from drawbar import audit
from drawbar.audit import Actor
from drawbar.connections import store
from drawbar.connections.model import Connection, Secrets
from drawbar.connections.source import source_of
from drawbar.connectors.catalogue import CATALOGUE
from drawbar.connectors.sdk.connector import Subscription
from drawbar.connectors.sdk.errors import CredentialInvalid, SourceError
from drawbar.identity.store import revoke_connection_tokens
from drawbar.kit import logs
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, Writing
from drawbar.kit.errors import conflict
from drawbar.kit.jobs import enqueue
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.webhooks import outbox
from drawbar.workspaces import credits

log = logs.logger(__name__)

ERASE_JOB = "connections.erase_records"
"""Enqueued when a disconnected connection's records are to be deleted for good."""


async def disconnect(
    database: Database, http: OutgoingHttp, vault: Vault, actor: Actor, connection_id: UUID
) -> Connection:
    """End a connection: its token dies, credits return, credentials go; its records stay.

    Magic links, codes and refresh tokens that lead to it end too. Raises 409 when it has ended.
    """
    async with database.writing(actor.workspace_id) as tx:
        before = await store.CONNECTIONS.get(tx, connection_id, lock=True)
        if before.status == "disconnected":
            raise conflict("This connection is disconnected already.")
        secrets = await store.readable_secrets(tx, vault, connection_id)
        after = msgspec.structs.replace(
            before,
            status="disconnected",
            credits=0,
            subscription_id=None,
            next_sync_at=None,
            next_check_at=None,
            modified_at=tx.now,
            version=before.version + 1,
        )
        await store.CONNECTIONS.update(tx, after, expected_version=before.version)
        await store.erase_secrets(tx, connection_id)
        await revoke_connection_tokens(tx, connection_id)
        await store.revoke_magic_links(tx, connection_id)
        await credits.give_back(tx, connection_id)
        await audit.record(
            tx, actor, "connection.disconnected", connection_id, before=before, after=after
        )
        await outbox.publish(
            tx, "connection.disconnected", {"name": after.name}, connection_id=connection_id
        )
    await _unsubscribe(http, before, secrets)
    return after


async def erase_records(tx: Writing, actor: Actor, connection_id: UUID) -> Connection:
    """Delete a disconnected connection's records for good; 409 for one that is not disconnected.

    The worker deletes them, piece by piece.
    """
    before = await store.CONNECTIONS.get(tx, connection_id, lock=True)
    if before.status != "disconnected":
        raise conflict("Only a disconnected connection's data can be deleted. Disconnect it first.")
    if before.records_erased_at is not None:
        raise conflict("The data of this connection is deleted already.")
    after = msgspec.structs.replace(
        before, records_erased_at=tx.now, modified_at=tx.now, version=before.version + 1
    )
    await store.CONNECTIONS.update(tx, after, expected_version=before.version)
    await audit.record(
        tx, actor, "connection.data_deleted", connection_id, before=before, after=after
    )
    job = {"workspace_id": tx.workspace_id, "connection_id": connection_id}
    await enqueue(tx, ERASE_JOB, job, dedupe_key=f"erase:{connection_id}")
    return after


async def _unsubscribe(http: OutgoingHttp, connection: Connection, secrets: Secrets | None) -> None:
    connector = CATALOGUE.get(connection.system)
    if not (connector and connector.push and connection.subscription_id and secrets):
        return
    try:
        source = source_of(http, connector, secrets.credentials, connection.settings)
        await connector.push.unsubscribe(
            source, Subscription(remote_id=connection.subscription_id, secret="")
        )
    except (SourceError, CredentialInvalid) as error:
        host = urlsplit(str(connection.settings.get("base_url", ""))).hostname
        log.warning("push subscription left at the source", host=host, reason=str(error))
