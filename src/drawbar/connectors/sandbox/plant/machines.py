"""The machines of the plants."""

from datetime import datetime, timedelta

from drawbar.connectors.sandbox.plant.model import Body, Kind, Plant, changing
from drawbar.connectors.sandbox.plant.places import PLACE_COUNT, place_key, site_of_place

_TYPES = (
    # name, letters of the number, makers' model
    ("Pump", "PMP", "NK"),
    ("Conveyor", "CNV", "RB"),
    ("Compressor", "CMP", "GX"),
    ("Filler", "FIL", "VF"),
    ("Boiler", "BOI", "HT"),
    ("Forklift", "FRK", "E"),
    ("Palletiser", "PAL", "PZ"),
    ("Heat exchanger", "HEX", "PL"),
    ("Mixer", "MIX", "MX"),
)
_MAKERS = ("Halvorsen", "Brandt & Lowe", "Tamsui Drives", "Orrin", "Piquet Fils")
_STATES = ("RUN",) * 14 + ("LIMITED", "DOWN", "REPAIR", "STORED", "SCRAPPED")
_CLASSES = ("A", "B", "B", "C", "C", "C")
_ODD = 61

MACHINE_COUNT = 180


def machine_key(number: int) -> str:
    """Return a machine's own number."""
    return str(10_000_000 + number % MACHINE_COUNT)


def machine_title(number: int) -> str:
    """Return a machine's name."""
    number %= MACHINE_COUNT
    return f"{_TYPES[number % len(_TYPES)][0]} {number // len(_TYPES) + 1}"


def place_of(number: int) -> int:
    """Return the number of the place where a machine stands."""
    return number % MACHINE_COUNT * 7 % PLACE_COUNT


def _machine(plant: Plant, number: int, _now: datetime, version: int) -> Body:
    dice, today = plant.draw("machines", number), plant.draw("machines", number, version + 1)
    kind, letters, model = _TYPES[number % len(_TYPES)]
    body: Body = {
        "title": machine_title(number),
        "tag": f"{letters}-{number:04}",
        "text": f"{kind} in {place_key(place_of(number))}",
        "plant": site_of_place(place_of(number)),
        "place": place_key(place_of(number)),
        "partOf": machine_key(number - 9) if number % 5 == 4 else None,  # noqa: PLR2004
        "family": kind,
        "maker": dice.choice(_MAKERS),
        "model": f"{model} {dice.randrange(20, 400)}",
        "serial": f"{dice.randrange(10**6, 10**7)}",
        "class": dice.choice(_CLASSES),
        "state": today.choice(_STATES),
        "startedOn": f"20{dice.randrange(8, 25):02}-{dice.randrange(1, 13):02}-01",
        "warrantyUntil": f"20{dice.randrange(25, 30)}-03-31",
        "extra": {"oil_type": dice.choice(("VG 46", "VG 68", "VG 220"))} if number % 3 else {},
    }
    return body | _odd(number)


def _odd(number: int) -> Body:
    """Some rows carry what real systems carry: words and days that fit nowhere."""
    if number % _ODD != _ODD - 1:
        return {}
    return {"state": "Z_MOTHBALLED", "startedOn": "0000-00-00", "title": "  Pumpe №7 \u2014 öl!  "}


def _number(_plant: Plant, key: str) -> int | None:
    return _NUMBERS.get(key)


_NUMBERS = {machine_key(number): number for number in range(MACHINE_COUNT)}

MACHINES = Kind(
    resource="machines",
    numbers=lambda _plant, _now: range(MACHINE_COUNT),
    stamp=changing("machines", timedelta(days=10)),
    key=lambda _plant, number: machine_key(number),
    number=_number,
    body=_machine,
)
