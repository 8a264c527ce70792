"""Bearer tokens: made, shown once, kept as hashes."""

from uuid import UUID

import msgspec

from drawbar import audit
from drawbar.audit import Actor
from drawbar.identity import grant_store, store
from drawbar.identity.model import REFRESH_LIFE, TOKEN_LIFE
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import Writing


class IssuedToken(msgspec.Struct, frozen=True, kw_only=True):
    """A token as OAuth 2 answers it: `expires_in` in seconds, `expires_at` as a Unix time.

    `scope` is what it opens: `admin`, the Admin API, or `connection`, that one connection.
    """

    access_token: str
    token_type: str
    expires_in: int
    expires_at: int
    scope: str
    connection_id: UUID | msgspec.UnsetType = msgspec.UNSET
    refresh_token: str | msgspec.UnsetType = msgspec.UNSET

    def __repr__(self) -> str:
        return f"IssuedToken({self.scope!r}, expires_at={self.expires_at})"


async def issue_connection_token(tx: Writing, actor: Actor, connection_id: UUID) -> IssuedToken:
    """Make a connection's token and end the ones before it."""
    await store.revoke_connection_tokens(tx, connection_id)
    issued = await _issue(tx, "dbc_", "connection", connection_id=connection_id)
    await audit.record(tx, actor, "connection.token_issued", connection_id)
    return issued


async def issue_admin_token(tx: Writing, application_id: UUID) -> IssuedToken:
    """Make a token for an application that proved its secret (RFC 6749, 4.4)."""
    return await _issue(tx, "dba_", "admin", application_id=application_id)


async def issue_family(tx: Writing, grant: grant_store.Grant) -> IssuedToken:
    """Make the next access token of a grant, and the refresh token to follow it."""
    issued = await _issue(
        tx,
        "dbc_",
        "connection",
        application_id=grant.application_id,
        connection_id=grant.connection_id,
        grant_id=grant.id,
    )
    text = new_secret("dbr_")
    await grant_store.add_refresh_token(tx, fingerprint(text), grant.id, tx.now + REFRESH_LIFE)
    return msgspec.structs.replace(issued, refresh_token=text)


async def _issue(
    tx: Writing,
    prefix: str,
    kind: str,
    *,
    application_id: UUID | None = None,
    connection_id: UUID | None = None,
    grant_id: UUID | None = None,
) -> IssuedToken:
    text = new_secret(prefix)
    expires_at = tx.now + TOKEN_LIFE
    await store.add_access_token(
        tx,
        fingerprint(text),
        kind,
        expires_at,
        workspace_id=tx.workspace_id,
        application_id=application_id,
        connection_id=connection_id,
        grant_id=grant_id,
    )
    return IssuedToken(
        access_token=text,
        token_type="Bearer",  # noqa: S106 - RFC 6750's word
        expires_in=int(TOKEN_LIFE.total_seconds()),
        expires_at=int(expires_at.timestamp()),
        scope=kind,
        connection_id=connection_id or msgspec.UNSET,
    )
