"""Numbers for people, one after the other, exact while transactions race."""

from drawbar.kit.db import Writing

NEXT = """
INSERT INTO counters (workspace_id, name, value) VALUES ($1, $2, $3)
ON CONFLICT (workspace_id, name) DO UPDATE SET value = counters.value + 1
RETURNING value
"""


SKIP = """
INSERT INTO counters (workspace_id, name, value) VALUES ($1, $2, $3)
ON CONFLICT (workspace_id, name) DO UPDATE SET value = greatest(counters.value, excluded.value)
"""


async def next_number(tx: Writing, name: str, *, first: int = 1) -> int:
    """Return the counter's next value; its row stays locked until the transaction ends."""
    value: int = await tx.fetchval(NEXT, tx.workspace_id, name, first)
    return value


async def skip_to(tx: Writing, name: str, value: int) -> None:
    """Let the counter go on after `value`: numbers up to it came from elsewhere."""
    await tx.execute(SKIP, tx.workspace_id, name, value)
