"""What Link does by the clock: erase what was entered in visits that have expired."""

from drawbar.kit.db import Database
from drawbar.kit.jobs import Recurring
from drawbar.link import session_store


def schedules(database: Database) -> list[Recurring]:
    """Return what recurs: every five minutes, for what is entered rests half an hour at most."""

    async def forget() -> None:
        await forget_visits(database)

    return [Recurring("link.forget_visits", "*/5 * * * *", forget)]


async def forget_visits(database: Database) -> None:
    """Erase what was entered in expired visits, and visits that expired a day ago."""
    async with database.as_system("forget expired visits to Link") as tx:
        await session_store.forget_expired(tx)
