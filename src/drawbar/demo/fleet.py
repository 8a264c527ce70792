"""Who owns which aircraft, where it was last seen, and which airports an airline serves."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from drawbar.demo.flights import Flight, Plane, Source

ARRIVALS_KEPT = 5


class Arrival(msgspec.Struct, frozen=True):
    """An aircraft at an airport, at a time in UTC of the year 2013."""

    airport: str
    landed_at: datetime


class Aircraft(msgspec.Struct, frozen=True):
    """A plane with its record of 2013: flights that arrived, their miles, where it is now."""

    plane: Plane
    flights: int
    miles: int
    airport: str
    arrivals: tuple[Arrival, ...]
    """The last ones for the airline that owns it, newest first; a few planes have none."""


class Fleet(msgspec.Struct, frozen=True):
    """An airline, its aircraft by tail number, and the movements at each airport it serves."""

    carrier: str
    name: str
    aircraft: tuple[Aircraft, ...]
    movements: Mapping[str, int]
    """Airport code → departures and arrivals; the busiest first, then by code."""


def fleets(source: Source) -> tuple[Fleet, ...]:
    """Give every plane to one airline; airlines by code, their aircraft by tail number."""
    flown = _flights_by_tail(source)
    owned: dict[str, list[Aircraft]] = defaultdict(list)
    for tail in sorted(flown):
        carrier = owner(flown[tail])
        owned[carrier].append(_aircraft(source.planes[tail], carrier, flown[tail]))
    movements = _movements(source.flights)
    return tuple(
        Fleet(carrier, name, tuple(owned[carrier]), movements[carrier])
        for carrier, name in sorted(source.airlines.items())
    )


def owner(flights: Iterable[Flight]) -> str:
    """Return the airline with most of an aircraft's flights; of equals, the one that had it first.

    Cancelled flights count: six planes have no others. The year 2013 has one tie, N981AT, which
    flew 22 times for AirTran until August and 22 times for Delta in December.
    """
    counts: Counter[str] = Counter()
    first: dict[str, tuple[str, int]] = {}
    for flight in flights:
        counts[flight.carrier] += 1
        first[flight.carrier] = min(flight.scheduled, first.get(flight.carrier, flight.scheduled))
    return min(counts, key=lambda carrier: (-counts[carrier], first[carrier], carrier))


def _flights_by_tail(source: Source) -> dict[str, list[Flight]]:
    flown: dict[str, list[Flight]] = defaultdict(list)
    for flight in source.flights:
        if flight.tail in source.planes:
            flown[flight.tail].append(flight)
    return flown


def _movements(flights: Iterable[Flight]) -> dict[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    legs = Counter((flight.carrier, flight.origin, flight.destination) for flight in flights)
    for (carrier, origin, destination), times in legs.items():
        counts[carrier][origin] += times
        counts[carrier][destination] += times
    return {
        carrier: dict(sorted(count.items(), key=lambda item: (-item[1], item[0])))
        for carrier, count in counts.items()
    }


def _aircraft(plane: Plane, carrier: str, flights: list[Flight]) -> Aircraft:
    own = sorted((f for f in flights if f.carrier == carrier), key=lambda f: f.scheduled)
    arrived = [flight for flight in own if flight.arrived]
    return Aircraft(
        plane=plane,
        flights=sum(flight.arrived for flight in flights),
        miles=sum(flight.miles for flight in flights if flight.arrived),
        airport=arrived[-1].destination if arrived else own[-1].origin,
        arrivals=tuple(
            Arrival(flight.destination, flight.lands_at)
            for flight in reversed(arrived[-ARRIVALS_KEPT:])
        ),
    )
