"""What the worker does for alerts."""

from drawbar.alerts.gathering import gather
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.jobs import Recurring
from drawbar.kit.settings import Settings


def schedules(database: Database, vault: Vault, settings: Settings) -> list[Recurring]:
    """Return what is done by the clock: look every minute whom to tell."""

    async def tell() -> None:
        await gather(database, vault, settings)

    return [Recurring("alerts.gather", "* * * * *", tell)]
