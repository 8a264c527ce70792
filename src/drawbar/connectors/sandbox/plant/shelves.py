"""Materials, and how much of each lies in the stores."""

from datetime import datetime, timedelta

from drawbar.connectors.sandbox.plant.model import Body, Kind, Plant, changing
from drawbar.connectors.sandbox.plant.places import STORE_COUNT, store_key

_FAMILIES = (
    # name, code, unit of count, lowest price in cents
    ("Shaft seal", "SEAL", "PC", 1_450),
    ("Ball bearing", "BEAR", "PC", 690),
    ("Drive belt", "BELT", "PC", 2_180),
    ("Oil filter", "FILT", "PC", 1_120),
    ("Gear oil VG 220", "OIL", "L", 540),
    ("Proximity sensor", "SENS", "PC", 3_900),
    ("Contactor", "CONT", "PC", 4_450),
    ("Gate valve", "VALV", "PC", 8_700),
    ("Steel cable", "CABL", "M", 320),
    ("Hex bolt", "BOLT", "BOX", 610),
)
_MAKERS = ("Halvorsen", "Brandt & Lowe", "Tamsui Drives", "Orrin", "Piquet Fils")
_SIZES = tuple(range(10, 210, 10))
_NO_LONGER_BOUGHT = 23

ITEM_COUNT = len(_FAMILIES) * len(_SIZES)
SHELF_COUNT = ITEM_COUNT * 3 // 2
"""Every second material lies in two stores."""
OUT_OF_STOCK = 17
"""Of so many shelves one is empty."""


def item_key(number: int) -> str:
    """Return a material's own number."""
    family, size = divmod(number % ITEM_COUNT, len(_SIZES))
    return f"{_FAMILIES[family][1]}-{_SIZES[size]:03}"


def item_title(number: int) -> str:
    """Return a material's name."""
    family, size = divmod(number % ITEM_COUNT, len(_SIZES))
    return f"{_FAMILIES[family][0]} {_SIZES[size]}"


def item_unit(number: int) -> str:
    """Return the unit a material is counted in, as the sandbox writes it."""
    return _FAMILIES[number % ITEM_COUNT // len(_SIZES)][2]


def cents_of(plant: Plant, number: int) -> int:
    """Return the price of one unit; prices on orders do not follow later changes."""
    lowest = _FAMILIES[number % ITEM_COUNT // len(_SIZES)][3]
    return lowest + plant.draw("price", number % ITEM_COUNT).randrange(lowest)


def _item(plant: Plant, number: int, _now: datetime, version: int) -> Body:
    dice = plant.draw("items", number)
    rise = 100 + version % 12
    return {
        "title": item_title(number),
        "text": f"For {dice.choice(('pumps', 'conveyors', 'fillers', 'fans'))}",
        "maker": dice.choice(_MAKERS),
        "makerNo": f"{dice.randrange(10, 99)}-{dice.randrange(100, 999)}-{number:03}",
        "uom": item_unit(number),
        "price": f"{cents_of(plant, number) * rise // 100 / 100:.2f}",
        "currency": "EUR",
        "blocked": number % _NO_LONGER_BOUGHT == 0,
    }


def _shelf(plant: Plant, number: int, _now: datetime, version: int) -> Body:
    item = number % ITEM_COUNT
    dice, today = plant.draw("stock", number), plant.draw("stock", number, version + 1)
    least = dice.randrange(2, 12)
    most = least * 5
    return {
        "item": item_key(item),
        "store": store_key(dice.randrange(STORE_COUNT)),
        "onHand": "0" if number % OUT_OF_STOCK == 0 else str(today.randrange(1, most + 1)),
        "uom": item_unit(item),
        "min": str(least),
        "max": str(most),
        "reorderAt": str(least + 2),
    }


def _number_of_item(_plant: Plant, key: str) -> int | None:
    return _NUMBERS.get(key)


def _number_of_shelf(_plant: Plant, key: str) -> int | None:
    return int(key) if key.isascii() and key.isdigit() and len(key) < 9 else None  # noqa: PLR2004


_NUMBERS = {item_key(number): number for number in range(ITEM_COUNT)}

ITEMS = Kind(
    resource="items",
    numbers=lambda _plant, _now: range(ITEM_COUNT),
    stamp=changing("items", timedelta(days=60)),
    key=lambda _plant, number: item_key(number),
    number=_number_of_item,
    body=_item,
)
STOCK = Kind(
    resource="stock",
    numbers=lambda _plant, _now: range(SHELF_COUNT),
    stamp=changing("stock", timedelta(days=2)),
    key=lambda _plant, number: str(number),
    number=_number_of_shelf,
    body=_shelf,
)
