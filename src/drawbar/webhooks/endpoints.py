"""The verbs of endpoints: create, change, remove, rotate the secret, send a test."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec

from drawbar import audit
from drawbar.audit import Actor
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Writing
from drawbar.kit.errors import conflict, invalid
from drawbar.kit.ids import new_id
from drawbar.kit.outgoing import OutgoingError, OutgoingHttp
from drawbar.webhooks import outbox, store
from drawbar.webhooks.catalogue import refuse_unknown
from drawbar.webhooks.model import (
    ROTATION,
    TEST,
    Audience,
    Endpoint,
    NewEndpoint,
    Secret,
    vet_custom_headers,
    vet_event_types,
)
from drawbar.webhooks.sealing import open_secrets, seal_headers, seal_secrets
from drawbar.webhooks.signature import new_secret

DISABLED = "The endpoint was disabled before the message could be delivered."
REMOVED = "The endpoint was deleted before the message could be delivered."


class VettedUrl(msgspec.Struct, frozen=True):
    """A URL that passed `vet_receiver`; only that makes one."""

    text: str


async def vet_receiver(http: OutgoingHttp, url: str, *, https_only: bool) -> VettedUrl:
    """Look a URL up as a delivery would; raise 422 naming `url` when it may not be reached.

    Call it before the transaction: a slow name server must not hold one open.
    """
    try:
        await http.vet(url, https_only=https_only)
    except OutgoingError as error:
        raise invalid("url", str(error)) from error
    return VettedUrl(url)


async def create(
    tx: Writing,
    actor: Actor,
    vault: Vault,
    audience: Audience,
    url: VettedUrl,
    wanted: NewEndpoint,
    *,
    known: Collection[str],
) -> tuple[Endpoint, str]:
    """Add an endpoint for `known` event types; return it and its secret, seen this once."""
    id, secret = new_id(), new_secret()
    event_types = vet_event_types(wanted.event_types, audience)
    refuse_unknown(event_types, known)
    headers = vet_custom_headers(wanted.headers)
    endpoint = Endpoint(
        id=id,
        created_at=tx.now,
        modified_at=tx.now,
        url=url.text,
        event_types=event_types,
        connection_id=wanted.connection_id,
        description=wanted.description,
        sealed_headers=seal_headers(vault, tx.workspace_id, id, headers),
        sealed_secret=seal_secrets(vault, tx.workspace_id, id, [Secret(secret)]),
        enabled=wanted.enabled,
    )
    await store.ENDPOINTS.insert(tx, endpoint)
    await audit.record(tx, actor, "webhook_endpoint.created", id, after=endpoint)
    return endpoint, secret


async def change(
    tx: Writing,
    actor: Actor,
    vault: Vault,
    audience: Audience | None,
    id: UUID,
    url: VettedUrl | None,
    fields: dict[str, Any],
    *,
    known: Collection[str] = (),
) -> Endpoint:
    """Change some fields, event types to `known` ones; disabling fails what waits."""
    before = await store.endpoint(tx, id, audience, lock=True)
    changed = dict(fields)
    changed.pop("url", None)
    if url is not None:
        changed["url"] = url.text
    if "event_types" in changed:
        changed["event_types"] = vet_event_types(changed["event_types"], before.audience)
        refuse_unknown(changed["event_types"], known)
    if "headers" in changed:
        headers = vet_custom_headers(changed.pop("headers"))
        changed["sealed_headers"] = seal_headers(vault, tx.workspace_id, id, headers)
    after = await _save(tx, actor, "changed", before, changed)
    if before.enabled and not after.enabled:
        await store.fail_waiting(tx, id, DISABLED)
    return after


async def disable(tx: Writing, actor: Actor, id: UUID, reason: str) -> None:
    """Disable an endpoint for a reason found by Drawbar; do nothing when it is off already."""
    before = await store.ENDPOINTS.find(tx, id, lock=True)
    if before is None or not before.enabled or before.deleted_at is not None:
        return
    await _save(tx, actor, "disabled", before, {"enabled": False})
    await store.fail_waiting(tx, id, reason)


async def remove(tx: Writing, actor: Actor, audience: Audience | None, id: UUID) -> None:
    """Delete an endpoint; what waits for it goes to the failed list."""
    before = await store.endpoint(tx, id, audience, lock=True)
    await _save(tx, actor, "deleted", before, {"deleted_at": tx.now, "enabled": False})
    await store.fail_waiting(tx, id, REMOVED)


async def rotate(
    tx: Writing, actor: Actor, vault: Vault, audience: Audience | None, id: UUID
) -> tuple[Endpoint, str]:
    """Give the endpoint a new secret; the former one signs beside it for another 24 h."""
    before = await store.endpoint(tx, id, audience, lock=True)
    live = open_secrets(vault, tx.workspace_id, id, before.sealed_secret, tx.now)
    newest, former = new_secret(), Secret(live[0].text, tx.now + ROTATION)
    sealed = seal_secrets(vault, tx.workspace_id, id, [Secret(newest), former])
    after = await _save(tx, actor, "secret_rotated", before, {"sealed_secret": sealed})
    return after, newest


async def send_test(tx: Writing, actor: Actor, audience: Audience | None, id: UUID) -> UUID:
    """Send `webhook.test` through the endpoint's own lane; return the message's id."""
    endpoint = await store.endpoint(tx, id, audience)
    if not endpoint.enabled:
        raise conflict("This endpoint is disabled. Enable it, then test it.")
    await audit.record(tx, actor, "webhook_endpoint.tested", id)
    return await outbox.publish_to(tx, id, TEST, {"endpoint_id": id})


async def _save(
    tx: Writing, actor: Actor, verb: str, before: Endpoint, fields: dict[str, Any]
) -> Endpoint:
    after = msgspec.structs.replace(before, **fields)
    if after == before:
        return before
    after = msgspec.structs.replace(after, modified_at=tx.now, version=before.version + 1)
    await store.ENDPOINTS.update(tx, after, expected_version=before.version)
    await audit.record(tx, actor, f"webhook_endpoint.{verb}", after.id, before=before, after=after)
    return after
