"""Credits: taken when a connection is established, returned when it is disconnected (hub.md §2).

Four accounts: `issued` (the operator), `available` (the pool), `used` (held by connections) and
`overage` (used beyond what was granted). Every entry moves credits between two of them, so that
granted + overage = available + used, always; credits are available only while none is over.
"""

from uuid import UUID

from drawbar.kit.db import Writing
from drawbar.webhooks import outbox
from drawbar.workspaces import store
from drawbar.workspaces.store import Pool

CREDITS_OF_TIER = {0: 0, 1: 1, 2: 2, 3: 4}
"""Tier 0 is the sandbox."""
LOW_SHARE = 5
"""The pool is low at a fifth of what was granted, at one credit at least."""


def price(tier: int, deployment: str) -> int:
    """Return what a connection costs, in credits: on premises costs double."""
    return CREDITS_OF_TIER[tier] * (2 if deployment == "on_premises" else 1)


def counted(number: int) -> str:
    """Write a number of credits for an English sentence: 1 credit, 2 credits."""
    return f"{number:,} {'credit' if number == 1 else 'credits'}"


def low_at(granted: int) -> int:
    """Return the number of credits at which a pool is low unless its workspace chose another."""
    return max(1, granted // LOW_SHARE)


async def grant(tx: Writing, amount: int, note: str) -> None:
    """Add credits; what is used beyond the grants before is settled first."""
    pool = await store.lock_pool(tx)
    settled = min(amount, pool.overage)
    if settled:
        await store.add_entry(tx, "grant", ("issued", "overage"), settled, note)
    if amount > settled:
        await store.add_entry(tx, "grant", ("issued", "available"), amount - settled, note)
    await _look_at_level(tx)


async def take(tx: Writing, amount: int, connection_id: UUID, *, overage: bool = False) -> bool:
    """Take credits for a connection; whether there were enough.

    The pool is locked until the transaction ends, so of two that race for the last one wins. With
    `overage` what the pool lacks is taken beyond it, and the answer is always True.
    """
    if amount == 0:
        return True
    pool = await store.lock_pool(tx)
    from_pool = min(amount, pool.available)
    if from_pool < amount and not overage:
        return False
    note = "connected"
    if from_pool:
        await store.add_entry(tx, "consume", ("available", "used"), from_pool, note, connection_id)
    if amount > from_pool:
        beyond = amount - from_pool
        await store.add_entry(tx, "overage", ("overage", "used"), beyond, note, connection_id)
    await _look_at_level(tx)
    return True


async def give_back(tx: Writing, connection_id: UUID) -> int:
    """Return what a connection holds, to overage first and then to the pool; how much that was."""
    pool = await store.lock_pool(tx)
    held = await store.held_by(tx, connection_id)
    over = min(held, pool.overage)
    note = "disconnected"
    if over:
        await store.add_entry(tx, "release", ("used", "overage"), over, note, connection_id)
    if held > over:
        accounts = ("used", "available")
        await store.add_entry(tx, "release", accounts, held - over, note, connection_id)
    await _look_at_level(tx)
    return held


async def _look_at_level(tx: Writing) -> None:
    """Publish `credits.low` when the pool has become low, once until it is well again."""
    pool, level = await store.pool(tx), await store.credit_level(tx)
    threshold = low_at(pool.granted) if level.low_at is None else level.low_at
    is_low = pool.granted > 0 and pool.available <= threshold
    if is_low and not level.told_low and pool.used:
        await outbox.publish(tx, "credits.low", _facts(pool, threshold))
        await store.set_told_low(tx, told=True)
    elif level.told_low and not is_low:
        await store.set_told_low(tx, told=False)


def _facts(pool: Pool, threshold: int) -> dict[str, int]:
    return {
        "available": pool.available,
        "used": pool.used,
        "granted": pool.granted,
        "overage": pool.overage,
        "threshold": threshold,
    }
