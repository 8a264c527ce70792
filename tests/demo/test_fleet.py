from collections import Counter

from drawbar.demo.fleet import owner
from drawbar.demo.flights import ABSENT, Flight, Source
from drawbar.demo.model import DemoPlan, OrganizationPlan


def flight(carrier: str, hour: str) -> Flight:
    return Flight(carrier, "N1", "JFK", "ATL", 760, hour, 5, 0, 110)


def test_the_published_numbers_of_rows_are_read(source: Source) -> None:
    counts = (
        len(source.airlines),
        len(source.airports),
        len(source.planes),
        len(source.flights),
    )

    assert counts == (16, 1_458, 3_322, 336_776)


def test_a_flight_lands_after_its_delay_and_time_in_the_air(source: Source) -> None:
    first = source.flights[0]

    assert (first.tail, first.origin, first.destination, first.miles) == (
        "N14228",
        "EWR",
        "IAH",
        1_400,
    )
    assert first.departs_at.isoformat() == "2013-01-01T10:15:00+00:00"
    assert first.lands_at.isoformat() == "2013-01-01T14:04:00+00:00"


def test_delta_has_617_aircraft(delta: OrganizationPlan) -> None:
    assert delta.name == "Delta Air Lines Inc."
    assert len(delta.assets) == 617


def test_an_asset_shows_its_tag_and_the_name_of_its_category(delta: OrganizationPlan) -> None:
    payloads = {tag.asset_id: (tag.payload,) for tag in delta.tags}
    names = {category.id: category.name for category in delta.categories}

    assert {asset.id: asset.tags for asset in delta.assets} == payloads
    assert all(asset.category == names[asset.category_id] for asset in delta.assets)


def test_every_plane_is_in_exactly_one_organization(source: Source, demo: DemoPlan) -> None:
    owned = Counter(asset.code for plan in demo.organizations for asset in plan.assets)

    assert owned == Counter(source.planes.keys())


def test_the_airline_with_most_flights_owns_the_aircraft() -> None:
    flights = [flight("DL", "2013-01-01T10:00:00Z"), *[flight("FL", "2013-02-01T10:00:00Z")] * 2]

    assert owner(flights) == "FL"


def test_of_two_airlines_with_equal_flights_the_earlier_one_owns_the_aircraft() -> None:
    flights = [flight("DL", "2013-12-11T16:00:00Z"), flight("FL", "2013-01-09T00:00:00Z")]

    assert owner(flights) == "FL"
    assert owner(reversed(flights)) == "FL"


def test_the_one_tie_of_2013_stays_with_airtran(demo: DemoPlan) -> None:
    owners = [
        plan.carrier
        for plan in demo.organizations
        for asset in plan.assets
        if asset.code == "N981AT"
    ]

    assert owners == ["FL"]


def test_an_aircraft_stands_where_it_was_scanned_last(demo: DemoPlan) -> None:
    last_seen = {
        scan.asset_id: scan.site_id
        for plan in demo.organizations
        for scan in sorted(plan.scans, key=lambda scan: scan.scanned_at)
    }
    stands = {asset.id: asset.site_id for plan in demo.organizations for asset in plan.assets}

    assert last_seen == {id: stands[id] for id in last_seen}
    assert len(stands) - len(last_seen) == 6


def test_scans_happened_at_the_airports_where_flights_of_that_aircraft_landed(
    source: Source, delta: OrganizationPlan
) -> None:
    landed = {(f.tail, f.destination) for f in source.flights if f.arrived and f.carrier == "DL"}
    tails = {asset.id: asset.code for asset in delta.assets}
    airports = {site.id: site.code for site in delta.sites}

    assert {(tails[scan.asset_id], airports[scan.site_id]) for scan in delta.scans} <= landed


def test_every_airport_an_airline_serves_is_its_site(
    source: Source, delta: OrganizationPlan
) -> None:
    legs = [(f.origin, f.destination) for f in source.flights if f.carrier == "DL"]

    assert {site.code for site in delta.sites} == {code for leg in legs for code in leg}


def test_flights_without_a_tail_number_were_all_cancelled(source: Source) -> None:
    assert not any(f.arrived for f in source.flights if f.tail == ABSENT)
