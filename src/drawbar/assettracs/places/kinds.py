"""Sites and locations."""

from typing import Literal
from uuid import UUID
from zoneinfo import available_timezones

import msgspec

from drawbar.assettracs.fields import Latitude, Longitude, Name, Text, Word
from drawbar.assettracs.kind import Kind
from drawbar.assettracs.trees import refuse_loop
from drawbar.kit.db import Writing
from drawbar.kit.errors import invalid
from drawbar.kit.tables import Row, Table

SITELESS = frozenset({"region", "vehicle", "person", "third_party"})
"""Types of locations that may belong to no site."""


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
    await refuse_loop(tx, LOCATION_TABLE, before, after)
    return await _sited(tx, before, after)


async def _sited(tx: Writing, before: Location | None, after: Location) -> Location:
    """Take the site from the location above, where the caller named none of its own."""
    moved = before is None or before.parent_id != after.parent_id
    own = after.site_id is not None and (before is None or before.site_id != after.site_id)
    above = await LOCATION_TABLE.find(tx, after.parent_id) if after.parent_id else None
    if above and above.site_id and not own and (moved or after.site_id is None):
        return msgspec.structs.replace(after, site_id=above.site_id)
    if after.site_id is None and after.parent_id is None and after.type not in SITELESS:
        raise invalid("site_id", "or parent_id is needed: name a site, or the location around it.")
    return after


SITES = Kind(
    SITE_TABLE,
    filters=("code", "status"),
    search="name || ' ' || coalesce(code, '')",
    rule=_known_zone,
    used_by=(("assettracs.assets", "site_id"), ("assettracs.locations", "site_id")),
)
LOCATIONS = Kind(
    LOCATION_TABLE,
    filters=("site_id", "parent_id", "type", "code"),
    search="name || ' ' || coalesce(code, '')",
    rule=_no_loop,
    used_by=(("assettracs.assets", "location_id"), ("assettracs.locations", "parent_id")),
)
