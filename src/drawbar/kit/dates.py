"""Date filters: a day, a moment, or a duration back from now (contract: hub.md §5)."""

import re
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from drawbar.kit.errors import Problem, invalid_request

EXAMPLE = "2026-11-23, 2026-11-23T06:00:00Z or -P7D"
SCHEMAS = (
    {"type": "string", "format": "date"},
    {"type": "string", "format": "date-time"},
    {"type": "string", "pattern": "^-P", "description": "So long ago (ISO 8601)."},
)
"""What `EXAMPLE` shows, as JSON Schema."""

_DURATION = re.compile(
    r"-P(?!$)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?!$)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?",
    re.ASCII,
)
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?([Zz]|[+ -]\d\d:?\d\d)?", re.ASCII
)


class Bound(msgspec.Struct, frozen=True):
    """One side of a range: the moment, and whether the range takes it in."""

    moment: datetime
    inclusive: bool

    @property
    def operator(self) -> str:
        """SQL's comparison without its direction: `=` appended when inclusive."""
        return "=" if self.inclusive else ""


def after(text: str, parameter: str, now: datetime) -> Bound:
    """Read the value of `…_after`: exclusive, but a bare day takes in all of itself."""
    moment = _moment(text, parameter, now)
    if isinstance(moment, datetime):
        return Bound(moment, inclusive=False)
    return Bound(_midnight(moment), inclusive=True)


def before(text: str, parameter: str, now: datetime) -> Bound:
    """Read the value of `…_before`: inclusive; a bare day takes in all of itself."""
    moment = _moment(text, parameter, now)
    if isinstance(moment, datetime):
        return Bound(moment, inclusive=True)
    if moment == date.max:
        return Bound(datetime.max.replace(tzinfo=UTC), inclusive=True)
    return Bound(_midnight(moment + timedelta(days=1)), inclusive=False)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _moment(text: str, parameter: str, now: datetime) -> datetime | date:
    try:
        if match := _DURATION.fullmatch(text):
            parts = {unit: int(count) for unit, count in match.groupdict().items() if count}
            return now - timedelta(**parts)
        if len(text) == len("2026-11-23"):
            return date.fromisoformat(text)
        if _MOMENT.fullmatch(text):
            head, zone = text[:19].replace(" ", "T"), text[19:].replace(" ", "+")
            moment = datetime.fromisoformat((head + zone).upper())
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _unreadable(text, parameter) from error
    raise _unreadable(text, parameter)


def _unreadable(text: str, parameter: str) -> Problem:
    shown = text if len(text) <= 40 else text[:40] + "…"  # noqa: PLR2004 - enough to recognise it
    return invalid_request(
        f"{parameter}={shown!r} is not a date. Write a day, a time or a duration back from now: "
        f"{EXAMPLE}.",
        parameter,
    )
