"""Rows without a store: which numbers exist at a moment, when each last changed, what it says."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, TypeVar
from zlib import crc32

from msgspec import Struct

from drawbar.kit.json import timestamp

Choice = TypeVar("Choice")
Body = dict[str, Any]

OPENED_AT = datetime.fromisoformat("2025-01-06T06:00:00+00:00")
"""When the plants opened: rows that never change say so, and orders are counted from here."""
KEPT = timedelta(days=30)
"""An order leaves the lists this long after it was made; it is archived then."""
TOLD = timedelta(days=60)
"""For so long an archived order still appears among the changes, so that readers learn of it."""

COMPANIES = (
    "Kestrel Bay Foods",
    "Lindenau Paper",
    "Orrin Valley Water",
    "Tamarack Glass",
    "Veldhoven Castings",
    "Brackwater Shipyard",
    "Halcyon Beverages",
)


class Plant(Struct, frozen=True):
    """A made-up company; another address is another company."""

    host: str
    seed: int

    @property
    def company(self) -> str:
        """Its name."""
        return COMPANIES[self.seed % len(COMPANIES)]

    def draw(self, what: str, number: int, version: int = 0) -> Random:
        """Return the dice of one row: always the same throws for the same row."""
        return Random(crc32(f"{self.seed}:{what}:{number}:{version}".encode()))  # noqa: S311


class Stamp(Struct, frozen=True):
    """When a row was made, last changed, and archived; `version` counts its changes."""

    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None = None
    version: int = 0


class Kind(Struct, frozen=True, kw_only=True):
    """A list of the sandbox's API: what stands in it at a moment."""

    resource: str
    numbers: Callable[[Plant, datetime], Sequence[int]]
    """Numbers of the rows that there are, archived ones too as long as they are told."""
    stamp: Callable[[Plant, int, datetime], Stamp]
    key: Callable[[Plant, int], str]
    number: Callable[[Plant, str], int | None]
    """The number of a key; None for one that no row can have."""
    body: Callable[[Plant, int, datetime, int], Body]
    """What the row says at a moment, by plant, number, moment and version."""

    def row(self, plant: Plant, number: int, now: datetime) -> Body:
        """Return the whole row as the API shows it."""
        stamp = self.stamp(plant, number, now)
        head: Body = {
            "key": self.key(plant, number),
            "created": timestamp(stamp.created_at),
            "changed": timestamp(stamp.changed_at),
            "archived": timestamp(stamp.archived_at) if stamp.archived_at else None,
        }
        return head | self.body(plant, number, now, stamp.version)

    def found(self, plant: Plant, key: str, now: datetime) -> Body | None:
        """Return the row of a key, None when there is none now."""
        number = self.number(plant, key)
        if number is None or number not in self.numbers(plant, now):
            return None
        return self.row(plant, number, now)


class Step(Struct, frozen=True):
    """A status, and how long after the row's beginning it is reached."""

    after: timedelta
    status: str


def plant_at(host: str) -> Plant:
    """Return the plant at an address."""
    return Plant(host=host, seed=crc32(host.encode()))


def unchanging(_plant: Plant, number: int, _now: datetime) -> Stamp:
    """Stamp a row that is as it was when the plant opened."""
    opened = OPENED_AT + timedelta(minutes=number)
    return Stamp(opened, opened)


def changing(what: str, every: timedelta) -> Callable[[Plant, int, datetime], Stamp]:
    """Stamp rows that change again and again, each at its own hour."""

    def stamp(plant: Plant, number: int, now: datetime) -> Stamp:
        first = OPENED_AT + plant.draw(what, number, -1).random() * every
        version = max(0, (now - first) // every)
        created = OPENED_AT + timedelta(minutes=number)
        changed = first + version * every if now >= first else created
        return Stamp(created, changed, version=version)

    return stamp


def made_every(every: timedelta) -> Callable[[Plant, datetime], range]:
    """Number rows that are made one after the other, those forgotten left out."""

    def numbers(_plant: Plant, now: datetime) -> range:
        made = (now - OPENED_AT) // every
        return range(max(0, made - (KEPT + TOLD) // every), made + 1)

    return numbers


def living(
    every: timedelta, steps: Callable[[Plant, int], Sequence[Step]]
) -> Callable[[Plant, int, datetime], Stamp]:
    """Stamp rows that go through steps and are archived at last; `version` is the step."""

    def stamp(plant: Plant, number: int, now: datetime) -> Stamp:
        made = OPENED_AT + number * every
        archived = made + KEPT if now >= made + KEPT else None
        reached = [made + one.after for one in steps(plant, number) if made + one.after <= now]
        changed = archived or reached[-1]
        return Stamp(made, changed, archived, version=len(reached) - 1)

    return stamp


def spaced(*steps: tuple[float, str]) -> list[Step]:
    """Return steps from (hours since the one before, status)."""
    hours = 0.0
    path = []
    for pause, status in steps:
        hours += pause
        path.append(Step(timedelta(hours=hours), status))
    if any(later.after <= earlier.after for earlier, later in pairwise(path)):
        raise ValueError("every step takes time")
    return path
