"""Filters of the templates: times, numbers and days in the reader's words."""

from collections.abc import Sequence
from datetime import date as Day  # noqa: N812  the filter itself is called date
from datetime import datetime, timedelta

from babel.dates import format_date, format_datetime, format_timedelta, get_timezone_name
from babel.numbers import format_decimal
from markupsafe import Markup

from drawbar.kit.json import timestamp
from drawbar.ui.reader import gettext, reader

JUST_NOW = timedelta(seconds=45)
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
        if abs(apart) < JUST_NOW
        else format_timedelta(
            apart, threshold=1.0, add_direction=True, format="short", locale=someone.babel
        )
    )
    return Markup('<time datetime="{}" title="{}" data-ago="{}">{}</time>').format(
        timestamp(moment), exact(moment), just_now, words
    )


def at(moment: datetime | None) -> Markup:
    """Write a moment out in a `<time>`, in the reader's zone, to the minute."""
    if moment is None:
        return NOTHING
    someone = reader()
    words = format_datetime(moment, "d MMM y HH:mm", tzinfo=someone.zone, locale=someone.babel)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        timestamp(moment), exact(moment), words
    )


def date(day: Day | None) -> Markup:
    """Write a day ("23 Nov 2026"); of a moment, the day it falls on in the reader's zone."""
    if day is None:
        return NOTHING
    someone = reader()
    local = day.astimezone(someone.zone).date() if isinstance(day, datetime) else day
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
