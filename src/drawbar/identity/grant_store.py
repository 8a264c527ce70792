"""SQL of grants: what a customer agreed to in Link, its code and its family of tokens."""

from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.kit.db import Reading, Writing

GRANT = """
SELECT id, application_id, connection_id, redirect_uri, code_challenge, code_expires_at,
       exchanged_at, ended_at FROM authorization_grants
"""


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """One connection given to one application."""

    id: UUID
    application_id: UUID
    connection_id: UUID
    redirect_uri: str
    code_challenge: str | None
    code_expires_at: datetime
    exchanged_at: datetime | None = None
    ended_at: datetime | None = None


class RefreshToken(msgspec.Struct, frozen=True, kw_only=True):
    """A refresh token; once used it only serves to notice that somebody uses it again."""

    grant_id: UUID
    expires_at: datetime
    used_at: datetime | None


async def add_grant(tx: Writing, grant: Grant, code_hash: bytes) -> None:
    """Store a fresh grant, to be found by its code."""
    await tx.execute(
        "INSERT INTO authorization_grants (workspace_id, id, application_id, connection_id, "
        "code_hash, redirect_uri, code_challenge, created_at, code_expires_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        tx.workspace_id,
        grant.id,
        grant.application_id,
        grant.connection_id,
        code_hash,
        grant.redirect_uri,
        grant.code_challenge,
        tx.now,
        grant.code_expires_at,
    )


async def grant_by_code(tx: Reading, code_hash: bytes) -> Grant | None:
    """Return the grant with this code, in whatever state, or None."""
    row = await tx.fetchrow(f"{GRANT} WHERE code_hash = $1", code_hash)
    return msgspec.convert(dict(row), Grant) if row else None


async def grant_by_id(tx: Reading, id: UUID, *, lock: bool = False) -> Grant | None:
    """Return a grant, or None; `lock` holds it until the end."""
    row = await tx.fetchrow(f"{GRANT} WHERE id = $1{' FOR NO KEY UPDATE' if lock else ''}", id)
    return msgspec.convert(dict(row), Grant) if row else None


async def mark_exchanged(tx: Writing, id: UUID) -> None:
    """Note that a grant's code has been used."""
    await tx.execute("UPDATE authorization_grants SET exchanged_at = $2 WHERE id = $1", id, tx.now)


async def end_grant(tx: Writing, id: UUID) -> bool:
    """End a grant and its whole family of tokens; whether it was alive.

    The grant first: who adds a token to it holds it, so none is added unseen.
    """
    tag = await tx.execute(
        "UPDATE authorization_grants SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL",
        id,
        tx.now,
    )
    await tx.execute(
        "UPDATE access_tokens SET revoked_at = $2 WHERE grant_id = $1 AND revoked_at IS NULL",
        id,
        tx.now,
    )
    return tag == "UPDATE 1"


async def add_refresh_token(
    tx: Writing, token_hash: bytes, grant_id: UUID, expires_at: datetime
) -> None:
    """Store a refresh token by its hash."""
    await tx.execute(
        "INSERT INTO refresh_tokens (token_hash, workspace_id, grant_id, created_at, expires_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        token_hash,
        tx.workspace_id,
        grant_id,
        tx.now,
        expires_at,
    )


async def refresh_token(tx: Reading, token_hash: bytes) -> RefreshToken | None:
    """Return the refresh token with this hash, in whatever state, or None."""
    row = await tx.fetchrow(
        "SELECT grant_id, expires_at, used_at FROM refresh_tokens WHERE token_hash = $1", token_hash
    )
    return msgspec.convert(dict(row), RefreshToken) if row else None


async def mark_used(tx: Writing, token_hash: bytes) -> None:
    """Note that a refresh token has been used."""
    await tx.execute(
        "UPDATE refresh_tokens SET used_at = $2 WHERE token_hash = $1", token_hash, tx.now
    )


async def shorten_access(tx: Writing, grant_id: UUID, at: datetime) -> None:
    """Let a grant's access tokens end by then at the latest."""
    await tx.execute(
        "UPDATE access_tokens SET expires_at = least(expires_at, $2) "
        "WHERE grant_id = $1 AND revoked_at IS NULL",
        grant_id,
        at,
    )
