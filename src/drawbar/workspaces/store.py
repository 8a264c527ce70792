"""SQL of workspaces and their credit ledger."""

from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.kit.db import Reading, System, Writing
from drawbar.kit.ids import new_id

ADD_ENTRY = """
INSERT INTO credit_entries (workspace_id, id, at, kind, from_account, to_account, amount,
                            connection_id, note)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
BALANCES = """
SELECT coalesce(sum(amount) FILTER (WHERE to_account = 'available'), 0)
     - coalesce(sum(amount) FILTER (WHERE from_account = 'available'), 0) AS available,
       coalesce(sum(amount) FILTER (WHERE to_account = 'used'), 0)
     - coalesce(sum(amount) FILTER (WHERE from_account = 'used'), 0) AS used,
       coalesce(sum(amount) FILTER (WHERE from_account = 'issued'), 0) AS granted
  FROM credit_entries
"""
HELD = """
SELECT connection_id,
       sum(CASE WHEN to_account = 'used' THEN amount ELSE -amount END)::int AS credits
  FROM credit_entries
 WHERE connection_id IS NOT NULL
 GROUP BY connection_id
HAVING sum(CASE WHEN to_account = 'used' THEN amount ELSE -amount END) > 0
"""


class Pool(msgspec.Struct, frozen=True):
    """The sums of the ledger, in credits."""

    available: int
    used: int
    granted: int


async def add_workspace(
    tx: System, workspace_id: UUID, name: str, plan: str, products: list[str]
) -> None:
    """Store a tenant; an existing one stays as it is."""
    await tx.execute(
        "INSERT INTO workspaces (workspace_id, name, plan, products, created_at) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        workspace_id,
        name,
        plan,
        products,
        tx.now,
    )


async def lock_pool(tx: Writing) -> Pool:
    """Return the workspace's pool, and let nobody else change it before this transaction ends."""
    await tx.execute("SELECT FROM workspaces WHERE workspace_id = $1 FOR UPDATE", tx.workspace_id)
    return await pool(tx)


async def pool(tx: Reading) -> Pool:
    """Return the workspace's pool as the sum of its ledger."""
    row = await tx.fetchrow(BALANCES)
    return msgspec.convert(dict(row or {}), Pool)


async def add_entry(
    tx: Writing,
    kind: str,
    accounts: tuple[str, str],
    amount: int,
    note: str,
    connection_id: UUID | None = None,
) -> None:
    """Move an amount of credits from one account to another."""
    await tx.execute(
        ADD_ENTRY,
        tx.workspace_id,
        new_id(),
        tx.now,
        kind,
        *accounts,
        amount,
        connection_id,
        note,
    )


async def held_by(tx: Reading, connection_id: UUID) -> int:
    """Return how many credits a connection holds."""
    held: int = await tx.fetchval(
        "SELECT coalesce(sum(CASE WHEN to_account = 'used' THEN amount ELSE -amount END), 0)::int "
        "FROM credit_entries WHERE connection_id = $1",
        connection_id,
    )
    return held


class Holder(msgspec.Struct, frozen=True):
    """A connection and the credits it holds."""

    connection_id: UUID
    credits: int


class Entry(msgspec.Struct, frozen=True):
    """A line of the ledger: an amount moved from one account to another."""

    id: UUID
    at: datetime
    kind: str
    from_account: str
    to_account: str
    amount: int
    connection_id: UUID | None
    note: str


async def holders(tx: Reading) -> list[Holder]:
    """Return who holds credits, by the ledger."""
    rows = await tx.fetch(f"SELECT connection_id, credits FROM ({HELD}) held ORDER BY 2 DESC, 1")
    return msgspec.convert([dict(row) for row in rows], list[Holder])


async def entries(tx: Reading, most: int) -> list[Entry]:
    """Return the newest lines of the ledger."""
    rows = await tx.fetch(
        "SELECT id, at, kind, from_account, to_account, amount, connection_id, note "
        "FROM credit_entries ORDER BY at DESC, id DESC LIMIT $1",
        most,
    )
    return msgspec.convert([dict(row) for row in rows], list[Entry])
