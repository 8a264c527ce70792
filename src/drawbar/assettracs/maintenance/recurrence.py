"""Recurrence: RFC 5545 rules on a place's own clocks; 08:00 stays 08:00 over summer time."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

MOST_INTERVAL = 1000
LAST_YEAR = 2400
"""Nothing is planned beyond it: one whole cycle of the calendar from now."""
LAST_DAY = f"{LAST_YEAR}1231T235959"
PREVIEW = 24
ALLOWED = {
    "DAILY": frozenset({"BYDAY", "BYMONTH"}),
    "WEEKLY": frozenset({"BYDAY", "BYMONTH", "BYSETPOS"}),
    "MONTHLY": frozenset({"BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"}),
    "YEARLY": frozenset({"BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS", "BYWEEKNO", "BYYEARDAY"}),
}
"""Frequencies, and what may narrow each (RFC 5545, 3.3.10); the hour comes from `starts_at`."""
MOST = {
    "BYMONTH": 12,
    "BYMONTHDAY": 31,
    "BYYEARDAY": 366,
    "BYWEEKNO": 53,
    "BYSETPOS": 366,
}
"""Numbers each part may list, from 1 on; all but months may also count back from the end."""
WEEKS_IN_A_YEAR = 53
WEEKS_IN_A_MONTH = 5
WEEKDAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
NUMBER = re.compile(r"[+-]?[0-9]{1,3}")
COMMON = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"})


class BadRuleError(ValueError):
    """A rule that cannot be planned by; its text completes the sentence "rrule: …"."""


def next_occurrence(
    rrule: str, starts_at: datetime, time_zone: str, after: datetime
) -> datetime | None:
    """Return the first occurrence strictly after a moment, in UTC, or None when there is none."""
    return next(occurrences(rrule, starts_at, time_zone, after), None)


def preview(
    rrule: str, starts_at: datetime, time_zone: str, after: datetime, count: int = PREVIEW
) -> list[datetime]:
    """Return the next occurrences strictly after a moment, in UTC."""
    return list(islice(occurrences(rrule, starts_at, time_zone, after), count))


def occurrences(
    rrule: str, starts_at: datetime, time_zone: str, after: datetime
) -> Iterator[datetime]:
    """Yield the occurrences strictly after a moment, in UTC; raise `BadRuleError` for a bad rule.

    A local time that a change of clocks skips or repeats is read with the offset before the
    change (RFC 5545, 3.3.5).
    """
    zone = ZoneInfo(time_zone)
    start = starts_at.astimezone(zone).replace(tzinfo=None, microsecond=0)
    parts = _parts(rrule)
    if "UNTIL" in parts:
        parts["UNTIL"] = min(_local_until(parts["UNTIL"], zone), LAST_DAY)
    elif "COUNT" not in parts:
        parts["UNTIL"] = LAST_DAY
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        rule = rrulestr(text, dtstart=start)
    except (ValueError, TypeError) as error:
        raise BadRuleError(f"cannot be read: {error}.") from error
    # A day of slack covers every change of clocks; the comparison in UTC is the exact one.
    begin = after.astimezone(zone).replace(tzinfo=None) - timedelta(days=1)
    for local in rule.xafter(begin, inc=True):
        if local.year > LAST_YEAR:
            return
        moment = local.replace(tzinfo=zone).astimezone(UTC)
        if moment > after:
            yield moment


def _parts(rrule: str) -> dict[str, str]:
    """Split `FREQ=…;INTERVAL=…` and check what the library would let through."""
    text = rrule.strip().upper().removeprefix("RRULE:")
    pairs = [part.partition("=") for part in text.split(";") if part]
    parts = {name.strip(): value.strip() for name, _, value in pairs}
    if len(parts) != len(pairs):
        raise BadRuleError("names a part twice.")
    allowed = ALLOWED.get(parts.get("FREQ", ""))
    if allowed is None:
        raise BadRuleError(f"needs a FREQ out of {', '.join(ALLOWED)}.")
    if unknown := sorted(parts.keys() - allowed - COMMON):
        raise BadRuleError(
            f"FREQ={parts['FREQ']} takes no {', '.join(unknown)}; it takes "
            f"{', '.join(sorted(allowed | COMMON))}. The time of day comes from starts_at."
        )
    _check_number(parts, "INTERVAL", MOST_INTERVAL)
    _check_number(parts, "COUNT", 100_000)
    for name, text in parts.items():
        if name in MOST:
            _check_list(name, text, MOST[name])
        elif name == "BYDAY":
            by_month = parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts
            _check_days(text, WEEKS_IN_A_MONTH if by_month else WEEKS_IN_A_YEAR)
    return parts


def _check_list(name: str, text: str, most: int) -> None:
    """Refuse numbers out of range: the library looks for their day until the year 9999."""
    least = 1 if name == "BYMONTH" else -most
    for number in text.split(","):
        if not NUMBER.fullmatch(number) or not least <= int(number) <= most or int(number) == 0:
            back = "" if least == 1 else f" or -{most} to -1"
            raise BadRuleError(f"{name} lists numbers from 1 to {most}{back}.")


def _check_days(text: str, most: int) -> None:
    """Refuse the 6th Monday of a month: the library fails on it when there are no such days."""
    for day in text.split(","):
        match = WEEKDAY.fullmatch(day)
        if match is None or not 1 <= abs(int(match[1] or 1)) <= most:
            raise BadRuleError(f"BYDAY lists weekdays: MO, 1MO to {most}MO, -1MO to -{most}MO.")


def _check_number(parts: dict[str, str], name: str, most: int) -> None:
    text = parts.get(name, "1")
    short = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    if not short or not 1 <= int(text) <= most:
        raise BadRuleError(f"{name} is a number from 1 to {most}.")


def _local_until(text: str, zone: ZoneInfo) -> str:
    """Write UNTIL as a local time: a bare day counts to its end, a UTC time is converted."""
    try:
        if "T" not in text:
            day = datetime.strptime(text, "%Y%m%d").replace(tzinfo=zone)
            return day.strftime("%Y%m%dT235959")
        moment = datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - its zone follows
    except ValueError as error:
        raise BadRuleError("UNTIL is written 20271231 or 20271231T080000Z.") from error
    if text.endswith("Z"):
        moment = moment.replace(tzinfo=UTC).astimezone(zone)
    return moment.strftime("%Y%m%dT%H%M%S")
