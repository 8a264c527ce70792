"""Trees of things: locations in locations, assets in assets, categories in categories."""

from typing import Any

from drawbar.kit.db import Writing
from drawbar.kit.errors import invalid
from drawbar.kit.tables import Table

DEEPEST = 12
"""Levels of a tree; a deeper one is a loop or a mistake."""
ONE_MOVE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"


async def refuse_loop(tx: Writing, table: Table[Any], before: Any, after: Any) -> None:
    """Raise 422 when a row would stand below itself, too deep, or below what is not there."""
    above = after.parent_id
    if before is not None and above is not None and before.parent_id != above:
        # One move at a time: two that are fine alone may make a loop together.
        await tx.execute(ONE_MOVE, f"{table.name} {tx.workspace_id}")
    for _ in range(DEEPEST):
        if above is None:
            return
        if above == after.id:
            raise invalid("parent_id", f"would put the {table.what} below itself.")
        parent = await table.find(tx, above)
        if parent is None or parent.deleted_at is not None:
            raise invalid("parent_id", "refers to something that is not in this workspace.")
        above = parent.parent_id
    raise invalid("parent_id", f"would be more than {DEEPEST} levels deep.")
