"""Who works and where: organizations, sites, locations."""

from typing import Annotated
from uuid import UUID

from msgspec import field

from drawbar.schema.record import EXAMPLE_ID, Address, Record, described
from drawbar.schema.word import LocationType, SiteStatus


class Organization(Record, frozen=True, kw_only=True):
    """A company or part of one that owns sites."""

    name: Annotated[str | None, described("Name.", "Hafen Logistik GmbH")] = None
    code: Annotated[str | None, described("Short code.", "1010")] = None
    currency: Annotated[str | None, described("House currency, ISO 4217.", "EUR")] = None
    addresses: Annotated[
        list[Address], described("Postal addresses.", [{"city": "Hamburg", "country": "DE"}])
    ] = field(default_factory=list)


class Site(Record, frozen=True, kw_only=True):
    """A plant, depot or campus: the place that has an address."""

    organization_id: Annotated[
        UUID | None,
        described("Organization that owns it.", EXAMPLE_ID, references="organizations"),
    ] = None
    remote_organization_id: Annotated[
        str | None, described("The source's key of the organization.", "1010")
    ] = None
    name: Annotated[str | None, described("Name.", "Hamburg depot")] = None
    code: Annotated[str | None, described("Short code.", "HAM")] = None
    description: Annotated[str | None, described("Free text.", "Two halls and a yard")] = None
    address: Annotated[
        Address | None, described("Postal address.", {"text": "Hafenstr. 12, 20457 Hamburg"})
    ] = None
    latitude: Annotated[float | None, described("Degrees north, WGS 84.", 53.5413)] = None
    longitude: Annotated[float | None, described("Degrees east, WGS 84.", 9.9841)] = None
    time_zone: Annotated[str | None, described("IANA time zone.", "Europe/Berlin")] = None
    status: Annotated[
        SiteStatus | None, described("Whether work still happens there.", "active")
    ] = None
    remote_status: Annotated[
        str | None, described("The source's own word for the status.", "active")
    ] = None


class Location(Record, frozen=True, kw_only=True):
    """A place inside a site: functional location, building, room, bin, vehicle."""

    site_id: Annotated[
        UUID | None, described("Site it belongs to.", EXAMPLE_ID, references="sites")
    ] = None
    remote_site_id: Annotated[str | None, described("The source's key of the site.", "HAM")] = None
    parent_id: Annotated[
        UUID | None, described("Location it is part of.", EXAMPLE_ID, references="locations")
    ] = None
    remote_parent_id: Annotated[
        str | None, described("The source's key of the parent.", "HAM-H1")
    ] = None
    name: Annotated[str | None, described("Name.", "Pump room")] = None
    code: Annotated[str | None, described("Short code or label.", "HAM-H1-P")] = None
    type: Annotated[LocationType | None, described("What kind of place it is.", "room")] = None
    remote_type: Annotated[str | None, described("The source's own word for the type.", "room")] = (
        None
    )
    description: Annotated[str | None, described("Free text.", "Behind gate 3")] = None
