"""SQL of single tokens: their end, and what is known of them."""

from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.kit.db import Reading, System, Writing

LIVE_ACCESS = """
SELECT t.kind, t.connection_id, t.created_at, t.expires_at, a.client_id
  FROM access_tokens t
  LEFT JOIN applications a ON a.workspace_id = t.workspace_id AND a.id = t.application_id
 WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND t.expires_at > $2 AND a.revoked_at IS NULL
"""
LIVE_REFRESH = """
SELECT 'connection' AS kind, g.connection_id, r.created_at, r.expires_at, a.client_id
  FROM refresh_tokens r
  JOIN authorization_grants g ON g.workspace_id = r.workspace_id AND g.id = r.grant_id
  JOIN applications a ON a.workspace_id = g.workspace_id AND a.id = g.application_id
 WHERE r.token_hash = $1 AND r.used_at IS NULL AND r.expires_at > $2 AND g.ended_at IS NULL
   AND a.revoked_at IS NULL
"""
FORGET = (
    "DELETE FROM access_tokens WHERE least(expires_at, revoked_at) < $1",
    "DELETE FROM refresh_tokens WHERE expires_at < $1",
    # A family lives as long as a token of it is remembered: one used again still ends it.
    """
    DELETE FROM authorization_grants g
     WHERE code_expires_at < $1
       AND NOT EXISTS (SELECT FROM refresh_tokens r
                        WHERE r.workspace_id = g.workspace_id AND r.grant_id = g.id)
       AND NOT EXISTS (SELECT FROM access_tokens t
                        WHERE t.workspace_id = g.workspace_id AND t.grant_id = g.id)
    """,
)


class KnownToken(msgspec.Struct, frozen=True, kw_only=True):
    """A live token, as whoever may introspect it is told."""

    kind: str
    connection_id: UUID | None
    client_id: str | None
    created_at: datetime
    expires_at: datetime


async def live_access_token(tx: Reading, token_hash: bytes) -> KnownToken | None:
    """Return the live access token with this hash, or None."""
    row = await tx.fetchrow(LIVE_ACCESS, token_hash, tx.now)
    return msgspec.convert(dict(row), KnownToken) if row else None


async def live_refresh_token(tx: Reading, token_hash: bytes) -> KnownToken | None:
    """Return the live refresh token with this hash, or None."""
    row = await tx.fetchrow(LIVE_REFRESH, token_hash, tx.now)
    return msgspec.convert(dict(row), KnownToken) if row else None


async def revoke_access_token(
    tx: Writing, token_hash: bytes, application_id: UUID, *, own_only: bool
) -> bool:
    """End an access token of this application or of a connection; whether there was one.

    `own_only` leaves the tokens of connections that the application did not get itself.
    """
    tag = await tx.execute(
        "UPDATE access_tokens SET revoked_at = $4 WHERE token_hash = $1 AND revoked_at IS NULL "
        "AND (application_id = $2 OR (kind = 'connection' AND NOT $3))",
        token_hash,
        application_id,
        own_only,
        tx.now,
    )
    return tag == "UPDATE 1"


async def forget(tx: System, *, before: datetime) -> None:
    """Delete what ended before then: access tokens, refresh tokens, grants that have neither."""
    for sql in FORGET:
        await tx.execute(sql, before)
