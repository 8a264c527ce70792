"""The last steps of a visit: credentials tried, connection made, application told."""

from uuid import UUID

import msgspec

from drawbar.connections import actions as connections
from drawbar.connections import store
from drawbar.connections.model import Connection, NewConnection, NewPending
from drawbar.connectors.sdk.manifest import Manifest
from drawbar.identity.grants import issue_code
from drawbar.kit import json
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, Writing
from drawbar.kit.errors import Problem, not_found
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.kit.sealed import SealedColumn
from drawbar.link import session_store
from drawbar.link.magic import finish_magic_link
from drawbar.link.model import Kept
from drawbar.link.visits import Dead, Visit
from drawbar.webhooks import endpoints
from drawbar.webhooks.catalogue import HUB_TYPES
from drawbar.webhooks.endpoints import VettedUrl
from drawbar.webhooks.model import Audience, NewEndpoint


class BeingFinished(Exception):  # noqa: N818 - says a state
    """Another request of the same visit is making the connection right now."""


class Finished(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a visit."""

    connection: Connection
    webhook_secret: str = ""
    code: str = ""
    """Empty until somebody has read what the last page says."""

    def __repr__(self) -> str:
        return f"Finished({self.connection.id})"


def seal_entry(vault: Vault, visit: Visit, kept: Kept) -> bytes:
    """Seal what is kept between two steps, for this visit alone."""
    return vault.seal(json.encode(kept), context=_context(visit.session.id))


def open_entry(vault: Vault, session_id: UUID, sealed: bytes | None) -> Kept:
    """Open what was kept; raise 404 when there is nothing."""
    if sealed is None:
        raise not_found("step of this page: enter the access first")
    return json.decode(vault.open(sealed, context=_context(session_id)), Kept)


async def check(
    http: OutgoingHttp, manifest: Manifest, kept: Kept, *, deployment: str | None = None
) -> list[str]:
    """Try the credentials; return the entities they do not open. Raises what the check raises."""
    wanted = deployment or kept.deployment
    checked = await connections.check_credentials(http, manifest.slug, wanted, kept.credentials)
    return [name for name, may_read in checked.permissions.items() if not may_read]


async def finish(
    database: Database,
    http: OutgoingHttp,
    vault: Vault,
    visit: Visit,
    receiver: VettedUrl | None = None,
) -> Finished:
    """Make or renew the visit's connection, and give the application its code.

    One request wins; another raises `BeingFinished` meanwhile, `Dead` afterwards. Should this
    process die half-way, a second try goes on with the same connection. The code waits when the
    customer has something to read first.
    """
    kept = open_entry(vault, visit.session.id, visit.session.sealed_entry)
    async with database.writing(visit.session.workspace_id) as tx:
        if not await session_store.claim(tx, visit.session.id):
            raise BeingFinished
        begun = await _begun(tx, visit, kept)
    try:
        made = await _established(database, http, vault, visit, begun, kept)
    except Problem:
        async with database.writing(visit.session.workspace_id) as tx:
            await session_store.release(tx, visit.session.id)
        raise
    async with database.writing(visit.session.workspace_id) as tx:
        if not await session_store.finish(tx, visit.session.id):
            raise Dead("ended", visit)
        secret = await _endpoint(tx, vault, visit, made, receiver) if receiver else ""
        if visit.magic:
            await finish_magic_link(tx, visit.actor, visit.magic)
        to_read = bool(secret) or not made.live
        code = "" if to_read or visit.request is None else await _code(tx, visit, made.id)
    return Finished(connection=made, webhook_secret=secret, code=code)


async def code_of(database: Database, visit: Visit) -> str:
    """Return the code of a finished visit whose application has none yet; raise `Dead`."""
    async with database.writing(visit.session.workspace_id) as tx:
        if visit.session.connection_id is None:
            raise Dead("ended", visit)
        return await _code(tx, visit, visit.session.connection_id)


async def _code(tx: Writing, visit: Visit, connection_id: UUID) -> str:
    if visit.request is None or visit.application is None:
        raise Dead("ended", visit)
    await store.CONNECTIONS.get(tx, connection_id, lock=True)
    if not await session_store.deliver(tx, visit.session.id):
        raise Dead("finished", visit)
    return await issue_code(
        tx,
        visit.application.id,
        connection_id,
        redirect_uri=visit.request.redirect_uri,
        code_challenge=visit.request.code_challenge,
    )


async def _begun(tx: Writing, visit: Visit, kept: Kept) -> Connection:
    """Return the connection the visit is about, making a pending one where there is none yet."""
    known = visit.session.connection_id or (visit.magic.connection_id if visit.magic else None)
    if known is None:
        wish = NewPending(name=kept.name, system=visit.session.system)
        known = (await connections.begin(tx, visit.actor, wish)).id
    connection = await store.CONNECTIONS.get(tx, known)
    is_anothers = visit.session.connection_id is None and connection.status != "pending"
    if is_anothers and not visit.reconnects:
        raise Dead("used", visit)
    await session_store.note_connection(tx, visit.session.id, known)
    return connection


async def _established(
    database: Database,
    http: OutgoingHttp,
    vault: Vault,
    visit: Visit,
    begun: Connection,
    kept: Kept,
) -> Connection:
    if visit.reconnects:
        return await connections.reauthorize(
            database, http, vault, visit.actor, begun.id, kept.credentials
        )
    if begun.status != "pending":
        return begun
    wish = NewConnection(
        name=kept.name,
        system=visit.session.system,
        deployment=kept.deployment,
        credentials=kept.credentials,
    )
    return await connections.connect(database, http, vault, visit.actor, wish, pending_id=begun.id)


async def _endpoint(
    tx: Writing, vault: Vault, visit: Visit, connection: Connection, receiver: VettedUrl
) -> str:
    """Add the customer's own endpoint for this connection and return its secret."""
    wish = NewEndpoint(
        url=receiver.text,
        event_types=["*"],
        connection_id=connection.id,
        description=visit.actor.label,
    )
    _, secret = await endpoints.create(
        tx, visit.actor, vault, Audience.HUB, receiver, wish, known=HUB_TYPES
    )
    return secret


def _context(session_id: UUID) -> bytes:
    return b"link session:" + session_id.bytes


SEALED = (
    SealedColumn(
        "link_sessions", "sealed_entry", ("workspace_id", "id"), lambda row: _context(row["id"])
    ),
)
