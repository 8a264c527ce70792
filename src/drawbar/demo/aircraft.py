"""An aircraft as an asset with its tag and the scans after its last arrivals."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from drawbar.demo.fleet import Aircraft
from drawbar.demo.model import Asset, Tag, TagScan
from drawbar.demo.place import Place, category_id, category_name
from drawbar.demo.subject import Subject, opened_at
from drawbar.demo.wording import TECHNICIANS

FEWEST_SCANS = 2
SEATS_OF = (("critical", 250), ("high", 100), ("medium", 20))


def asset(aircraft: Aircraft, subject: Subject, tag: Tag, status: str) -> Asset:
    """Return the aircraft as an asset: real particulars, and a location that fits its status."""
    plane = aircraft.plane
    place = subject.place
    return Asset(
        id=subject.asset_id,
        external_id=plane.tail,
        created_at=opened_at(subject.today),
        code=plane.tail,
        name=f"{plane.manufacturer} {plane.model} {plane.tail}",
        description=f"{plane.type}, {plane.engine}",
        category_id=category_id(subject.carrier, plane),
        category=category_name(plane),
        make=plane.manufacturer,
        model=plane.model,
        criticality=_criticality(plane.seats),
        status=status,
        site_id=place.site.id,
        location_id=place.hangar_id if status in {"quarantined", "in_repair"} else place.line_id,
        activated_on=date(plane.year, 1, 1) if plane.year else None,
        custom_fields=_particulars(aircraft),
        tags=(tag.payload,),
    )


def tag(aircraft: Aircraft, subject: Subject) -> Tag:
    """Return the QR tag; its payload is the carrier's code and the tail number."""
    return Tag(
        id=subject.id("tag"),
        created_at=opened_at(subject.today),
        asset_id=subject.asset_id,
        payload=f"{subject.carrier}-{aircraft.plane.tail}",
        attached_at=opened_at(subject.today) + timedelta(hours=9),
    )


def scans(
    aircraft: Aircraft,
    subject: Subject,
    tag: Tag,
    places: Mapping[str, Place],
    *,
    shift: timedelta,
    rng: Random,
) -> tuple[TagScan, ...]:
    """Return two to five scans, each within the hour after a real arrival moved by `shift`."""
    wanted = rng.randint(FEWEST_SCANS, FEWEST_SCANS + 3)
    made = []
    for arrival in reversed(aircraft.arrivals[:wanted]):
        scanned_at = arrival.landed_at + shift + timedelta(minutes=rng.randint(8, 55))
        place = places[arrival.airport]
        made.append(
            TagScan(
                id=subject.id("scan", arrival.landed_at.isoformat()),
                created_at=scanned_at,
                tag_id=tag.id,
                asset_id=tag.asset_id,
                payload=tag.payload,
                scanned_at=scanned_at,
                site_id=place.site.id,
                location_id=place.line_id,
                latitude=place.site.latitude,
                longitude=place.site.longitude,
                scanned_by=rng.choice(TECHNICIANS),
                action="move",
            )
        )
    return tuple(made)


def _criticality(seats: int | None) -> str:
    """Return a criticality by seats, for want of anything better in the registry."""
    return next((word for word, least in SEATS_OF if (seats or 0) >= least), "low")


def _particulars(aircraft: Aircraft) -> dict[str, int | str]:
    plane = aircraft.plane
    known = {
        "year_built": plane.year,
        "engines": plane.engines,
        "engine_type": plane.engine,
        "seats": plane.seats,
        "cruise_speed_mph": plane.speed,
        "flights_2013": aircraft.flights,
        "miles_2013": aircraft.miles,
        "last_arrival_on": _last_arrival_on(aircraft),
    }
    return {name: value for name, value in known.items() if value is not None}


def _last_arrival_on(aircraft: Aircraft) -> str | None:
    return aircraft.arrivals[0].landed_at.date().isoformat() if aircraft.arrivals else None
