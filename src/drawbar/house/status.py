"""What runs, and how much there is."""

import msgspec

from drawbar.house import store
from drawbar.house.addresses import addresses_of, postgres_of
from drawbar.house.occupancy import Occupant, occupant
from drawbar.house.schema import newest_revision, revision_of
from drawbar.house.up import answers
from drawbar.kit.db import open_database
from drawbar.kit.settings import Settings


class Status(msgspec.Struct, frozen=True):
    """An installation as its operator sees it; what needs the database is None without it."""

    address: str
    running: Occupant | None
    answering: bool
    database: str
    revision: str | None
    newest_revision: str
    workers: int | None
    counts: store.Counts | None


async def status_of(settings: Settings) -> Status:
    """Look, without starting anything; raise UnfitDatabase when an own database is out of reach."""
    postgres = postgres_of(settings)
    reachable = postgres is None or postgres.is_running
    revision, workers, counts = None, None, None
    if reachable:
        addresses = addresses_of(settings)
        revision = await revision_of(addresses.app)
        if revision == newest_revision():
            async with (
                open_database(addresses.app, size=1) as database,
                database.as_system("status") as tx,
            ):
                workers, counts = await store.live_workers(tx), await store.counts(tx)
    return Status(
        address=settings.address,
        running=occupant(settings.data),
        answering=await answers(settings),
        database=_described(embedded=postgres is not None, reachable=reachable, settings=settings),
        revision=revision,
        newest_revision=newest_revision(),
        workers=workers,
        counts=counts,
    )


def _described(*, embedded: bool, reachable: bool, settings: Settings) -> str:
    if not embedded:
        return "your own (DRAWBAR_DATABASE_URL)"
    return f"embedded in {settings.data}, {'running' if reachable else 'not running'}"
