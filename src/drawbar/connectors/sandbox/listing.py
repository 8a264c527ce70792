"""Lists of the sandbox's API: pages by cursor, as everything stood when the first was read."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from drawbar.connectors.sandbox.answers import Refused
from drawbar.connectors.sandbox.plant import Kind, Plant
from drawbar.kit import json
from drawbar.kit.json import timestamp

LARGEST_PAGE = 200
USUAL_PAGE = 50
PARAMETERS = ("size", "after", "changed_since")


class _Place(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Where a reading stands: what was asked, when it began, the last row given."""

    resource: str
    since: datetime | None
    read_at: datetime
    given: int


def page_of(kind: Kind, plant: Plant, query: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Return a page; refuse parameters that cannot be read."""
    for name in query:
        if name not in PARAMETERS:
            raise Refused(400, f"{name} is unknown; there is {', '.join(PARAMETERS)}.")
    size, since = _size(query.get("size")), _moment(query.get("changed_since"))
    place = _Place(kind.resource, since, now, 0)
    if "after" in query:
        place = _read(query["after"])
        if (place.resource, place.since) != (kind.resource, since):
            raise Refused(400, "after belongs to another list.")
    order = _order(kind, plant, place.read_at, since)
    numbers = order[place.given : place.given + size]
    given = place.given + len(numbers)
    following = msgspec.structs.replace(place, given=given) if given < len(order) else None
    return {
        "rows": [kind.row(plant, number, place.read_at) for number in numbers],
        "after": _written(following) if following else None,
        "read_at": timestamp(place.read_at),
        "count": len(order),
    }


@lru_cache(maxsize=32)
def _order(kind: Kind, plant: Plant, read_at: datetime, since: datetime | None) -> Sequence[int]:
    """Number the rows of a reading, oldest change first; its pages need it again and again."""
    found = []
    for number in kind.numbers(plant, read_at):
        stamp = kind.stamp(plant, number, read_at)
        if stamp.changed_at > since if since else stamp.archived_at is None:
            found.append((stamp.changed_at, number))
    return [number for _, number in sorted(found)]


def _size(text: str | None) -> int:
    if text is None:
        return USUAL_PAGE
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= LARGEST_PAGE):
        raise Refused(400, f"size must be 1 to {LARGEST_PAGE}.")
    return int(text)


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refused(400, "changed_since must be a time such as 2026-11-23T06:00:00Z.") from None


def _written(place: _Place) -> str:
    return base64.urlsafe_b64encode(json.encode(place)).decode().rstrip("=")


def _read(cursor: str) -> _Place:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return json.decode(text, _Place)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise Refused(400, "after is no cursor of this list.") from None
