"""What identity does by the clock: forget codes and tokens that ended long ago."""

from datetime import timedelta

from drawbar.identity import token_store
from drawbar.kit.db import Database
from drawbar.kit.jobs import Recurring

KEPT = timedelta(days=30)
"""How long an ended token is kept, for whoever looks into what happened."""


def schedules(database: Database) -> list[Recurring]:
    """Return what is done by the clock."""

    async def forget() -> None:
        await forget_tokens(database)

    return [Recurring("identity.forget_tokens", "41 3 * * *", forget)]


async def forget_tokens(database: Database) -> None:
    """Delete codes and tokens that ended more than `KEPT` ago, of all workspaces."""
    async with database.as_system("forget tokens that ended long ago") as tx:
        await token_store.forget(tx, before=tx.now - KEPT)
