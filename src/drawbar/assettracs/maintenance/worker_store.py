"""SQL of who worked on an order, whatever name its assignee field says."""

from uuid import UUID

from drawbar.kit.db import Writing


async def note_worker(tx: Writing, order_id: UUID, user_id: UUID) -> None:
    """Remember that a signed-in person took the order up or finished it."""
    await tx.execute(
        "INSERT INTO assettracs.order_workers (workspace_id, work_order_id, user_id) "
        "VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        tx.workspace_id,
        order_id,
        user_id,
    )
