"""Running one run: page by page, each page and its checkpoint in one transaction."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from drawbar.connections import store as connections
from drawbar.connections.model import Connection, Health, Secrets
from drawbar.connections.source import source_of
from drawbar.connectors.catalogue import CATALOGUE
from drawbar.connectors.sdk.connector import Connector, Page
from drawbar.connectors.sdk.errors import (
    CredentialsRejected,
    PermissionMissing,
    SourceError,
    SourceUnavailable,
)
from drawbar.connectors.sdk.raw import Raw
from drawbar.kit import logs
from drawbar.kit.crypto import SealError, Vault
from drawbar.kit.db import Database, Writing
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.records import store as records
from drawbar.records.model import Unified, revisions
from drawbar.schema.registry import ENTITIES
from drawbar.sync import actions, store
from drawbar.sync.model import TRIES_BEFORE_FAILING, UNDER_WAY, Run
from drawbar.webhooks import outbox

log = logs.logger(__name__)

UNREADABLE = (
    "The stored credentials cannot be opened with this master key. Restore the key they were "
    "sealed with, or connect the system anew."
)


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
    source = source_of(http, work.connector, work.secrets.credentials, work.connection.settings)
    run = work.run
    pages = work.connector.pages(source, run.entity, since=run.since, checkpoint=run.checkpoint)
    try:
        async for page in pages:
            await _keep_page(database, workspace_id, work, page)
    except Overtaken:
        return
    except SourceError as error:
        await _give_up_or_raise(database, workspace_id, work, error)


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
    database: Database, workspace_id: UUID, work: Pass, error: SourceError
) -> None:
    if isinstance(error, SourceUnavailable) and work.run.attempt < TRIES_BEFORE_FAILING:
        raise error
    code, health = _verdict(error)
    log.warning("sync run failed", run_id=work.run.id, entity=work.run.entity, reason=str(error))
    async with database.writing(workspace_id) as tx:
        connection = await connections.CONNECTIONS.get(tx, work.connection.id, lock=True)
        current = await store.run(tx, work.run.id, lock=True)
        if current is None or current.status != "running" or current.attempt != work.run.attempt:
            return
        if isinstance(error, PermissionMissing):
            await store.set_permitted(tx, work.connection.id, work.run.entity, permitted=False)
        await actions.fail(tx, connection, current, code, str(error), health)


async def _fail_unreadable(database: Database, workspace_id: UUID, run_id: UUID) -> None:
    async with database.writing(workspace_id) as tx:
        known = await store.run(tx, run_id)
        if known is None:
            return
        connection = await connections.CONNECTIONS.get(tx, known.connection_id, lock=True)
        run = await store.run(tx, run_id, lock=True)
        if run is not None and run.status in UNDER_WAY:
            code = actions.REAUTHORIZATION_REQUIRED
            await actions.fail(tx, connection, run, code, UNREADABLE, "reauth_required")


def _verdict(error: SourceError) -> tuple[str, Health]:
    if isinstance(error, CredentialsRejected):
        return actions.REAUTHORIZATION_REQUIRED, "reauth_required"
    if isinstance(error, PermissionMissing):
        return "PERMISSION_DENIED", "degraded"
    if isinstance(error, SourceUnavailable):
        return "CONNECTION_UNAVAILABLE", "offline"
    return "SOURCE_ERROR", "degraded"
