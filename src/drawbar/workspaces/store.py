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
       coalesce(sum(amount) FILTER (WHERE from_account = 'issued'), 0) AS granted,
       coalesce(sum(amount) FILTER (WHERE from_account = 'overage'), 0)
     - coalesce(sum(amount) FILTER (WHERE to_account = 'overage'), 0) AS overage
  FROM credit_entries
 WHERE workspace_id = $1
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
    """The sums of the ledger, in credits; `overage` is what is used beyond `granted`."""

    available: int
    used: int
    granted: int
    overage: int = 0


class CreditLevel(msgspec.Struct, frozen=True):
    """When the pool counts as low (None: the default), and whether that has been told."""

    low_at: int | None
    told_low: bool


class Workspace(msgspec.Struct, frozen=True):
    """A tenant; `plan` is `trial` or `paid`."""

    workspace_id: UUID
    name: str
    plan: str


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
    # Not FOR UPDATE: whoever stored a row of this workspace shares its key until the commit, and
    # two of them who then locked the pool would wait for each other.
    await tx.execute(
        "SELECT FROM workspaces WHERE workspace_id = $1 FOR NO KEY UPDATE", tx.workspace_id
    )
    return await pool(tx)


async def pool(tx: Reading) -> Pool:
    """Return the workspace's pool as the sum of its ledger."""
    # Named, because the operator's own transactions see every workspace.
    row = await tx.fetchrow(BALANCES, tx.workspace_id)
    return msgspec.convert(dict(row or {}), Pool)


async def plan(tx: Reading) -> str:
    """Return the workspace's plan, `trial` or `paid`."""
    found: str = await tx.fetchval(
        "SELECT plan FROM workspaces WHERE workspace_id = $1", tx.workspace_id
    )
    return found


async def set_plan(tx: System, workspace_id: UUID, plan: str) -> None:
    """Move a workspace to another plan."""
    await tx.execute("UPDATE workspaces SET plan = $2 WHERE workspace_id = $1", workspace_id, plan)


async def workspaces_called(tx: System, wanted: str) -> list[Workspace]:
    """Return the workspaces with this id or this name, whatever its case."""
    rows = await tx.fetch(
        "SELECT workspace_id, name, plan FROM workspaces "
        "WHERE workspace_id::text = lower($1) OR lower(name) = lower($1) ORDER BY created_at",
        wanted,
    )
    return msgspec.convert([dict(row) for row in rows], list[Workspace])


async def credit_level(tx: Reading) -> CreditLevel:
    """Return when the workspace's pool counts as low."""
    row = await tx.fetchrow(
        "SELECT credits_low_at AS low_at, told_credits_low AS told_low FROM workspaces "
        "WHERE workspace_id = $1",
        tx.workspace_id,
    )
    return msgspec.convert(dict(row or {}), CreditLevel)


async def set_credit_level(tx: Writing, low_at: int | None) -> None:
    """Choose when the pool counts as low; None goes back to the default."""
    await tx.execute(
        "UPDATE workspaces SET credits_low_at = $2 WHERE workspace_id = $1",
        tx.workspace_id,
        low_at,
    )


async def set_told_low(tx: Writing, *, told: bool) -> None:
    """Note whether `credits.low` was published since the pool was last well."""
    await tx.execute(
        "UPDATE workspaces SET told_credits_low = $2 WHERE workspace_id = $1",
        tx.workspace_id,
        told,
    )


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
    """Return the newest lines of the ledger, for a page that shows the last few."""
    rows = await tx.fetch(
        "SELECT id, at, kind, from_account, to_account, amount, connection_id, note "
        "FROM credit_entries ORDER BY at DESC, id DESC LIMIT $1",
        most,
    )
    return msgspec.convert([dict(row) for row in rows], list[Entry])
