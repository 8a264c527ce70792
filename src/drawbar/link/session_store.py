"""SQL of visits to Link."""

from datetime import timedelta
from uuid import UUID

import msgspec

from drawbar.kit.db import System, Writing
from drawbar.link.model import CLAIM_LIFE, LinkSession

COLUMNS = tuple(LinkSession.__struct_fields__)
LISTED = ", ".join(COLUMNS)
CLAIM = """
UPDATE link_sessions SET claimed_at = $2
 WHERE id = $1 AND finished_at IS NULL AND ended_at IS NULL
   AND (claimed_at IS NULL OR claimed_at < $3)
"""
KEPT_AFTER_EXPIRY = timedelta(days=1)
"""For which an expired visit can still say that it has expired."""


async def add_session(tx: Writing, session: LinkSession, token_hash: bytes) -> None:
    """Store a fresh visit."""
    await tx.execute(
        f"INSERT INTO link_sessions ({LISTED}, token_hash) "
        f"VALUES ({', '.join(f'${place}' for place in range(1, len(COLUMNS) + 2))})",
        *(getattr(session, name) for name in COLUMNS),
        token_hash,
    )


async def session_by_token(tx: System, token_hash: bytes) -> LinkSession | None:
    """Return the visit with this token, ended or not."""
    row = await tx.fetchrow(f"SELECT {LISTED} FROM link_sessions WHERE token_hash = $1", token_hash)
    return msgspec.convert(dict(row), LinkSession) if row else None


async def session_by_consent(tx: System, state_hash: bytes) -> LinkSession | None:
    """Return the visit whose browser was sent to a source with this state, and forget the state."""
    row = await tx.fetchrow(
        "UPDATE link_sessions SET consent_hash = NULL "
        f"WHERE consent_hash = $1 AND expires_at > $2 RETURNING {LISTED}",
        state_hash,
        tx.now,
    )
    return msgspec.convert(dict(row), LinkSession) if row else None


async def choose_language(tx: Writing, id: UUID, locale: str) -> None:
    """Note the language chosen on the page."""
    await tx.execute("UPDATE link_sessions SET locale = $2 WHERE id = $1", id, locale)


async def keep_entry(
    tx: Writing,
    id: UUID,
    system: str,
    sealed: bytes | None,
    *,
    denied: list[str] | None = None,
    consent_hash: bytes | None = None,
    is_checked: bool = False,
) -> None:
    """Keep what was entered for a system until the visit is finished."""
    await tx.execute(
        "UPDATE link_sessions SET system = $2, sealed_entry = $3, denied = $4, consent_hash = $5, "
        "is_checked = $6 WHERE id = $1",
        id,
        system,
        sealed,
        denied or [],
        consent_hash,
        is_checked,
    )


async def claim(tx: Writing, id: UUID) -> bool:
    """Be the one that finishes a visit; False when somebody else does or did."""
    tag = await tx.execute(CLAIM, id, tx.now, tx.now - CLAIM_LIFE)
    return tag == "UPDATE 1"


async def release(tx: Writing, id: UUID) -> None:
    """Let a visit be finished by another try."""
    await tx.execute("UPDATE link_sessions SET claimed_at = NULL WHERE id = $1", id)


async def note_connection(tx: Writing, id: UUID, connection_id: UUID) -> None:
    """Note which connection a visit makes, so that a second try goes on with the same one."""
    await tx.execute("UPDATE link_sessions SET connection_id = $2 WHERE id = $1", id, connection_id)


async def finish(tx: Writing, id: UUID) -> bool:
    """End a visit with its one success, and erase what was entered; whether it was open."""
    tag = await tx.execute(
        "UPDATE link_sessions SET finished_at = $2, sealed_entry = NULL "
        "WHERE id = $1 AND finished_at IS NULL AND ended_at IS NULL",
        id,
        tx.now,
    )
    return tag == "UPDATE 1"


async def deliver(tx: Writing, id: UUID) -> bool:
    """Note that the application gets its one code now; False when it had it."""
    tag = await tx.execute(
        "UPDATE link_sessions SET delivered_at = $2 "
        "WHERE id = $1 AND finished_at IS NOT NULL AND delivered_at IS NULL",
        id,
        tx.now,
    )
    return tag == "UPDATE 1"


async def end(tx: Writing, id: UUID) -> bool:
    """End a visit without success, and erase what was entered; False while it is being finished."""
    return await _end(tx, "id", id)


async def end_sessions_of(tx: Writing, magic_link_id: UUID) -> bool:
    """End every open visit of a magic link; False while one of them is being finished."""
    return await _end(tx, "magic_link_id", magic_link_id)


async def forget_expired(tx: System) -> None:
    """Erase what was entered in visits that have expired, and visits long gone."""
    await tx.execute(
        "UPDATE link_sessions SET sealed_entry = NULL "
        "WHERE expires_at <= $1 AND sealed_entry IS NOT NULL",
        tx.now,
    )
    await tx.execute("DELETE FROM link_sessions WHERE expires_at <= $1", tx.now - KEPT_AFTER_EXPIRY)


async def workspace_name(tx: System, workspace_id: UUID) -> str:
    """Return what a workspace is called."""
    name: str = await tx.fetchval(
        "SELECT name FROM workspaces WHERE workspace_id = $1", workspace_id
    )
    return name


async def _end(tx: Writing, column: str, id: UUID) -> bool:
    # Takes the rows' locks, so that nobody claims between the look and the end.
    being_finished = await tx.fetch(
        f"SELECT FROM link_sessions WHERE {column} = $1 AND finished_at IS NULL "
        "AND ended_at IS NULL AND claimed_at >= $2 FOR UPDATE",
        id,
        tx.now - CLAIM_LIFE,
    )
    await tx.execute(
        "UPDATE link_sessions SET ended_at = $2, sealed_entry = NULL "
        f"WHERE {column} = $1 AND finished_at IS NULL AND ended_at IS NULL "
        "AND (claimed_at IS NULL OR claimed_at < $3)",
        id,
        tx.now,
        tx.now - CLAIM_LIFE,
    )
    return not being_finished
