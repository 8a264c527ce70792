"""What the real data lacks, in sentences the loader prints and the pages can show."""

from collections.abc import Iterable

from drawbar.demo.fleet import Fleet
from drawbar.demo.flights import ABSENT, Source

MOST_NAMED = 8


def missing_sentences(source: Source, fleets: Iterable[Fleet]) -> tuple[str, ...]:
    """Return one sentence for each thing the data lacks and what the demo does instead."""
    fleets = tuple(fleets)
    aircraft = [plane for fleet in fleets for plane in fleet.aircraft]
    served = {code for fleet in fleets for code in fleet.movements}
    unlisted = sorted(served - source.airports.keys())
    unknown = {f.tail for f in source.flights} - source.planes.keys() - {ABSENT}
    of_unknown = sum(flight.tail in unknown for flight in source.flights)
    without_tail = sum(flight.tail == ABSENT for flight in source.flights)
    yearless = sum(plane.year is None for plane in source.planes.values())
    speedless = sum(plane.speed is None for plane in source.planes.values())
    idle = sorted(plane.plane.tail for plane in aircraft if not plane.arrivals)
    return (
        (
            f"{len(unlisted)} airports flown to are not in airports.csv ({_some(unlisted)}): their"
            " sites have a code only, no name, no coordinates and no time zone."
        ),
        (
            f"{len(unknown):,} tail numbers on {of_unknown:,} flights have no plane in planes.csv:"
            " they are not assets."
        ),
        f"{without_tail:,} flights name no aircraft, all of them cancelled.",
        (
            f"{yearless} planes have no year of manufacture: they have no day of activation. The"
            " others are given 1 January, since the data has the year only."
        ),
        f"{speedless:,} planes have no cruising speed: the field is left out.",
        (
            f"{len(idle)} planes have only cancelled or diverted flights ({_some(idle)}): they"
            " stand where the last one was to leave from and have no scans."
        ),
        "Serial numbers, prices, warranties and owners are not in the data: they stay empty.",
        "Makes are spelled in several ways (AIRBUS, AIRBUS INDUSTRIE): kept as registered.",
        (
            "Only flights leaving EWR, JFK and LGA in 2013 are in the data: an airline's other"
            " routes and airports are unknown."
        ),
    )


def _some(names: list[str]) -> str:
    return ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
