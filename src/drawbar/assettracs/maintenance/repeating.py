"""How often work repeats, as people say and choose it; what has no words stays an RFC 5545 rule."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from drawbar.ui.reader import gettext

Translate = Callable[[str], str]

EVERY: MappingProxyType[str, tuple[str, str]] = MappingProxyType(
    {
        "DAILY": ("every day", "every %(num)s days"),
        "WEEKLY": ("every week", "every %(num)s weeks"),
        "MONTHLY": ("every month", "every %(num)s months"),
        "YEARLY": ("every year", "every %(num)s years"),
    }
)
WEEKDAYS: MappingProxyType[str, str] = MappingProxyType(
    {
        "MO": "Monday",
        "TU": "Tuesday",
        "WE": "Wednesday",
        "TH": "Thursday",
        "FR": "Friday",
        "SA": "Saturday",
        "SU": "Sunday",
    }
)
PLACES: MappingProxyType[str, str] = MappingProxyType(
    {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"}
)
ON_DAYS = "%(every)s on %(days)s"
ON_DAY_OF_MONTH = "%(every)s on day %(day)s"
ON_LAST_DAY = "%(every)s on the last day"
ON_PLACE = "%(every)s on the %(place)s %(day)s"
AND = "%(first)s and %(last)s"
SENTENCES = (ON_DAYS, ON_DAY_OF_MONTH, ON_LAST_DAY, ON_PLACE, AND)
PLACED = re.compile(r"\+?(-?[0-9])(MO|TU|WE|TH|FR|SA|SU)")
"""A weekday by its place in the month, `1MO` or `-1FR`."""
LAST_DAY = "-1"
DAYS_OF_MONTH = ("", *(str(day) for day in range(1, 29)), LAST_DAY)
"""Days the form offers; later ones do not occur in every month."""
LONGEST_NUMBER = 4

PREFIX = "rrule-"
"""Begins the names of the form's fields: every, unit, day and one for each weekday."""


def in_words(rrule: str, translate: Translate) -> str:
    """Write a rule as "every 2 weeks on Monday"; a rule beyond such words is returned as it is."""
    parts = _parts(rrule)
    freq, interval = parts.pop("FREQ", ""), parts.pop("INTERVAL", "1")
    if freq not in EVERY or not _is_count(interval):
        return rrule
    one, several = EVERY[freq]
    number = int(interval)
    every = translate(one) if number == 1 else translate(several) % {"num": number}
    if not parts:
        return every
    return _narrowed(every, freq, parts, translate) or rrule


def rule_of(texts: Mapping[str, str]) -> str:
    """Make a rule of the form's fields; the one written by hand counts before them.

    Empty when neither says how often; raises `ValueError` for a number that is none.
    """
    by_hand = texts.get("rrule", "").strip()
    every = texts.get(f"{PREFIX}every", "").strip()
    if by_hand or not every:
        return by_hand
    if not _is_count(every):
        raise ValueError(gettext("Write a whole number."))
    unit = texts.get(f"{PREFIX}unit", "")
    rule = f"FREQ={unit}" if every == "1" else f"FREQ={unit};INTERVAL={int(every)}"
    days = [day for day in WEEKDAYS if texts.get(f"{PREFIX}{day}")]
    if unit == "WEEKLY" and days:
        return f"{rule};BYDAY={','.join(days)}"
    day = texts.get(f"{PREFIX}day", "").strip()
    return f"{rule};BYMONTHDAY={day}" if unit == "MONTHLY" and day else rule


def texts_of_rule(rrule: str) -> dict[str, str]:
    """Return what the form's fields show for a rule; one they cannot say stands by hand."""
    parts = _parts(rrule)
    texts = {
        "rrule": "",
        f"{PREFIX}every": parts.get("INTERVAL", "1"),
        f"{PREFIX}unit": parts.get("FREQ", ""),
        f"{PREFIX}day": parts.get("BYMONTHDAY", ""),
        **{f"{PREFIX}{day}": "true" for day in parts.get("BYDAY", "").split(",") if day},
    }
    if not _is_count(texts[f"{PREFIX}every"]) or texts[f"{PREFIX}day"] not in DAYS_OF_MONTH:
        return {"rrule": rrule}
    return texts if _parts(rule_of(texts)) == _counted(parts) else {"rrule": rrule}


def _narrowed(every: str, freq: str, parts: dict[str, str], translate: Translate) -> str:
    """Say the one further part of a rule; empty where there are several, or no words for it."""
    if len(parts) > 1:
        return ""
    days = parts.get("BYDAY", "").split(",")
    if freq == "WEEKLY" and all(day in WEEKDAYS for day in days):
        names = [translate(name) for day, name in WEEKDAYS.items() if day in days]
        return translate(ON_DAYS) % {"every": every, "days": _listed(names, translate)}
    return _of_month(every, parts, translate) if freq == "MONTHLY" else ""


def _of_month(every: str, parts: dict[str, str], translate: Translate) -> str:
    day = parts.get("BYMONTHDAY", "")
    if day == LAST_DAY:
        return translate(ON_LAST_DAY) % {"every": every}
    if _is_count(day):
        return translate(ON_DAY_OF_MONTH) % {"every": every, "day": int(day)}
    found = PLACED.fullmatch(parts.get("BYDAY", ""))
    if found and found[1] in PLACES:
        place, name = translate(PLACES[found[1]]), translate(WEEKDAYS[found[2]])
        return translate(ON_PLACE) % {"every": every, "place": place, "day": name}
    return ""


def _listed(words: list[str], translate: Translate) -> str:
    if len(words) == 1:
        return words[0]
    return translate(AND) % {"first": ", ".join(words[:-1]), "last": words[-1]}


def _parts(rrule: str) -> dict[str, str]:
    """Split a rule; weeks that begin on Monday are what a rule means without saying so."""
    text = rrule.strip().upper().removeprefix("RRULE:")
    pairs = [part.partition("=") for part in text.split(";") if part]
    parts = {name.strip(): value.strip() for name, _, value in pairs}
    return {name: value for name, value in parts.items() if (name, value) != ("WKST", "MO")}


def _counted(parts: dict[str, str]) -> dict[str, str]:
    """Leave out the interval that goes without saying."""
    return {name: value for name, value in parts.items() if (name, value) != ("INTERVAL", "1")}


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER and int(text) > 0
