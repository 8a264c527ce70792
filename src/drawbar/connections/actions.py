"""Connecting, changing and disconnecting a customer's system."""

from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from drawbar import audit
from drawbar.audit import Actor
from drawbar.connections import store
from drawbar.connections.model import ChangedConnection, Connection, NewConnection, Secrets
from drawbar.connections.source import source_of
from drawbar.connectors.catalogue import CATALOGUE
from drawbar.connectors.sdk.connector import Checked, Connector, Subscription
from drawbar.connectors.sdk.errors import (
    CredentialInvalid,
    CredentialsRejected,
    PermissionMissing,
    SourceError,
)
from drawbar.identity.store import revoke_connection_tokens
from drawbar.identity.tokens import IssuedToken, issue_connection_token
from drawbar.kit import logs
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, Writing
from drawbar.kit.errors import Problem, conflict, invalid, source_error
from drawbar.kit.ids import new_id
from drawbar.kit.jobs import enqueue
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.webhooks import outbox
from drawbar.workspaces import credits

log = logs.logger(__name__)

CONNECTED_JOB = "connections.connected"
"""Enqueued when a connection is established; sync and push start from it."""


async def connect(
    database: Database, http: OutgoingHttp, vault: Vault, actor: Actor, wish: NewConnection
) -> Connection:
    """Check the credentials at the source, take the credits and start the first sync.

    Raises 422 for credentials the source refuses and 502 when it does not answer; both cost
    nothing. Too few credits leave the connection `inactive`.
    """
    connector = connector_of(wish.system)
    checked = await _check(connector, http, wish)
    denied = [name for name, may_read in checked.permissions.items() if not may_read]
    async with database.writing(actor.workspace_id) as tx:
        connection = await _establish(tx, vault, actor, connector, wish)
        if connection.live:
            job = {"workspace_id": tx.workspace_id, "connection_id": connection.id}
            await enqueue(tx, CONNECTED_JOB, {**job, "denied": denied})
        return connection


def connector_of(slug: str) -> Connector:
    """Return the connector of a system; raise 422 that lists what there is."""
    if slug not in CATALOGUE:
        raise invalid("system", f"is not in the catalogue; there is {', '.join(CATALOGUE)}.")
    return CATALOGUE[slug]


async def change(
    tx: Writing, actor: Actor, connection_id: UUID, wish: ChangedConnection
) -> Connection:
    """Change a connection's name, reference, metadata, tags or interval."""
    before = await store.CONNECTIONS.get(tx, connection_id, lock=True)
    fields = {name: getattr(wish, name) for name in wish.__struct_fields__}
    given = {name: value for name, value in fields.items() if value is not msgspec.UNSET}
    after = msgspec.structs.replace(before, **given, modified_at=tx.now, version=before.version + 1)
    await store.CONNECTIONS.update(tx, after, expected_version=before.version)
    await audit.record(tx, actor, "connection.changed", after.id, before=before, after=after)
    return after


async def disconnect(
    database: Database, http: OutgoingHttp, vault: Vault, actor: Actor, connection_id: UUID
) -> Connection:
    """End a connection: its token dies, credits return, credentials go; its records stay."""
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
            modified_at=tx.now,
            version=before.version + 1,
        )
        await store.CONNECTIONS.update(tx, after, expected_version=before.version)
        await store.erase_secrets(tx, connection_id)
        await revoke_connection_tokens(tx, connection_id)
        await credits.give_back(tx, connection_id)
        await audit.record(
            tx, actor, "connection.disconnected", connection_id, before=before, after=after
        )
        await outbox.publish(
            tx, "connection.disconnected", {"name": after.name}, connection_id=connection_id
        )
    await _unsubscribe(http, before, secrets)
    return after


async def issue_token(tx: Writing, actor: Actor, connection_id: UUID) -> IssuedToken:
    """Make a connection's token and end the ones before; 409 for a disconnected one."""
    connection = await store.CONNECTIONS.get(tx, connection_id, lock=True)
    if connection.status == "disconnected":
        raise conflict("This connection is disconnected: connect the system anew.")
    return await issue_connection_token(tx, actor, connection.id)


def problem_of(error: SourceError) -> Problem:
    """Say a source's failure as an answer of the hub."""
    if isinstance(error, CredentialsRejected):
        return invalid("credentials", f"were refused by the system: {error}.")
    if isinstance(error, PermissionMissing):
        return invalid("credentials", f"do not open what is needed: {error}.")
    return source_error(str(error))


async def _check(connector: Connector, http: OutgoingHttp, wish: NewConnection) -> Checked:
    known = {field.name for field in connector.manifest.credentials}
    for name in wish.credentials:
        if name not in known:
            raise invalid(f"credentials.{name}", f"is unknown; give {', '.join(sorted(known))}.")
    try:
        return await connector.check(source_of(http, connector, wish.credentials))
    except CredentialInvalid as error:
        raise invalid(f"credentials.{error.field}", str(error)) from error
    except SourceError as error:
        raise problem_of(error) from error


async def _establish(
    tx: Writing, vault: Vault, actor: Actor, connector: Connector, wish: NewConnection
) -> Connection:
    manifest = connector.manifest
    deployment = manifest.deployments[0]
    cost = credits.price(manifest.tier, deployment)
    id = new_id()
    paid = await credits.take(tx, cost, id)
    connection = Connection(
        id=id,
        created_at=tx.now,
        modified_at=tx.now,
        name=wish.name,
        email=wish.email,
        system=wish.system,
        deployment=deployment,
        tier=manifest.tier,
        credits=cost if paid else 0,
        status="synchronizing" if paid else "inactive",
        customer_reference=wish.customer_reference,
        user_metadata=wish.user_metadata,
        tags=list(wish.tags),
        settings={
            field.name: wish.credentials[field.name]
            for field in manifest.credentials
            if not field.secret and field.name in wish.credentials
        },
        sync_interval_seconds=wish.sync_interval_seconds,
        connected_at=tx.now if paid else None,
    )
    await store.CONNECTIONS.insert(tx, connection)
    await store.seal(tx, vault, id, Secrets(credentials=wish.credentials))
    await audit.record(tx, actor, "connection.created", id, after=connection)
    facts = {"name": wish.name, "system": wish.system, "status": connection.status}
    await outbox.publish(tx, "connection.created", facts, connection_id=id)
    return connection


async def _unsubscribe(http: OutgoingHttp, connection: Connection, secrets: Secrets | None) -> None:
    connector = CATALOGUE.get(connection.system)
    if not (connector and connector.push and connection.subscription_id and secrets):
        return
    try:
        source = source_of(http, connector, secrets.credentials, connection.settings)
        await connector.push.unsubscribe(
            source, Subscription(remote_id=connection.subscription_id, secret="")
        )
    except SourceError as error:
        host = urlsplit(str(connection.settings.get("base_url", ""))).hostname
        log.warning("push subscription left at the source", host=host, reason=str(error))
