"""Making and ending magic links."""

from datetime import timedelta
from uuid import UUID

import msgspec

from drawbar import audit
from drawbar.audit import Actor
from drawbar.connections import actions as connections
from drawbar.connections import store
from drawbar.connections.model import Connection, NewPending
from drawbar.identity import application_store
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import Writing
from drawbar.kit.errors import conflict, invalid
from drawbar.kit.ids import new_id
from drawbar.link import magic_store, session_store
from drawbar.link.model import MAGIC_PREFIX, MadeMagicLink, MagicLink, NewMagicLink

FIXED_ALREADY = ("name", "email", "customer_reference", "user_metadata", "tags", "system")
"""What a link for a connection that exists cannot set: the connection has it."""


async def make_magic_link(tx: Writing, actor: Actor, wish: NewMagicLink) -> MadeMagicLink:
    """Make a link for a new pending connection, or for one that exists.

    A fresh link for a connection ends those before it. Raises 422 that names the field at fault,
    404 for an unknown connection and 409 for a disconnected one.
    """
    if wish.application_id:
        known = await application_store.applications(tx)
        if wish.application_id not in {one.id for one in known}:
            raise invalid("application_id", "is no application of this workspace.")
    connection = await _connection(tx, actor, wish)
    for former in await magic_store.waiting_for(tx, connection.id):
        await _revoke(tx, actor, former)
    token = new_secret(MAGIC_PREFIX)
    link = MagicLink(
        id=new_id(),
        created_at=tx.now,
        modified_at=tx.now,
        connection_id=connection.id,
        application_id=wish.application_id,
        system=connection.system,
        reconnects=connection.status != "pending",
        token_hash=fingerprint(token),
        expires_at=tx.now + timedelta(seconds=wish.expires_in_seconds),
    )
    await magic_store.MAGIC_LINKS.insert(tx, link)
    await audit.record(tx, actor, "magic_link.created", link.id, after=link)
    return MadeMagicLink(link, token)


async def revoke_magic_link(tx: Writing, actor: Actor, id: UUID) -> MagicLink:
    """End a link and the visits it led to; nothing happens to one that is revoked already.

    Raises 404 when there is none and 409 for one that was used.
    """
    link = await magic_store.MAGIC_LINKS.get(tx, id, lock=True)
    if link.finished_at:
        raise conflict("This link was used. Disconnect its connection instead.")
    return link if link.revoked_at else await _revoke(tx, actor, link)


async def finish_magic_link(tx: Writing, actor: Actor, link: MagicLink) -> None:
    """Note that a link has done its work; it cannot be used again."""
    after = msgspec.structs.replace(
        link, finished_at=tx.now, modified_at=tx.now, version=link.version + 1
    )
    await magic_store.MAGIC_LINKS.update(tx, after, expected_version=link.version)
    await audit.record(tx, actor, "magic_link.finished", link.id, before=link, after=after)


async def _revoke(tx: Writing, actor: Actor, link: MagicLink) -> MagicLink:
    after = msgspec.structs.replace(
        link, revoked_at=tx.now, modified_at=tx.now, version=link.version + 1
    )
    await magic_store.MAGIC_LINKS.update(tx, after, expected_version=link.version)
    if not await session_store.end_sessions_of(tx, link.id):
        raise conflict(
            "A customer is finishing this link right now. Look again in a moment; a connection "
            "that was made can be disconnected."
        )
    await audit.record(tx, actor, "magic_link.revoked", link.id, before=link, after=after)
    return after


async def _connection(tx: Writing, actor: Actor, wish: NewMagicLink) -> Connection:
    if wish.connection_id is None:
        if wish.name is None:
            raise invalid("name", "Give the connection a name, such as your customer's.")
        return await connections.begin(
            tx,
            actor,
            NewPending(
                name=wish.name,
                email=wish.email,
                system=wish.system,
                customer_reference=wish.customer_reference,
                user_metadata=wish.user_metadata,
                tags=wish.tags,
            ),
        )
    for name in FIXED_ALREADY:
        if getattr(wish, name):
            raise invalid(name, "belongs to the connection; change it there and leave it out here.")
    connection = await store.CONNECTIONS.get(tx, wish.connection_id, lock=True)
    if connection.status == "disconnected":
        raise conflict("This connection is disconnected: make a link for a new one.")
    return connection
