"""SQL of sessions: begun, found, listed, ended."""

from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.identity import store
from drawbar.identity.model import SEEN_EVERY, SESSION_IDLE, SignedIn
from drawbar.kit.db import System

SESSION = """
SELECT s.id, s.user_id, s.workspace_id, s.last_seen_at, s.address, u.email, u.name, u.locale,
       u.time_zone
  FROM sessions s JOIN users u ON u.id = s.user_id
 WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.last_seen_at > $3 AND u.disabled_at IS NULL
"""
# Where the person was last, else the first workspace that has the hub, else the first.
WORKSPACE_TO_ENTER = """
SELECT m.workspace_id
  FROM memberships m JOIN workspaces w USING (workspace_id)
 WHERE m.user_id = $1
 ORDER BY (SELECT max(s.last_seen_at) FROM sessions s
            WHERE s.user_id = m.user_id AND s.workspace_id = m.workspace_id) DESC NULLS LAST,
          'hub' = ANY (w.products) DESC, m.created_at, w.name
 LIMIT 1
"""


class Session(msgspec.Struct, frozen=True):
    """A browser somebody is signed in with."""

    id: UUID
    workspace_id: UUID
    created_at: datetime
    last_seen_at: datetime
    address: str
    user_agent: str


async def add_session(
    tx: System,
    token_hash: bytes,
    user_id: UUID,
    workspace_id: UUID,
    expires_at: datetime,
    agent: str,
    address: str = "",
) -> None:
    """Store a browser's session."""
    await tx.execute(
        "INSERT INTO sessions (token_hash, user_id, workspace_id, created_at, last_seen_at, "
        "expires_at, user_agent, address) VALUES ($1, $2, $3, $4, $4, $5, $6, $7)",
        token_hash,
        user_id,
        workspace_id,
        tx.now,
        expires_at,
        agent,
        address,
    )


async def signed_in(tx: System, token_hash: bytes, address: str) -> SignedIn | None:
    """Return who this session belongs to, or None when it ended or its member left.

    Notes every few minutes that it was used, and from where.
    """
    row = await tx.fetchrow(SESSION, token_hash, tx.now, tx.now - SESSION_IDLE)
    if row is None:
        return None
    everywhere = await store.memberships(tx, row["user_id"])
    current = [one for one in everywhere if one.workspace_id == row["workspace_id"]]
    if not current:
        return None
    if tx.now - row["last_seen_at"] >= SEEN_EVERY or row["address"] != address:
        await tx.execute(
            "UPDATE sessions SET last_seen_at = $2, address = $3 WHERE token_hash = $1",
            token_hash,
            tx.now,
            address,
        )
    return SignedIn(
        row["user_id"],
        row["email"],
        row["name"],
        current[0],
        everywhere,
        row["id"],
        row["locale"],
        row["time_zone"],
    )


async def workspace_to_enter(tx: System, user_id: UUID) -> UUID | None:
    """Return the workspace a person's new session begins in, or None when they belong to none."""
    found: UUID | None = await tx.fetchval(WORKSPACE_TO_ENTER, user_id)
    return found


async def move_session(tx: System, token_hash: bytes, workspace_id: UUID) -> None:
    """Let a session go on in another workspace."""
    await tx.execute(
        "UPDATE sessions SET workspace_id = $2, last_seen_at = $3 WHERE token_hash = $1",
        token_hash,
        workspace_id,
        tx.now,
    )


async def live_sessions(tx: System, user_id: UUID) -> list[Session]:
    """Return where a person is signed in, last used first."""
    rows = await tx.fetch(
        "SELECT id, workspace_id, created_at, last_seen_at, address, user_agent FROM sessions "
        "WHERE user_id = $1 AND expires_at > $2 AND last_seen_at > $3 ORDER BY last_seen_at DESC",
        user_id,
        tx.now,
        tx.now - SESSION_IDLE,
    )
    return msgspec.convert([dict(row) for row in rows], list[Session])


async def end_session(tx: System, token_hash: bytes) -> None:
    """Forget a session."""
    await tx.execute("DELETE FROM sessions WHERE token_hash = $1", token_hash)


async def end_session_of(tx: System, user_id: UUID, id: UUID) -> bool:
    """Forget one of a person's sessions; whether there was one."""
    tag = await tx.execute("DELETE FROM sessions WHERE user_id = $1 AND id = $2", user_id, id)
    return tag == "DELETE 1"


async def end_sessions(tx: System, user_id: UUID, *, keep: UUID | None = None) -> int:
    """Forget all of a person's sessions but one; how many those were."""
    tag = await tx.execute(
        "DELETE FROM sessions WHERE user_id = $1 AND id IS DISTINCT FROM $2", user_id, keep
    )
    return int(tag.rpartition(" ")[2])


async def end_sessions_in(tx: System, user_id: UUID, workspace_id: UUID) -> None:
    """Forget a person's sessions in one workspace."""
    await tx.execute(
        "DELETE FROM sessions WHERE user_id = $1 AND workspace_id = $2", user_id, workspace_id
    )


async def forget_ended(tx: System) -> None:
    """Remove the rows of sessions that ended by themselves."""
    idle = tx.now - SESSION_IDLE
    await tx.execute(
        "DELETE FROM sessions WHERE expires_at < $1 OR last_seen_at < $2", tx.now, idle
    )
    await tx.execute("DELETE FROM half_sessions WHERE expires_at < $1", tx.now)


async def add_half_session(
    tx: System, token_hash: bytes, user_id: UUID, expires_at: datetime
) -> None:
    """Store that a browser gave the right password and owes a code."""
    await tx.execute(
        "INSERT INTO half_sessions (token_hash, user_id, expires_at) VALUES ($1, $2, $3)",
        token_hash,
        user_id,
        expires_at,
    )


async def count_code(tx: System, token_hash: bytes, most: int) -> UUID | None:
    """Count a code as wrong before it is looked at; return whose it must be, or None: too late."""
    found: UUID | None = await tx.fetchval(
        "UPDATE half_sessions SET wrong_codes = wrong_codes + 1 "
        "WHERE token_hash = $1 AND expires_at > $2 AND wrong_codes < $3 RETURNING user_id",
        token_hash,
        tx.now,
        most,
    )
    return found


async def half_session_lives(tx: System, token_hash: bytes, most: int) -> bool:
    """Whether a code may still be given."""
    return bool(
        await tx.fetchval(
            "SELECT EXISTS (SELECT FROM half_sessions "
            "WHERE token_hash = $1 AND expires_at > $2 AND wrong_codes < $3)",
            token_hash,
            tx.now,
            most,
        )
    )


async def end_half_session(tx: System, token_hash: bytes) -> None:
    """Forget a half session."""
    await tx.execute("DELETE FROM half_sessions WHERE token_hash = $1", token_hash)


async def end_half_sessions(tx: System, user_id: UUID) -> None:
    """Forget a person's half sessions: password or second factor are others now."""
    await tx.execute("DELETE FROM half_sessions WHERE user_id = $1", user_id)
