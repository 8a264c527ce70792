"""Vendors, and purchase orders: a new one every hour, each on its way from draft to closed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random

from drawbar.connectors.sandbox.plant.jobs import job_key
from drawbar.connectors.sandbox.plant.machines import MACHINE_COUNT, machine_key
from drawbar.connectors.sandbox.plant.model import (
    OPENED_AT,
    Body,
    Kind,
    Plant,
    Step,
    changing,
    living,
    made_every,
    spaced,
)
from drawbar.connectors.sandbox.plant.people import person
from drawbar.connectors.sandbox.plant.places import SITE_COUNT, site_address, site_key
from drawbar.connectors.sandbox.plant.shelves import (
    ITEM_COUNT,
    cents_of,
    item_key,
    item_title,
    item_unit,
)
from drawbar.kit.json import timestamp

EVERY = timedelta(hours=1)
_FIRST = 4_500_000_000
_FIRST_SUPPLIER = 100_000
_ODD = 97
_TAX_PERCENT = 19
_CITIES = (("Ghent", "9000", "BE"), ("Aarhus", "8000", "DK"), ("Leeds", "LS1 4DY", "GB"))
_TRADES = ("Seals", "Bearings", "Drives", "Electric", "Lubricants", "Valves", "Tools", "Services")
_HOUSES = ("Abelard", "Corvin", "Maren", "Osterlund", "Pryce")
_TERMS = ("NET30", "NET14", "2/10 NET30")

SUPPLIER_COUNT = len(_TRADES) * len(_HOUSES)
BLOCKED = 13
"""Of so many vendors one may not be bought from."""


def supplier_key(number: int) -> str:
    """Return a vendor's number."""
    return str(_FIRST_SUPPLIER + number % SUPPLIER_COUNT)


def order_key(number: int) -> str:
    """Return a purchase order's number."""
    return str(_FIRST + number)


def _supplier(plant: Plant, number: int, _now: datetime, version: int) -> Body:
    dice = plant.draw("suppliers", number)
    city, postcode, country = dice.choice(_CITIES)
    house, trade = _HOUSES[number % len(_HOUSES)], _TRADES[number // len(_HOUSES)]
    contact = person(number + version)
    return {
        "title": f"{house} {trade}",
        "taxNo": f"{country}{dice.randrange(10**8, 10**9)}",
        "address": {
            "street": f"{dice.randrange(1, 90)} Mill Lane",
            "city": city,
            "postcode": postcode,
            "country": country,
        },
        "contact": {**contact, "role": "Sales", "phone": f"+32 9 5550 {number:03}"},
        "currency": "GBP" if country == "GB" else "EUR",
        "terms": dice.choice(_TERMS),
        "state": "BLOCKED" if number % BLOCKED == BLOCKED - 1 else "OK",
    }


# A page asks for the path of each row several times: to sort, to stamp and to write it.
@lru_cache(maxsize=8_192)
def _steps(plant: Plant, number: int) -> Sequence[Step]:
    dice = plant.draw("orders", number)
    fate = dice.random()
    draft, pending = (0.0, "DRAFT"), (dice.uniform(1, 20), "PENDING")
    if fate < 0.05:  # noqa: PLR2004  a few are forgotten
        return spaced(draft)
    if fate < 0.13:  # noqa: PLR2004  a few are refused
        return spaced(draft, pending, (dice.uniform(2, 30), "CANCELLED"))
    sent = (dice.uniform(2, 40), "APPROVED"), (dice.uniform(1, 12), "SENT")
    if fate < 0.22:  # noqa: PLR2004  some never come
        return spaced(draft, pending, *sent)
    came = [(dice.uniform(30, 120), "RECEIVED"), (dice.uniform(24, 200), "CLOSED")]
    if fate < 0.6:  # noqa: PLR2004  many come in two deliveries
        came.insert(0, (dice.uniform(20, 90), "PART_RECEIVED"))
    return spaced(draft, pending, *sent, *came)


def _order(plant: Plant, number: int, _now: datetime, version: int) -> Body:
    dice, made = plant.draw("orders", number, 1), OPENED_AT + number * EVERY
    path = _steps(plant, number)
    status = path[version].status
    due = (made + timedelta(days=dice.randrange(4, 25))).date()
    lines = [
        _line(plant, number, place, status, dice, due + timedelta(days=3 * place))
        for place in range(dice.randrange(1, 6))
    ]
    net = sum(line.pop("cents") for line in lines)
    tax = net * _TAX_PERCENT // 100
    approved = next((one for one in path[: version + 1] if one.status == "APPROVED"), None)
    site = dice.randrange(SITE_COUNT)
    body: Body = {
        "supplier": supplier_key(dice.randrange(SUPPLIER_COUNT)),
        "plant": site_key(site),
        "buyer": person(dice.randrange(6)),
        "state": status,
        "orderedOn": made.date().isoformat(),
        "neededBy": (due + timedelta(days=2)).isoformat(),
        "promisedFor": due.isoformat(),
        "approvedAt": timestamp(made + approved.after) if approved else None,
        "currency": "EUR",
        "terms": dice.choice(_TERMS),
        "shipTo": site_address(site),
        "billTo": site_address(0),
        "net": _money(net),
        "tax": _money(tax),
        "gross": _money(net + tax),
        "lines": lines,
        "extra": _extra(number, dice),
    }
    return body | _odd(number)


def _line(plant: Plant, number: int, place: int, status: str, dice: Random, due: date) -> Body:
    item, quantity = dice.randrange(ITEM_COUNT), dice.randrange(1, 20)
    half = (quantity + 1) // 2 if place == 0 else 0
    received = {"PART_RECEIVED": half, "RECEIVED": quantity, "CLOSED": quantity}.get(status, 0)
    cents, discount = cents_of(plant, item) * quantity, 0
    if quantity > 15:  # noqa: PLR2004  large lots are cheaper
        discount = cents // 20
    return {
        "pos": (place + 1) * 10,
        "item": item_key(item),
        "title": item_title(item),
        "qty": str(quantity),
        "qtyReceived": str(received),
        "uom": item_unit(item),
        "unitPrice": _money(cents_of(plant, item)),
        "discount": _money(discount),
        "net": _money(cents - discount),
        "promisedFor": due.isoformat(),
        "account": f"CC-{4_100 + dice.randrange(12)}",
        "machine": machine_key(dice.randrange(MACHINE_COUNT)) if place == 0 else None,
        "job": job_key(number * 2 // 3) if dice.random() < 0.3 else None,  # noqa: PLR2004
        "cents": cents - discount,
    }


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _extra(number: int, dice: Random) -> Body:
    """Some orders carry fields that only this customer has."""
    if number % 3:
        return {}
    return {
        "project": f"PRJ-{dice.randrange(100, 140)}",
        "incoterm": dice.choice(("EXW", "DAP", "FCA")),
        "needs_certificate": dice.random() < 0.5,  # noqa: PLR2004
    }


def _odd(number: int) -> Body:
    """Some rows carry what real systems carry: dead references, foreign numbers, nonsense days."""
    if number % _ODD:
        return {}
    return {
        "state": "ZZ99",
        "supplier": "000000",
        "orderedOn": "00.00.0000",
        "net": "1.234,50",
        "terms": "a\u0000b",
        "extra": {"comment": "Achtung: \u201ezwölf\u201c Stück \U0001f4e6"},
    }


def _number_of_supplier(_plant: Plant, key: str) -> int | None:
    is_number = key.isascii() and key.isdigit() and len(key) < 12  # noqa: PLR2004
    return int(key) - _FIRST_SUPPLIER if is_number else None


def _number_of_order(_plant: Plant, key: str) -> int | None:
    is_number = key.isascii() and key.isdigit() and len(key) < 12  # noqa: PLR2004
    return int(key) - _FIRST if is_number else None


SUPPLIERS = Kind(
    resource="suppliers",
    numbers=lambda _plant, _now: range(SUPPLIER_COUNT),
    stamp=changing("suppliers", timedelta(days=90)),
    key=lambda _plant, number: supplier_key(number),
    number=_number_of_supplier,
    body=_supplier,
)
ORDERS = Kind(
    resource="orders",
    numbers=made_every(EVERY),
    stamp=living(EVERY, _steps),
    key=lambda _plant, number: order_key(number),
    number=_number_of_order,
    body=_order,
)
