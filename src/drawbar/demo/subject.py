"""The aircraft a history is written about, and how its times and ids are made."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from drawbar.demo.place import Place, demo_id

OPENED_DAYS_AGO = 430
"""Older than the oldest inspection, which is a yearly one some 40 days overdue."""


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """One aircraft of one airline at one place, seen at the moment `today` (UTC)."""

    carrier: str
    tail: str
    asset_id: UUID
    place: Place
    today: datetime
    gear_checked: bool
    """Whether the landing gear rule applies to its category."""

    def id(self, kind: str, *key: str) -> UUID:
        """Return the id of a row of this aircraft's history."""
        return demo_id(self.carrier, kind, self.tail, *key)

    def moment(self, days: int, minutes: int) -> datetime:
        """Return the time so many days from today (negative: ago), minutes after midnight UTC."""
        return midnight(self.today) + timedelta(days=days, minutes=minutes)

    def in_the_morning(self, days: int, hour: int) -> datetime:
        """Return, in UTC, a full local hour of the site on the day so many days from today."""
        day = (self.today + timedelta(days=days)).date()
        return datetime.combine(day, time(hour), ZoneInfo(self.place.time_zone)).astimezone(UTC)


def midnight(today: datetime) -> datetime:
    """Return the start of the day in UTC."""
    return today.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def opened_at(today: datetime) -> datetime:
    """Return when the demo organisations began."""
    return midnight(today) - timedelta(days=OPENED_DAYS_AGO)
