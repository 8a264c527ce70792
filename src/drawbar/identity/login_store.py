"""SQL of logging in: attempts, and where a person's session begins."""

from datetime import datetime
from uuid import UUID

from drawbar.identity.model import FAILURE_WINDOW, MOST_FAILURES
from drawbar.kit.db import System

RECENT_FAILURES = """
SELECT at FROM login_failures WHERE email = lower($1) AND at > $2 ORDER BY at DESC LIMIT $3
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


async def hold_attempts(tx: System, email: str) -> None:
    """Let no other attempt with this address be counted before this transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended(lower($1), 0))", email)


async def recent_failures(tx: System, email: str) -> list[datetime]:
    """Return when the last wrong passwords for this address came, newest first."""
    since = tx.now - FAILURE_WINDOW
    rows = await tx.fetch(RECENT_FAILURES, email, since, MOST_FAILURES)
    return [row["at"] for row in rows]


async def note_failure(tx: System, email: str) -> None:
    """Count a wrong password, and forget those that count no more."""
    await tx.execute("DELETE FROM login_failures WHERE at < $1", tx.now - FAILURE_WINDOW)
    await tx.execute("INSERT INTO login_failures (email, at) VALUES (lower($1), $2)", email, tx.now)


async def forget_failures(tx: System, email: str) -> None:
    """Count no wrong password of this address any more."""
    await tx.execute("DELETE FROM login_failures WHERE email = lower($1)", email)


async def workspace_to_enter(tx: System, user_id: UUID) -> UUID | None:
    """Return the workspace a person's new session begins in, or None when they belong to none."""
    found: UUID | None = await tx.fetchval(WORKSPACE_TO_ENTER, user_id)
    return found
