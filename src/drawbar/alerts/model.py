"""What people can be told, how they choose, and when a digest is due."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Meta

from drawbar.kit.errors import invalid

Kind = Literal["reauthorization", "syncs_failing", "webhooks_failed", "credits_low", "recovered"]
When = Literal["at_once", "digest", "off"]
Every = Literal["hour", "day"]

KINDS: tuple[Kind, ...] = (
    "reauthorization",
    "syncs_failing",
    "webhooks_failed",
    "credits_low",
    "recovered",
)
FAILURES_TO_TELL = 3
"""Failed runs of an entity in a row before people hear of it: a hiccup is not worth a letter."""
QUIET = timedelta(minutes=15)
"""After a letter about a thing, until the next about the same thing."""
KEPT = timedelta(days=30)
DEFAULT_HOUR = 7
_ALL_OFF: dict[Kind, When] = dict.fromkeys(KINDS, "off")
_ALL_DIGEST: dict[Kind, When] = dict.fromkeys(KINDS, "digest")
BY_ROLE: Mapping[str, dict[Kind, When]] = {
    "owner": {**_ALL_DIGEST, "reauthorization": "at_once"},
    "admin": {**_ALL_DIGEST, "reauthorization": "at_once"},
    "developer": _ALL_DIGEST,
    "viewer": _ALL_OFF,
}


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """How one member wants to be told; the digest comes at an hour of their own time zone."""

    kinds: dict[Kind, When]
    digest_every: Every = "day"
    digest_hour: Annotated[int, Meta(ge=0, le=23)] = DEFAULT_HOUR
    time_zone: str = "UTC"

    def of(self, when: When) -> list[Kind]:
        """Return the kinds told in this way."""
        return [kind for kind in KINDS if self.kinds.get(kind, "off") == when]


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Something worth telling; `sequence` goes up as notices of a workspace commit."""

    sequence: int
    kind: Kind
    subject_id: UUID | None
    at: datetime
    facts: dict[str, Any]


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody the hub is open to, what they chose, and since when."""

    user_id: UUID
    email: str
    name: str
    hub_role: str
    since: datetime
    """When they became a member."""
    since_of: dict[Kind, datetime] = {}
    """When they last changed how they are told of a kind."""
    chosen: Choices | None

    @property
    def choices(self) -> Choices:
        """Their own choices, else those of their role."""
        return self.chosen or default_choices(self.hub_role)

    def told_since(self, kind: Kind) -> datetime:
        """Return from when on this kind is for them."""
        return max(self.since, self.since_of.get(kind, self.since))


def default_choices(hub_role: str | None) -> Choices:
    """Return what a member of this role gets until they choose."""
    return Choices(kinds=dict(BY_ROLE.get(hub_role or "", _ALL_OFF)))


def chosen(sent: Mapping[str, str]) -> Choices:
    """Read the form; raise 422 naming the field."""
    kinds: dict[Kind, When] = {}
    for kind in KINDS:
        kinds[kind] = _one_of(sent, kind, When)
    hour = sent.get("digest_hour", "")
    if not (hour.isascii() and hour.isdigit() and int(hour) < 24):  # noqa: PLR2004 - hours of a day
        raise invalid("digest_hour", "must be an hour from 0 to 23.")
    zone = sent.get("time_zone", "")
    if zone_of(zone) is None:
        raise invalid("time_zone", f"{zone[:60]!r} is no time zone; choose one like Europe/Berlin.")
    every: Every = _one_of(sent, "digest_every", Every)
    return Choices(kinds=kinds, digest_every=every, digest_hour=int(hour), time_zone=zone)


def _one_of(sent: Mapping[str, str], field: str, kind: Any) -> Any:
    try:
        return msgspec.convert(sent.get(field, ""), kind)
    except msgspec.ValidationError:
        raise invalid(field, "must be one of the answers offered.") from None


def zone_of(name: str) -> ZoneInfo | None:
    """Return a time zone, or None when there is none of this name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def last_due(choices: Choices, now: datetime) -> datetime:
    """Return the last moment up to now at which this member's digest was due, in UTC.

    An hour that a change of clocks leaves out is the hour after it (PEP 495).
    """
    zone = zone_of(choices.time_zone) or ZoneInfo("UTC")
    local = now.astimezone(zone)
    if choices.digest_every == "hour":
        return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    due = local.replace(hour=choices.digest_hour, minute=0, second=0, microsecond=0, fold=0)
    if due.astimezone(UTC) > now:
        earlier = (local - timedelta(days=1)).date()
        due = due.replace(year=earlier.year, month=earlier.month, day=earlier.day)
    return due.astimezone(UTC)
