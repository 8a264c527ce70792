"""A connection's way through its states: begun, connected, reauthorized, reactivated, changed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from drawbar import audit
from drawbar.audit import Actor
from drawbar.connections import health, store
from drawbar.connections.checking import check_credentials, connector_of, deployment_of
from drawbar.connections.model import (
    ChangedConnection,
    Connection,
    NewConnection,
    NewPending,
    Secrets,
)
from drawbar.connectors.sandbox.switches import with_fresh_credentials
from drawbar.connectors.sdk.connector import Checked
from drawbar.connectors.sdk.manifest import Manifest
from drawbar.identity.store import revoke_connection_tokens
from drawbar.identity.tokens import IssuedToken, issue_connection_token
from drawbar.kit.clock import system_clock
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, Writing
from drawbar.kit.errors import Problem, conflict
from drawbar.kit.ids import new_id
from drawbar.kit.jobs import enqueue
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.webhooks import outbox
from drawbar.workspaces import credits
from drawbar.workspaces import store as workspaces

__all__ = ["CONNECTED_JOB", "begin", "change", "check_credentials", "connect", "connector_of"]
__all__ += ["issue_token", "reactivate", "reauthorize"]

CONNECTED_JOB = "connections.connected"
"""Enqueued when a connection can be read, at first or again; sync and push start from it."""
KEPT_FROM_BEFORE = ("email", "customer_reference", "user_metadata", "tags")
"""What a pending connection keeps when whoever finishes it says nothing about it."""


async def begin(tx: Writing, actor: Actor, wish: NewPending) -> Connection:
    """Make a pending connection for a customer to finish; it costs nothing and nobody is told."""
    manifest = connector_of(wish.system).manifest if wish.system else None
    connection = Connection(
        id=new_id(),
        created_at=tx.now,
        modified_at=tx.now,
        name=wish.name,
        email=wish.email,
        system=wish.system,
        deployment=manifest.deployments[0] if manifest else "cloud",
        tier=manifest.tier if manifest else 0,
        credits=0,
        status="pending",
        customer_reference=wish.customer_reference,
        user_metadata=wish.user_metadata,
        tags=list(wish.tags),
    )
    await store.CONNECTIONS.insert(tx, connection)
    await audit.record(tx, actor, "connection.begun", connection.id, after=connection)
    return connection


async def connect(
    database: Database,
    http: OutgoingHttp,
    vault: Vault,
    actor: Actor,
    wish: NewConnection,
    *,
    pending_id: UUID | None = None,
) -> Connection:
    """Check the credentials at the source, take the credits and start the first sync.

    Establishes a new connection, or finishes the pending one. Raises 422 for credentials the
    source refuses, 502 when it does not answer and 409 for one that is not pending; all cost
    nothing. Too few credits leave the connection `inactive`.
    """
    if pending_id is not None:
        async with database.reading(actor.workspace_id) as tx:
            _refuse_settled(await store.CONNECTIONS.get(tx, pending_id))
    checked = await check_credentials(http, wish.system, wish.deployment, wish.credentials)
    async with database.writing(actor.workspace_id) as tx:
        connection = await establish(tx, actor, wish, pending_id)
        secrets = Secrets(credentials=wish.credentials, obtained_at=system_clock().timestamp())
        await store.seal(tx, vault, connection.id, secrets)
        if connection.live:
            await _read_on(tx, connection, denied_by(checked))
        return connection


async def establish(
    tx: Writing, actor: Actor, wish: NewConnection, pending_id: UUID | None
) -> Connection:
    """Store a connection whose credentials were found good, or finish the pending one.

    Takes its credits in the caller's transaction; too few leave it `inactive`.
    """
    manifest = connector_of(wish.system).manifest
    begun = None
    if pending_id is not None:
        begun = await store.CONNECTIONS.get(tx, pending_id, lock=True)
        _refuse_settled(begun)
    deployment = deployment_of(manifest, wish.deployment)
    cost = credits.price(manifest.tier, deployment)
    id = begun.id if begun else new_id()
    paid = await credits.take(tx, cost, id)
    said = {name: getattr(wish, name) or getattr(begun, name, None) for name in KEPT_FROM_BEFORE}
    connection = Connection(
        id=id,
        created_at=begun.created_at if begun else tx.now,
        modified_at=tx.now,
        version=begun.version + 1 if begun else 1,
        name=wish.name,
        system=wish.system,
        deployment=deployment,
        tier=manifest.tier,
        credits=cost if paid else 0,
        status="synchronizing" if paid else "inactive",
        settings=(begun.settings if begun else {}) | _told(manifest, wish.credentials),
        sync_interval_seconds=wish.sync_interval_seconds,
        connected_at=tx.now if paid else None,
        last_checked_at=tx.now,
        next_check_at=tx.now + store.CHECK_EVERY if paid else None,
        **{name: value for name, value in said.items() if value},
    )
    if begun:
        await store.CONNECTIONS.update(tx, connection, expected_version=begun.version)
    else:
        await store.CONNECTIONS.insert(tx, connection)
    await audit.record(tx, actor, "connection.created", id, before=begun, after=connection)
    facts = {"name": wish.name, "system": wish.system, "status": connection.status}
    await outbox.publish(tx, "connection.created", facts, connection_id=id)
    return connection


async def reauthorize(
    database: Database,
    http: OutgoingHttp,
    vault: Vault,
    actor: Actor,
    connection_id: UUID,
    credentials: Mapping[str, str],
) -> Connection:
    """Give a connection fresh credentials: it keeps id and credits, its tokens end, it goes on.

    Raises what `check_credentials` raises, and 409 for a connection that was never finished or is
    disconnected.
    """
    async with database.reading(actor.workspace_id) as tx:
        known = await store.CONNECTIONS.get(tx, connection_id)
        _refuse_unestablished(known)
        settings = with_fresh_credentials(known.settings)
    checked = await check_credentials(http, known.system, known.deployment, credentials, settings)
    async with database.writing(actor.workspace_id) as tx:
        before = await store.CONNECTIONS.get(tx, connection_id, lock=True)
        _refuse_unestablished(before)
        denied = denied_by(checked)
        found = health.denied(denied)
        after = msgspec.structs.replace(
            before,
            settings=with_fresh_credentials(before.settings)
            | _told(connector_of(before.system).manifest, credentials),
            health=found.health,
            health_message=found.message,
            health_changed_at=tx.now,
            last_checked_at=tx.now,
            next_check_at=tx.now + store.CHECK_EVERY if before.live else None,
            failed_checks=0,
            modified_at=tx.now,
            version=before.version + 1,
        )
        kept = await store.readable_secrets(tx, vault, connection_id)
        secrets = Secrets(
            credentials=dict(credentials),
            push_secret=kept.push_secret if kept else None,
            obtained_at=system_clock().timestamp(),
        )
        await store.CONNECTIONS.update(tx, after, expected_version=before.version)
        await store.seal(tx, vault, connection_id, secrets)
        await revoke_connection_tokens(tx, connection_id)
        await audit.record(
            tx, actor, "connection.reauthorized", connection_id, before=before, after=after
        )
        await _tell_status(tx, after)
        if after.live:
            await _read_on(tx, after, denied)
        return after


async def reactivate(
    tx: Writing, actor: Actor, connection_id: UUID, *, overage: bool = False
) -> Connection:
    """Take the credits of an inactive connection and let it sync.

    With too few in the pool a paid workspace may take them as `overage`; otherwise 403 with the
    code `CONNECTION_INACTIVE` says how many are missing.
    """
    before = await store.CONNECTIONS.get(tx, connection_id, lock=True)
    if before.status != "inactive":
        raise conflict(f"This connection is {before.status}; only an inactive one is reactivated.")
    cost = credits.price(before.tier, before.deployment)
    is_paid = await workspaces.plan(tx) == "paid"
    if not await credits.take(tx, cost, connection_id, overage=overage and is_paid):
        raise await _too_few(tx, cost, is_paid=is_paid, overage=overage)
    after = msgspec.structs.replace(
        before,
        status="synchronizing",
        credits=cost,
        connected_at=before.connected_at or tx.now,
        next_check_at=tx.now + store.CHECK_EVERY,
        modified_at=tx.now,
        version=before.version + 1,
    )
    await store.CONNECTIONS.update(tx, after, expected_version=before.version)
    await audit.record(
        tx, actor, "connection.reactivated", connection_id, before=before, after=after
    )
    await _tell_status(tx, after)
    await _read_on(tx, after, None)
    return after


async def change(
    tx: Writing, actor: Actor, connection_id: UUID, wish: ChangedConnection
) -> Connection:
    """Change a connection's name, e-mail, reference, metadata, tags or interval."""
    before = await store.CONNECTIONS.get(tx, connection_id, lock=True)
    fields = {name: getattr(wish, name) for name in wish.__struct_fields__}
    given = {name: value for name, value in fields.items() if value is not msgspec.UNSET}
    after = msgspec.structs.replace(before, **given, modified_at=tx.now, version=before.version + 1)
    await store.CONNECTIONS.update(tx, after, expected_version=before.version)
    await audit.record(tx, actor, "connection.changed", after.id, before=before, after=after)
    return after


async def issue_token(tx: Writing, actor: Actor, connection_id: UUID) -> IssuedToken:
    """Make a connection's token and end the ones before; 409 for one that was never finished."""
    connection = await store.CONNECTIONS.get(tx, connection_id, lock=True)
    if connection.status in {"pending", "disconnected"}:
        raise conflict(f"This connection is {connection.status}: connect the system first.")
    return await issue_connection_token(tx, actor, connection.id)


def denied_by(checked: Checked) -> list[str]:
    """Return the entities that the credentials do not open."""
    return [name for name, may_read in checked.permissions.items() if not may_read]


def _told(manifest: Manifest, credentials: Mapping[str, str]) -> dict[str, Any]:
    """Return the credentials that are no secret, to be shown."""
    return {
        field.name: credentials[field.name]
        for field in manifest.credentials
        if not field.secret and field.name in credentials
    }


async def _read_on(tx: Writing, connection: Connection, denied: list[str] | None) -> None:
    job = {"workspace_id": tx.workspace_id, "connection_id": connection.id}
    await enqueue(tx, CONNECTED_JOB, {**job, "denied": denied})


async def _tell_status(tx: Writing, connection: Connection) -> None:
    facts = {
        "status": connection.status,
        "health": connection.health,
        "message": connection.health_message,
    }
    await outbox.publish(tx, "connection.status_changed", facts, connection_id=connection.id)


def _refuse_settled(connection: Connection) -> None:
    if connection.status != "pending":
        raise conflict(f"This connection is {connection.status} already, not pending.")


def _refuse_unestablished(connection: Connection) -> None:
    if connection.status in {"pending", "disconnected"}:
        raise conflict(
            f"This connection is {connection.status}: connect the system instead of "
            "reauthorizing it."
        )


async def _too_few(tx: Writing, cost: int, *, is_paid: bool, overage: bool) -> Problem:
    available = (await workspaces.pool(tx)).available
    said = f"This connection costs {credits.counted(cost)} and the pool has {available}. "
    if is_paid:
        remedy = "Free credits by disconnecting another, or reactivate it as overage."
    elif overage:
        remedy = "A trial workspace cannot go into overage: free credits, or move to a paid plan."
    else:
        remedy = "Free credits by disconnecting another, or ask your operator for more."
    return Problem(403, "CONNECTION_INACTIVE", "Too few credits", said + remedy, category="credits")
