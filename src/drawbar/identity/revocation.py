"""Ending tokens by themselves (RFC 7009), and telling what is known of one (RFC 7662)."""

from typing import Any

from drawbar import audit
from drawbar.identity import grant_store, token_store
from drawbar.identity.application_store import ClientOwner
from drawbar.identity.exchanges import actor_of
from drawbar.kit.crypto import fingerprint
from drawbar.kit.db import Reading, Writing

INACTIVE = {"active": False}


async def revoke(tx: Writing, client: ClientOwner, token: str) -> None:
    """End a token that is the client's to end; do nothing to any other.

    A refresh token ends its family, also when it was used already.
    """
    hash = fingerprint(token)
    ended = await token_store.revoke_access_token(tx, hash, client.id, own_only=client.is_public)
    refresh = None if ended else await grant_store.refresh_token(tx, hash)
    grant = await grant_store.grant_by_id(tx, refresh.grant_id) if refresh else None
    if grant is None or (client.is_public and grant.application_id != client.id):
        return
    if await grant_store.end_grant(tx, grant.id):
        await audit.record(tx, actor_of(client), "connection.token_revoked", grant.connection_id)


async def introspect(tx: Reading, token: str) -> dict[str, Any]:
    """Return what is known of a live token of the transaction's workspace, else only that.

    `client_id` is missing for a connection's token that was made in the dashboard or by the
    Admin API.
    """
    hash = fingerprint(token)
    known = await token_store.live_access_token(tx, hash)
    kind = {"token_type": "Bearer"}
    if known is None:
        known, kind = await token_store.live_refresh_token(tx, hash), {}
    if known is None:
        return INACTIVE
    answer = {
        "active": True,
        "scope": known.kind,
        "client_id": known.client_id,
        **kind,
        "exp": int(known.expires_at.timestamp()),
        "iat": int(known.created_at.timestamp()),
        "connection_id": known.connection_id,
    }
    return {name: value for name, value in answer.items() if value is not None}
