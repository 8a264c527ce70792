"""Credits: taken when a connection is established, returned when it is disconnected (hub.md §2)."""

from uuid import UUID

from drawbar.kit.db import Writing
from drawbar.workspaces import store

CREDITS_OF_TIER = {1: 1, 2: 2, 3: 4}


def price(tier: int, deployment: str) -> int:
    """Return what a connection costs, in credits: on premises costs double."""
    return CREDITS_OF_TIER[tier] * (2 if deployment == "on_premises" else 1)


async def grant(tx: Writing, amount: int, note: str) -> None:
    """Add credits to the pool."""
    await store.add_entry(tx, "grant", ("issued", "available"), amount, note)


async def take(tx: Writing, amount: int, connection_id: UUID) -> bool:
    """Take credits for a connection; whether there were enough.

    The pool is locked until the transaction ends, so of two that race for the last one wins.
    """
    if amount == 0:
        return True
    if (await store.lock_pool(tx)).available < amount:
        return False
    await store.add_entry(tx, "consume", ("available", "used"), amount, "connected", connection_id)
    return True


async def give_back(tx: Writing, connection_id: UUID) -> int:
    """Return what a connection holds to the pool; how much that was."""
    await store.lock_pool(tx)
    held = await store.held_by(tx, connection_id)
    if held:
        await store.add_entry(
            tx, "release", ("used", "available"), held, "disconnected", connection_id
        )
    return held
