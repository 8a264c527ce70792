"""Days of the request log are made ahead and dropped when they are old."""

from drawbar.kit.db import Database
from drawbar.kit.jobs import Recurring
from drawbar.requests import store


def schedules(database: Database, days: int) -> list[Recurring]:
    """Return the hourly look after the log's partitions; `days` is how long requests are kept.

    With 0 nothing is logged any more, and what is there goes after a day.
    """

    async def keep() -> None:
        await store.keep(database, max(1, days))

    return [Recurring("requests.keep", "7 * * * *", keep)]
