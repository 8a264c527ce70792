"""Sites, their locations, and the categories of an airline's aircraft."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.demo.fleet import Fleet
from drawbar.demo.flights import Airport, Plane
from drawbar.demo.model import Category, Location, Site
from drawbar.kit.ids import derived_id

MOST_STATIONS = 6
STATION_SHARE = 0.05
"""An airport with a twentieth of the airline's movements has people and rooms there."""

TYPE_PREFIXES = {
    "Fixed wing multi engine": "FWM",
    "Fixed wing single engine": "FWS",
    "Rotorcraft": "ROT",
}
ENGINE_PREFIXES = {
    "Turbo-fan": "TF",
    "Turbo-jet": "TJ",
    "Turbo-prop": "TP",
    "Turbo-shaft": "TS",
    "Reciprocating": "RE",
    "4 Cycle": "4C",
}


class Place(msgspec.Struct, frozen=True):
    """A site, the zone to plan in, and the ids of its line station and hangar if it has them."""

    site: Site
    time_zone: str
    line_id: UUID | None
    hangar_id: UUID | None


def demo_id(carrier: str, kind: str, *key: str | UUID) -> UUID:
    """Return the id of a demo row: the same at every load."""
    return derived_id("demo", carrier, kind, *key)


def places(
    fleet: Fleet, airports: Mapping[str, Airport], opened_at: datetime
) -> tuple[dict[str, Place], tuple[Location, ...]]:
    """Return the airline's places by airport code, the busiest first, and all their locations."""
    total = sum(fleet.movements.values())
    by_code: dict[str, Place] = {}
    locations: list[Location] = []
    home_zone = next(zone for code in fleet.movements if (zone := _zone(airports.get(code))))
    for rank, (code, movements) in enumerate(fleet.movements.items()):
        site = _site(fleet, code, airports.get(code), opened_at)
        station = rank < MOST_STATIONS and movements >= STATION_SHARE * total
        rooms = _rooms(fleet.carrier, site) if station else ()
        locations.extend(rooms)
        by_code[code] = Place(
            site=site,
            time_zone=site.time_zone or home_zone,
            line_id=rooms[1].id if rooms else None,
            hangar_id=rooms[0].id if rooms else None,
        )
    return by_code, tuple(locations)


def categories(fleet: Fleet, opened_at: datetime) -> tuple[Category, ...]:
    """Return the categories the fleet needs: each type, and below it each engine of that type."""
    kinds = {category_name(a.plane): a.plane for a in fleet.aircraft}
    types = sorted({plane.type for plane in kinds.values()})
    parents = tuple(
        Category(
            id=demo_id(fleet.carrier, "category", type),
            created_at=opened_at,
            name=type,
            code_prefix=TYPE_PREFIXES[type],
            parent_id=None,
        )
        for type in types
    )
    return parents + tuple(
        Category(
            id=category_id(fleet.carrier, plane),
            created_at=opened_at,
            name=name,
            code_prefix=f"{TYPE_PREFIXES[plane.type]}{ENGINE_PREFIXES[plane.engine]}",
            parent_id=demo_id(fleet.carrier, "category", plane.type),
        )
        for name, plane in sorted(kinds.items())
    )


def category_name(plane: Plane) -> str:
    """Return the name of the category of one plane."""
    return f"{plane.type}, {plane.engine}"


def category_id(carrier: str, plane: Plane) -> UUID:
    """Return the id of the category of one plane."""
    return demo_id(carrier, "category", plane.type, plane.engine)


def _zone(airport: Airport | None) -> str | None:
    return airport.time_zone if airport else None


def _site(fleet: Fleet, code: str, airport: Airport | None, opened_at: datetime) -> Site:
    return Site(
        id=demo_id(fleet.carrier, "site", code),
        external_id=code,
        created_at=opened_at,
        name=airport.name if airport else code,
        code=code,
        description=f"{fleet.movements[code]:,} movements in 2013 on flights from New York",
        latitude=airport.latitude if airport else None,
        longitude=airport.longitude if airport else None,
        time_zone=_zone(airport),
    )


def _rooms(carrier: str, site: Site) -> tuple[Location, Location, Location]:
    hangar = Location(
        id=demo_id(carrier, "location", site.code, "hangar"),
        created_at=site.created_at,
        site_id=site.id,
        parent_id=None,
        name="Maintenance hangar",
        code=f"{site.code}-HGR",
        type="building",
        description="Repairs and long checks",
    )
    line = Location(
        id=demo_id(carrier, "location", site.code, "line"),
        created_at=site.created_at,
        site_id=site.id,
        parent_id=None,
        name="Line station",
        code=f"{site.code}-LINE",
        type="area",
        description="Stands, checks between flights",
    )
    stores = Location(
        id=demo_id(carrier, "location", site.code, "stores"),
        created_at=site.created_at,
        site_id=site.id,
        parent_id=hangar.id,
        name="Stores",
        code=f"{site.code}-STO",
        type="room",
        description="Parts and consumables",
    )
    return hangar, line, stores
