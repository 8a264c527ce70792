"""Sites and locations."""

from typing import Literal
from uuid import UUID
from zoneinfo import available_timezones

from drawbar.assettracs.fields import Latitude, Longitude, Name, Text, Word
from drawbar.assettracs.kind import Kind
from drawbar.kit.db import Writing
from drawbar.kit.errors import invalid
from drawbar.kit.tables import Row, Table

DEEPEST = 12
"""Levels of locations; a deeper tree is a loop or a mistake."""

ONE_MOVE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"


class Site(Row, frozen=True, kw_only=True):
    """A plant, depot, airport or office with an address and a time zone."""

    name: Name
    code: Word | None = None
    description: Text | None = None
    address: Text | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    time_zone: Word | None = None
    status: Literal["active", "retired"] = "active"


class Location(Row, frozen=True, kw_only=True):
    """A place inside a site, or above one: region, building, room, vehicle, person."""

    site_id: UUID | None = None
    parent_id: UUID | None = None
    name: Name
    code: Word | None = None
    type: Literal[
        "region", "building", "floor", "room", "area", "vehicle", "person", "third_party"
    ] = "area"
    description: Text | None = None


SITE_TABLE = Table("assettracs.sites", Site, "site")
LOCATION_TABLE = Table("assettracs.locations", Location, "location")


async def _known_zone(_tx: Writing, _before: Site | None, after: Site) -> Site:
    if after.time_zone is not None and after.time_zone not in available_timezones():
        raise invalid("time_zone", "is no IANA time zone; write Europe/Berlin, for example.")
    return after


async def _no_loop(tx: Writing, before: Location | None, after: Location) -> Location:
    above = after.parent_id
    if before is not None and above is not None and before.parent_id != above:
        # One move at a time: two that are fine alone may make a loop together.
        await tx.execute(ONE_MOVE, f"locations {tx.workspace_id}")
    for _ in range(DEEPEST):
        if above is None:
            return after
        if above == after.id:
            raise invalid("parent_id", "would put the location below itself.")
        above = (await LOCATION_TABLE.get(tx, above)).parent_id
    raise invalid("parent_id", f"would be more than {DEEPEST} levels deep.")


SITES = Kind(
    SITE_TABLE,
    filters=("code", "status"),
    search="name || ' ' || coalesce(code, '')",
    rule=_known_zone,
)
LOCATIONS = Kind(
    LOCATION_TABLE,
    filters=("site_id", "parent_id", "type", "code"),
    search="name || ' ' || coalesce(code, '')",
    rule=_no_loop,
)
