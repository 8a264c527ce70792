"""Filters of the templates: times, numbers and days in the reader's words."""

from collections.abc import Sequence
from datetime import date as Day  # noqa: N812  the filter itself is called date
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta, get_timezone_name
from babel.numbers import format_decimal
from markupsafe import Markup

from drawbar.kit.json import timestamp
from drawbar.ui.reader import gettext, reader

JUST_NOW = timedelta(seconds=45)
SOON = timedelta(seconds=3)
"""How far ahead is to come rather than now: clocks differ a little, and pages take a moment."""
NOTHING = Markup('<span class="none">–</span>')
SPARK_WIDTH, SPARK_HEIGHT = 120, 28
"""Of the sparkline's drawing, in pixels."""


def exact(moment: datetime | None) -> str:
    """Write the day, time and zone out: "23 Nov 2026, 06:41:56 UTC"."""
    if moment is None:
        return "–"
    someone = reader()
    local = moment.astimezone(someone.zone)
    words = format_datetime(local, "medium", tzinfo=someone.zone, locale=someone.babel)
    return f"{words} {get_timezone_name(local, 'short', locale=someone.babel)}"


def ago(moment: datetime | None, now: datetime | None = None) -> Markup:
    """Write "5 min ago" in a `<time>` whose title tells the exact time and zone."""
    if moment is None:
        return NOTHING
    someone = reader()
    apart = moment - (now or someone.now)
    just_now = gettext("just now")
    words = (
        just_now
        if -JUST_NOW < apart < SOON
        else format_timedelta(
            apart, threshold=1.0, add_direction=True, format="short", locale=someone.babel
        )
    )
    return Markup('<time datetime="{}" title="{}" data-ago="{}">{}</time>').format(
        timestamp(moment), exact(moment), just_now, words
    )


def at(moment: datetime | None, time_zone: str = "") -> Markup:
    """Write a moment out in a `<time>`, in the reader's zone, to the minute.

    In another zone, an IANA name, it says which.
    """
    if moment is None:
        return NOTHING
    someone = reader()
    zone = ZoneInfo(time_zone) if time_zone else someone.zone
    words = format_datetime(moment, "d MMM y HH:mm", tzinfo=zone, locale=someone.babel)
    written = Markup('<time datetime="{}" title="{}">{}</time>').format(
        timestamp(moment), exact(moment), words
    )
    return written + f" ({time_zone})" if time_zone else written


def date(day: Day | None, time_zone: str = "") -> Markup:
    """Write a day ("23 Nov 2026"); of a moment, its day in the zone, or the reader's."""
    if day is None:
        return NOTHING
    someone = reader()
    zone = ZoneInfo(time_zone) if time_zone else someone.zone
    local = day.astimezone(zone).date() if isinstance(day, datetime) else day
    return Markup('<time datetime="{}">{}</time>').format(
        local.isoformat(), format_date(local, "medium", locale=someone.babel)
    )


def number(amount: float | None, digits: int | None = None) -> Markup:
    """Group and point a number as the reader does; `digits` fixes the places behind the point."""
    if amount is None:
        return NOTHING
    places = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    words = format_decimal(amount, format=places, locale=reader().babel)
    return Markup('<span class="number">{}</span>').format(words)


def sparkline(points: Sequence[float], label: str) -> Markup:
    """Draw a course of numbers, oldest first, as a line without axes; `label` says it in words."""
    lowest, highest = min(points), max(points)
    span = (highest - lowest) or 1
    step = SPARK_WIDTH / max(len(points) - 1, 1)
    line = " ".join(
        f"{place * step:.1f},{SPARK_HEIGHT - 3 - (point - lowest) / span * (SPARK_HEIGHT - 6):.1f}"
        for place, point in enumerate(points)
    )
    return Markup(
        '<svg class="sparkline" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" '
        'aria-label="{}"><polyline points="{}"/></svg>'
    ).format(SPARK_WIDTH, SPARK_HEIGHT, label, line)
