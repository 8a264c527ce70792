"""SQL of people, sessions, keys, applications and tokens."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.identity.model import Membership, Person
from drawbar.kit.db import System, Writing

PERSON = """
SELECT id, email, name, password_hash, locale, time_zone, email_confirmed_at, disabled_at,
       EXISTS (SELECT FROM second_factors f WHERE f.user_id = u.id) AS has_second_factor
  FROM users u
"""
MEMBERSHIPS = """
SELECT m.workspace_id, w.name AS workspace_name, m.hub_role, m.asset_role, w.products
  FROM memberships m JOIN workspaces w USING (workspace_id)
 WHERE m.user_id = $1
 ORDER BY w.name
"""


async def add_person(
    tx: System, id: UUID, email: str, name: str, password_hash: str, at: datetime
) -> None:
    """Store a user account."""
    await tx.execute(
        "INSERT INTO users (id, email, name, password_hash, created_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        id,
        email,
        name,
        password_hash,
        at,
    )


async def person_by_email(tx: System, email: str) -> Person | None:
    """Return the account with this address, however it is capitalised, or None."""
    row = await tx.fetchrow(f"{PERSON} WHERE lower(email) = lower($1)", email)
    return msgspec.convert(dict(row), Person) if row else None


async def person(tx: System, id: UUID, *, lock: bool = False) -> Person:
    """Return an account that is known to exist; `lock` holds it until the end."""
    row = await tx.fetchrow(f"{PERSON} WHERE id = $1{' FOR UPDATE' if lock else ''}", id)
    return msgspec.convert(dict(row or {}), Person)


async def has_people(tx: System) -> bool:
    """Whether anybody has an account yet."""
    return bool(await tx.fetchval("SELECT EXISTS (SELECT FROM users)"))


async def add_membership(
    tx: Writing, user_id: UUID, hub_role: str | None, asset_role: str | None
) -> None:
    """Make a person a member of the transaction's workspace."""
    await tx.execute(
        "INSERT INTO memberships (workspace_id, user_id, hub_role, asset_role, created_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        tx.workspace_id,
        user_id,
        hub_role,
        asset_role,
        tx.now,
    )


async def memberships(tx: System, user_id: UUID) -> tuple[Membership, ...]:
    """Return all a person belongs to, by name."""
    return msgspec.convert(
        [dict(row) for row in await tx.fetch(MEMBERSHIPS, user_id)], tuple[Membership, ...]
    )


async def add_setup_link(tx: System, token_hash: bytes) -> None:
    """Store the one-time link of the first owner; older ones end."""
    await tx.execute("DELETE FROM setup_links")
    await tx.execute("INSERT INTO setup_links VALUES ($1, $2)", token_hash, tx.now)


async def setup_link_made_at(tx: System, token_hash: bytes) -> datetime | None:
    """Return when this link was made, holding it, or None."""
    made_at: datetime | None = await tx.fetchval(
        "SELECT created_at FROM setup_links WHERE token_hash = $1 FOR UPDATE", token_hash
    )
    return made_at


async def end_setup_links(tx: System) -> None:
    """Let no link work any more."""
    await tx.execute("DELETE FROM setup_links")


async def add_api_key(
    tx: Writing, id: UUID, name: str, hint: str, key_hash: bytes, scopes: list[str]
) -> None:
    """Store an asset API key by its hash; the hint is its first characters."""
    await tx.execute(
        "INSERT INTO api_keys (workspace_id, id, name, hint, key_hash, scopes, created_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        tx.workspace_id,
        id,
        name,
        hint,
        key_hash,
        scopes,
        tx.now,
    )


class KeyOwner(msgspec.Struct, frozen=True):
    """Whose key it is."""

    workspace_id: UUID
    id: UUID
    name: str
    scopes: list[str]


async def owner_of_api_key(tx: System, key_hash: bytes) -> KeyOwner | None:
    """Return the live key with this hash, or None."""
    row = await tx.fetchrow(
        "SELECT workspace_id, id, name, scopes FROM api_keys "
        "WHERE key_hash = $1 AND revoked_at IS NULL",
        key_hash,
    )
    return msgspec.convert(dict(row), KeyOwner) if row else None


async def add_application(
    tx: Writing,
    id: UUID,
    name: str,
    client_id: str,
    secret_hash: bytes | None,
    environment: str,
    redirect_uris: Sequence[str] = (),
) -> None:
    """Store an OAuth client of the workspace; one without a secret is public."""
    await tx.execute(
        "INSERT INTO applications (workspace_id, id, name, client_id, secret_hash, environment, "
        "created_at, is_public, redirect_uris) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $5::bytea IS NULL, $8)",
        tx.workspace_id,
        id,
        name,
        client_id,
        secret_hash,
        environment,
        tx.now,
        list(redirect_uris),
    )


async def add_access_token(
    tx: Writing,
    token_hash: bytes,
    kind: str,
    expires_at: datetime,
    *,
    workspace_id: UUID,
    application_id: UUID | None = None,
    connection_id: UUID | None = None,
    grant_id: UUID | None = None,
) -> None:
    """Store a bearer token by its hash."""
    await tx.execute(
        "INSERT INTO access_tokens (token_hash, workspace_id, kind, application_id, connection_id, "
        "created_at, expires_at, grant_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        token_hash,
        workspace_id,
        kind,
        application_id,
        connection_id,
        tx.now,
        expires_at,
        grant_id,
    )


class TokenOwner(msgspec.Struct, frozen=True):
    """Whose bearer token it is, and what it opens."""

    workspace_id: UUID
    kind: str
    application_id: UUID | None
    connection_id: UUID | None


async def owner_of_token(tx: System, token_hash: bytes) -> TokenOwner | None:
    """Return the live token with this hash, or None."""
    row = await tx.fetchrow(
        "SELECT t.workspace_id, t.kind, t.application_id, t.connection_id FROM access_tokens t "
        "WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND t.expires_at > $2 "
        "AND NOT EXISTS (SELECT FROM applications a WHERE a.workspace_id = t.workspace_id "
        "                AND a.id = t.application_id AND a.revoked_at IS NOT NULL)",
        token_hash,
        tx.now,
    )
    return msgspec.convert(dict(row), TokenOwner) if row else None


async def revoke_connection_tokens(
    tx: Writing, connection_id: UUID, *, but: UUID | None = None
) -> None:
    """End every code and token of a connection at once, except those of one grant.

    Its live grants are held first, in an order that never varies: what an exchange under way
    adds is ended too, and two who end them do not wait for each other.
    """
    await hold_grants(tx, connection_id)
    await tx.execute(
        "UPDATE authorization_grants SET ended_at = $2 "
        "WHERE connection_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $3",
        connection_id,
        tx.now,
        but,
    )
    await tx.execute(
        "UPDATE access_tokens SET revoked_at = $2 WHERE connection_id = $1 AND revoked_at IS NULL "
        "AND ($3::uuid IS NULL OR grant_id IS DISTINCT FROM $3)",
        connection_id,
        tx.now,
        but,
    )


async def hold_grants(tx: Writing, connection_id: UUID) -> None:
    """Keep everybody else from exchanging, refreshing or ending a connection's grants for now."""
    await tx.fetch(
        "SELECT FROM authorization_grants WHERE connection_id = $1 AND ended_at IS NULL "
        "ORDER BY id FOR NO KEY UPDATE",
        connection_id,
    )
