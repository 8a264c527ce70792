"""Work orders: a new one every ninety minutes, each on its way from asked for to closed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from drawbar.connectors.sandbox.plant.machines import (
    MACHINE_COUNT,
    machine_key,
    machine_title,
    place_of,
)
from drawbar.connectors.sandbox.plant.model import (
    OPENED_AT,
    Body,
    Kind,
    Plant,
    Step,
    living,
    made_every,
    spaced,
)
from drawbar.connectors.sandbox.plant.people import person
from drawbar.connectors.sandbox.plant.places import place_key, site_of_place
from drawbar.connectors.sandbox.plant.shelves import ITEM_COUNT, item_key, item_title, item_unit
from drawbar.kit.json import timestamp

EVERY = timedelta(minutes=90)
_FIRST = 4_000_000
_ODD = 89
_TITLES = ("Replace seal", "Check bearings", "Lubricate", "Repair leak", "Adjust belt", "Inspect")
_TYPES = ("CM", "PM", "PM", "INSP", "CM", "PDM")
_TASKS = ("Lock out and tag", "Do the work", "Test run", "Clean up")
_DONE = {"COMP", "CLOSED"}


def job_key(number: int) -> str:
    """Return a work order's number."""
    return str(_FIRST + number)


# A page asks for the path of each row several times: to sort, to stamp and to write it.
@lru_cache(maxsize=8_192)
def _steps(plant: Plant, number: int) -> Sequence[Step]:
    dice = plant.draw("jobs", number)
    fate = dice.random()
    asked = (0.0, "WREQ")
    if fate < 0.06:  # noqa: PLR2004  a few are never looked at
        return spaced(asked)
    if fate < 0.12:  # noqa: PLR2004  a few are not done
        return spaced(asked, (dice.uniform(2, 30), "CANC"))
    planned = (dice.uniform(2, 12), "APPR"), (dice.uniform(4, 40), "PLAN")
    begun = (dice.uniform(10, 120), "INPRG")
    if fate < 0.25:  # noqa: PLR2004  some wait for parts
        wait = (dice.uniform(1, 6), "HOLD"), (dice.uniform(30, 150), "INPRG")
        return spaced(asked, *planned, begun, *wait, (dice.uniform(2, 20), "COMP"))
    end = (dice.uniform(1, 30), "COMP"), (dice.uniform(20, 90), "CLOSED")
    return spaced(asked, *planned, begun, *end)


def _reached(plant: Plant, number: int, version: int, *statuses: str) -> str | None:
    made = OPENED_AT + number * EVERY
    for step in _steps(plant, number)[: version + 1]:
        if step.status in statuses:
            return timestamp(made + step.after)
    return None


def _job(plant: Plant, number: int, _now: datetime, version: int) -> Body:
    dice = plant.draw("jobs", number, 1)
    status = _steps(plant, number)[version].status
    machine, made = dice.randrange(MACHINE_COUNT), OPENED_AT + number * EVERY
    title, done = dice.randrange(len(_TITLES)), status in _DONE
    planned, item = dice.randrange(1, 9), dice.randrange(ITEM_COUNT)
    body: Body = {
        "title": f"{_TITLES[title]}: {machine_title(machine)}",
        "text": f"Seen on the round of {made:%d %B}" if dice.random() < 0.5 else "",  # noqa: PLR2004
        "type": _TYPES[title],
        "prio": dice.choice((1, 2, 2, 3, 3, 3, 4)),
        "state": status,
        "machine": machine_key(machine),
        "place": place_key(place_of(machine)),
        "plant": site_of_place(place_of(machine)),
        "worker": person(dice.randrange(6)) if version else None,
        "askedBy": person(dice.randrange(6)),
        "dueBy": timestamp(made + timedelta(days=dice.randrange(3, 20))),
        "begun": _reached(plant, number, version, "INPRG"),
        "ended": _reached(plant, number, version, "COMP"),
        "hoursPlanned": planned,
        "hoursWorked": round(planned * dice.uniform(0.5, 1.8), 1) if done else None,
        "tasks": [{"title": text, "done": done} for text in _TASKS],
        "parts": [
            {
                "item": item_key(item),
                "title": item_title(item),
                "qty": str(dice.randrange(1, 4)),
                "uom": item_unit(item),
            }
        ],
        "note": "Done as planned" if done else "",
        "extra": {"permit": "hot work", "shift": "night"} if number % 4 == 0 else {},
    }
    return body | _odd(number)


def _odd(number: int) -> Body:
    if number % _ODD:
        return {}
    return {"state": "ZWAITING", "prio": "asap", "dueBy": "2026-13-45", "hoursPlanned": "two"}


def _number(_plant: Plant, key: str) -> int | None:
    is_number = key.isascii() and key.isdigit() and len(key) < 12  # noqa: PLR2004
    return int(key) - _FIRST if is_number else None


JOBS = Kind(
    resource="jobs",
    numbers=made_every(EVERY),
    stamp=living(EVERY, _steps),
    key=lambda _plant, number: job_key(number),
    number=_number,
    body=_job,
)
