"""Running one run: page by page, each page and its checkpoint in one transaction."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from drawbar.connections import store as connections
from drawbar.connections.health import UNREADABLE, Finding, denied, finding_of
from drawbar.connections.model import Connection, Health, Secrets
from drawbar.connections.source import live_source
from drawbar.connectors.catalogue import CATALOGUE
from drawbar.connectors.sdk.connector import Connector, Page
from drawbar.connectors.sdk.errors import (
    CredentialInvalid,
    CredentialsRejected,
    PermissionMissing,
    RateLimited,
    SourceError,
    SourceUnavailable,
)
from drawbar.connectors.sdk.raw import Raw
from drawbar.kit import logs
from drawbar.kit.crypto import SealError, Vault
from drawbar.kit.db import Database, Writing
from drawbar.kit.jobs import enqueue
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.records import store as records
from drawbar.records.model import Unified, revisions
from drawbar.schema.registry import ENTITIES
from drawbar.sync import actions, store
from drawbar.sync.model import RUN_JOB, TRIES_BEFORE_FAILING, UNDER_WAY, Run, RunJob
from drawbar.webhooks import outbox

log = logs.logger(__name__)

CODES: dict[Health, str] = {
    "reauth_required": "REAUTHORIZATION_REQUIRED",
    "offline": "CONNECTION_UNAVAILABLE",
    "degraded": "SOURCE_ERROR",
}
"""The code of a run that failed, by what its failure means for the connection."""
UNTOLD_PATIENCE = timedelta(seconds=10)


class Overtaken(Exception):  # noqa: N818 - it ends the work quietly
    """The run was cancelled, or another worker took it over."""


class Pass(msgspec.Struct, frozen=True):
    """What one attempt at a run works with."""

    connection: Connection
    connector: Connector
    secrets: Secrets
    run: Run


async def run_sync(
    database: Database, http: OutgoingHttp, vault: Vault, workspace_id: UUID, run_id: UUID
) -> None:
    """Carry a run on from its checkpoint to its end.

    Raises `SourceUnavailable` for the job to be tried again; every other failure ends the run.
    A killed worker repeats at most one page, and its successor's attempt fences it off.
    """
    try:
        work = await _begin(database, vault, workspace_id, run_id)
    except SealError:
        await _fail_unreadable(database, workspace_id, run_id)
        return
    if work is None:
        return
    run = work.run
    try:
        source = live_source(database, http, vault, workspace_id, work.connection, work.secrets)
        pages = work.connector.pages(source, run.entity, since=run.since, checkpoint=run.checkpoint)
        async for page in pages:
            await _keep_page(database, workspace_id, work, page)
    except Overtaken:
        return
    except RateLimited as error:
        await _postpone(database, workspace_id, run.id, error)
    except CredentialInvalid as error:
        refused = CredentialsRejected(str(error))
        await _give_up_or_raise(database, vault, workspace_id, work, refused)
    except SourceError as error:
        await _give_up_or_raise(database, vault, workspace_id, work, error)


async def _begin(database: Database, vault: Vault, workspace_id: UUID, run_id: UUID) -> Pass | None:
    async with database.writing(workspace_id) as tx:
        run = await store.run(tx, run_id, lock=True)
        if run is None or run.status not in UNDER_WAY:
            return None
        connection = await connections.CONNECTIONS.get(tx, run.connection_id)
        secrets = await connections.unseal(tx, vault, connection.id)
        if not connection.live or secrets is None:
            await store.finish(tx, run_id, "cancelled")
            return None
        connector = CATALOGUE[connection.system]
        if run.checkpoint is None:
            since = await _since(tx, connector, run)
            run = msgspec.structs.replace(run, since=since)
        attempt = await store.begin(tx, run_id, run.since)
        started_at = run.started_at or tx.now
        running = msgspec.structs.replace(run, attempt=attempt, started_at=started_at)
        return Pass(connection, connector, secrets, running)


async def _since(tx: Writing, connector: Connector, run: Run) -> datetime | None:
    """Tell from when on an entity is read; None reads everything."""
    coverage = connector.manifest.covering(run.entity)
    state = (await store.states(tx, run.connection_id))[run.entity]
    if run.mode == "incremental" and state.watermark:
        return state.watermark - timedelta(seconds=coverage.overlap_seconds)
    if run.mode == "initial" and coverage.initial_days:
        return tx.now - timedelta(days=coverage.initial_days)
    return None


async def _keep_page(database: Database, workspace_id: UUID, work: Pass, page: Page) -> None:
    connection, run = work.connection, work.run
    rows = [
        Unified(
            work.connector.unify(
                run.entity, row.remote_id, Raw.parse(row.body), connection_id=connection.id
            ),
            row.body,
            row.deleted,
        )
        for row in page.records
    ]
    is_last = page.checkpoint is None
    async with database.writing(workspace_id) as tx:
        # Whoever needs both locks the connection first, or they wait for each other.
        connection = await connections.CONNECTIONS.get(tx, connection.id, lock=is_last)
        current = await store.run(tx, run.id, lock=True)
        if current is None or current.status != "running" or current.attempt != run.attempt:
            raise Overtaken
        if not connection.live:
            await store.cancel_under_way(tx, connection.id)
            return
        state = (await store.states(tx, connection.id))[run.entity]
        known = await records.stored(tx, connection.id, run.entity, [row.id for row in rows])
        changed = revisions(
            ENTITIES[run.entity], rows, known, watermark=state.watermark, now=tx.now
        )
        await records.save(tx, connection.id, run.entity, changed)
        kinds = Counter(one.kind for one in changed)
        if run.mode == "incremental":
            for kind in kinds:
                ids = [one.id for one in changed if one.kind == kind]
                await outbox.publish(
                    tx, f"{run.entity}.{kind}", {"ids": ids}, connection_id=connection.id
                )
        await store.advance(
            tx,
            run.id,
            page.checkpoint,
            as_of=page.as_of,
            expected=page.total,
            seen=len(rows),
            kinds=dict(kinds),
        )
        if is_last:
            finished = await store.run(tx, run.id)
            if finished is not None:
                await actions.complete(tx, connection, finished, finished.as_of)


async def _give_up_or_raise(
    database: Database, vault: Vault, workspace_id: UUID, work: Pass, error: SourceError
) -> None:
    if isinstance(error, SourceUnavailable) and work.run.attempt < TRIES_BEFORE_FAILING:
        raise error
    found = finding_of(error)
    code = CODES[found.health]
    log.warning("sync run failed", run_id=work.run.id, entity=work.run.entity, reason=str(error))
    async with database.writing(workspace_id) as tx:
        connection = await connections.CONNECTIONS.get(tx, work.connection.id, lock=True)
        current = await store.run(tx, work.run.id, lock=True)
        if current is None or current.status != "running" or current.attempt != work.run.attempt:
            return
        if found.health == "reauth_required":
            stored = await connections.readable_secrets(tx, vault, connection.id)
            if stored is not None and stored.obtained_at != work.secrets.obtained_at:
                raise SourceUnavailable("The credentials were replaced while the source was read.")
        if isinstance(error, PermissionMissing):
            code, found = "PERMISSION_DENIED", denied([work.run.entity])
            await store.set_permitted(tx, work.connection.id, work.run.entity, permitted=False)
        await actions.fail(tx, connection, current, code, str(error), found)


async def _fail_unreadable(database: Database, workspace_id: UUID, run_id: UUID) -> None:
    async with database.writing(workspace_id) as tx:
        known = await store.run(tx, run_id)
        if known is None:
            return
        connection = await connections.CONNECTIONS.get(tx, known.connection_id, lock=True)
        run = await store.run(tx, run_id, lock=True)
        if run is not None and run.status in UNDER_WAY:
            code, found = CODES["reauth_required"], Finding("reauth_required", UNREADABLE)
            await actions.fail(tx, connection, run, code, UNREADABLE, found)


async def _postpone(
    database: Database, workspace_id: UUID, run_id: UUID, error: RateLimited
) -> None:
    """Let the run go on when the source wants to be asked again; it is no failure."""
    delay = error.retry_after or UNTOLD_PATIENCE
    async with database.writing(workspace_id) as tx:
        job = RunJob(workspace_id, run_id)
        await enqueue(tx, RUN_JOB, job, delay=delay, dedupe_key=f"{run_id}{store.LATER}")
