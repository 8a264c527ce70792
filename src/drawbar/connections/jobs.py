"""What the worker does for connections: looking after the health of their sources."""

from collections.abc import Mapping
from uuid import UUID

import msgspec

from drawbar.connections import health, store
from drawbar.connections.actions import CONNECTED_JOB, denied_by
from drawbar.connections.health import Finding
from drawbar.connections.model import Connection, Secrets
from drawbar.connections.source import live_source
from drawbar.connectors.catalogue import CATALOGUE
from drawbar.connectors.sdk.errors import CredentialInvalid, RateLimited, SourceError
from drawbar.kit import json
from drawbar.kit.crypto import SealError, Vault
from drawbar.kit.db import Database, Writing
from drawbar.kit.jobs import Handler, Recurring, enqueue
from drawbar.kit.outgoing import OutgoingHttp

CHECK_JOB = "connections.check"
CHECKS_AT_ONCE = 8
"""On all workers together."""
MOST_AT_ONCE = 200
"""Connections whose check is started in one go."""


class CheckJob(msgspec.Struct, frozen=True):
    """The payload of a `connections.check` job."""

    workspace_id: UUID
    connection_id: UUID


def handlers(database: Database, http: OutgoingHttp, vault: Vault) -> Mapping[str, Handler]:
    """Return the handlers of the connections' jobs by job name."""

    async def check(payload: bytes) -> None:
        job = json.decode(payload, CheckJob)
        await check_health(database, http, vault, job.workspace_id, job.connection_id)

    return {CHECK_JOB: check}


def schedules(database: Database) -> list[Recurring]:
    """Return what is done by the clock: every five seconds, check the sources that are due."""

    async def start_due() -> None:
        await start_due_checks(database)

    return [Recurring("connections.check_due", "* * * * * */5", start_due)]


async def start_due_checks(database: Database) -> int:
    """Queue a check of every source whose time has come, each once; how many."""
    async with database.as_system("find the sources that are due to be checked") as tx:
        due = await store.claim_due_checks(tx, MOST_AT_ONCE)
        for workspace_id, connection_id in due:
            job = CheckJob(workspace_id, connection_id)
            await enqueue(tx, CHECK_JOB, job, dedupe_key=f"check:{connection_id}")
    return len(due)


async def check_health(
    database: Database, http: OutgoingHttp, vault: Vault, workspace_id: UUID, connection_id: UUID
) -> None:
    """Try a connection's source and note how it fares; one that is back syncs at once."""
    async with database.reading(workspace_id) as reading:
        connection = await store.CONNECTIONS.find(reading, connection_id)
        if connection is None or not connection.live:
            return
        try:
            secrets = await store.unseal(reading, vault, connection_id)
        except SealError:
            secrets = None
    found, denied = Finding("reauth_required", health.UNREADABLE), None
    if secrets is not None:
        try:
            found, denied = await _look(database, http, vault, workspace_id, connection, secrets)
        except RateLimited:
            # A source that asks for patience is well; the check that is due next will tell more.
            return
    async with database.writing(workspace_id) as tx:
        current = await store.CONNECTIONS.get(tx, connection_id, lock=True)
        if not current.live or await _replaced(tx, vault, connection_id, secrets):
            return
        found = health.seen_by_check(current, found)
        differs = (found.health, found.message) != (current.health, current.health_message)
        await health.note(tx, current, found)
        if denied is not None and differs:
            job = {"workspace_id": workspace_id, "connection_id": connection_id, "denied": denied}
            await enqueue(tx, CONNECTED_JOB, job)


async def _look(
    database: Database,
    http: OutgoingHttp,
    vault: Vault,
    workspace_id: UUID,
    connection: Connection,
    secrets: Secrets,
) -> tuple[Finding, list[str] | None]:
    connector = CATALOGUE[connection.system]
    try:
        source = live_source(database, http, vault, workspace_id, connection, secrets)
        denied = denied_by(await connector.check(source))
    except CredentialInvalid as error:
        return Finding("reauth_required", str(error)), None
    except RateLimited:
        raise
    except SourceError as error:
        return health.finding_of(error), None
    return health.denied(denied), denied


async def _replaced(tx: Writing, vault: Vault, connection_id: UUID, tried: Secrets | None) -> bool:
    """Whether the customer reconnected while the old credentials were tried."""
    if tried is None:
        return False
    stored = await store.readable_secrets(tx, vault, connection_id)
    return stored is not None and stored.obtained_at != tried.obtained_at
