"""What the worker does for sync: runs, schedules, and what follows a new connection."""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from drawbar.connections import store as connections
from drawbar.connections.actions import CONNECTED_JOB
from drawbar.connections.ending import ERASE_JOB
from drawbar.connections.source import live_source
from drawbar.connectors.catalogue import CATALOGUE
from drawbar.connectors.sdk.errors import CredentialInvalid, SourceError
from drawbar.kit import json, logs
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.jobs import Handler, Recurring, enqueue
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.kit.settings import Settings
from drawbar.records import store as records
from drawbar.sync import store
from drawbar.sync.actions import fail, start_runs
from drawbar.sync.engine import run_sync
from drawbar.sync.model import RUN_JOB, UNDER_WAY, ConnectedJob, RunJob

SUBSCRIBE_JOB = "sync.subscribe"
PATIENCE_WITH_JOBS = timedelta(minutes=1)
ERASED_AT_ONCE = 5000
"""Rows per transaction: a long one would hold its workspace's watermark back."""
MOST_AT_ONCE = 200
"""Connections whose schedule is looked after in one go."""

log = logs.logger(__name__)


def handlers(
    database: Database, http: OutgoingHttp, vault: Vault, settings: Settings
) -> Mapping[str, Handler]:
    """Return the handlers of sync's jobs by job name."""

    async def run(payload: bytes) -> None:
        job = json.decode(payload, RunJob)
        await run_sync(database, http, vault, job.workspace_id, job.run_id)

    async def begin(payload: bytes) -> None:
        await begin_to_sync(database, json.decode(payload, ConnectedJob))

    async def subscribe(payload: bytes) -> None:
        job = json.decode(payload, ConnectedJob)
        await subscribe_to_push(database, http, vault, settings, job)

    async def erase(payload: bytes) -> None:
        await erase_records(database, json.decode(payload, ConnectedJob))

    return {RUN_JOB: run, CONNECTED_JOB: begin, SUBSCRIBE_JOB: subscribe, ERASE_JOB: erase}


def schedules(database: Database) -> list[Recurring]:
    """Return what sync does by the clock: every five seconds, start what has become due."""

    async def start_due() -> None:
        await fail_lost_runs(database)
        await start_due_syncs(database)

    return [Recurring("sync.start_due", "* * * * * */5", start_due)]


async def begin_to_sync(database: Database, job: ConnectedJob) -> None:
    """Queue a run of every entity of a connection that can be read now, and ask for pushes."""
    async with database.writing(job.workspace_id) as tx:
        connection = await connections.CONNECTIONS.get(tx, job.connection_id)
        if not connection.live:
            return
        for entity in CATALOGUE[connection.system].manifest.entities:
            await store.add_state(tx, connection.id, entity, permitted=True)
            if job.denied is not None:
                permitted = entity not in job.denied
                await store.set_permitted(tx, connection.id, entity, permitted=permitted)
        await start_runs(tx, connection, "incremental", "connect")
        await enqueue(tx, SUBSCRIBE_JOB, job)


async def subscribe_to_push(
    database: Database, http: OutgoingHttp, vault: Vault, settings: Settings, job: ConnectedJob
) -> None:
    """Ask the source to tell of changes; a source that cannot, or will not, is polled."""
    async with database.reading(job.workspace_id) as tx:
        connection = await connections.CONNECTIONS.get(tx, job.connection_id)
        secrets = await connections.readable_secrets(tx, vault, connection.id)
    connector = CATALOGUE.get(connection.system)
    if connector is None or connector.push is None or secrets is None or connection.subscription_id:
        return
    try:
        source = live_source(database, http, vault, job.workspace_id, connection, secrets)
        address = f"{settings.address}/hub/push/{connection.id}"
        subscription = await connector.push.subscribe(source, address)
    except (SourceError, CredentialInvalid) as error:
        log.warning("no push from this source", connection_id=connection.id, reason=str(error))
        return
    async with database.writing(job.workspace_id) as tx:
        await connections.CONNECTIONS.get(tx, connection.id, lock=True)
        # Read anew: the credentials may have been renewed or erased while the source was asked.
        current = await connections.readable_secrets(tx, vault, connection.id)
        if current is None:
            return
        told = msgspec.structs.replace(current, push_secret=subscription.secret)
        await connections.seal(tx, vault, connection.id, told)
        await connections.set_subscription(tx, connection.id, subscription.remote_id)


async def erase_records(database: Database, job: ConnectedJob) -> None:
    """Delete all records of a connection for good, a piece per transaction."""
    erased = ERASED_AT_ONCE
    while erased:
        async with database.writing(job.workspace_id) as tx:
            erased = await records.erase_some(tx, job.connection_id, ERASED_AT_ONCE)
    async with database.writing(job.workspace_id) as tx:
        await store.forget(tx, job.connection_id)


async def fail_lost_runs(database: Database) -> int:
    """Fail the runs whose job was given up, so that the next sync can go on; how many."""
    async with database.as_system("find runs that no job will carry on") as tx:
        lost = await store.lost_runs(tx, tx.now - PATIENCE_WITH_JOBS)
    for workspace_id, run_id, connection_id in lost:
        async with database.writing(workspace_id) as tx:
            connection = await connections.CONNECTIONS.get(tx, connection_id, lock=True)
            run = await store.run(tx, run_id, lock=True)
            if run is None or run.status not in UNDER_WAY:
                continue
            said = "Every worker that ran it died or gave up. The next sync goes on from here."
            await fail(tx, connection, run, "WORKER_LOST", said, None)
    return len(lost)


async def start_due_syncs(database: Database) -> int:
    """Start an incremental sync of every connection whose time has come; how many."""
    async with database.as_system("find the connections that are due to sync") as tx:
        due = await connections.due_to_sync(tx, MOST_AT_ONCE)
    for workspace_id, connection_id in due:
        async with database.writing(workspace_id) as tx:
            connection = await connections.CONNECTIONS.get(tx, connection_id, lock=True)
            if connection.next_sync_at is None or connection.next_sync_at > tx.now:
                continue
            if connection.live:
                await start_runs(tx, connection, "incremental", "schedule")
            await connections.set_next_sync(tx, connection)
    return len(due)
