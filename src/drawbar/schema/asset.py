"""Things that are kept: assets, and the scans of their tags."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import field

from drawbar.schema.record import (
    EXAMPLE_ID,
    EXAMPLE_TIME,
    DocumentLink,
    Person,
    Record,
    described,
)
from drawbar.schema.word import AssetStatus, Criticality, ScanAction


class Asset(Record, frozen=True, kw_only=True):
    """A physical thing with its own history (MIMOSA CCOM asset), or a group kept like one."""

    site_id: Annotated[UUID | None, described("Site it is at.", EXAMPLE_ID, references="sites")] = (
        None
    )
    remote_site_id: Annotated[str | None, described("The source's key of the site.", "HAM")] = None
    location_id: Annotated[
        UUID | None, described("Location it is at.", EXAMPLE_ID, references="locations")
    ] = None
    remote_location_id: Annotated[
        str | None, described("The source's key of the location.", "HAM-H1-P")
    ] = None
    parent_id: Annotated[
        UUID | None, described("Asset it is part of.", EXAMPLE_ID, references="assets")
    ] = None
    remote_parent_id: Annotated[
        str | None, described("The source's key of the parent.", "10000011")
    ] = None
    name: Annotated[str | None, described("Name.", "Pump 4")] = None
    code: Annotated[str | None, described("Number on the asset.", "PMP-0004")] = None
    description: Annotated[str | None, described("Free text.", "Cooling water, standby")] = None
    category: Annotated[str | None, described("Category in the source's words.", "Pumps")] = None
    make: Annotated[str | None, described("Maker.", "Grundfos")] = None
    model: Annotated[str | None, described("Maker's model.", "NK 80-160")] = None
    serial_number: Annotated[str | None, described("Maker's serial number.", "96123-88")] = None
    tags: Annotated[
        list[str], described("What its tags say when scanned.", ["https://t.example.com/9QK2"])
    ] = field(default_factory=list)
    criticality: Annotated[Criticality | None, described("Harm its loss does.", "high")] = None
    remote_criticality: Annotated[
        str | None, described("The source's own word for the criticality.", "A")
    ] = None
    status: Annotated[AssetStatus | None, described("Whether it may be used.", "in_service")] = None
    remote_status: Annotated[
        str | None, described("The source's own word for the status.", "INST")
    ] = None
    is_physical: Annotated[bool | None, described("False for a group, system or route.", True)] = (
        None
    )
    vendor_id: Annotated[
        UUID | None, described("Vendor it came from.", EXAMPLE_ID, references="vendors")
    ] = None
    remote_vendor_id: Annotated[
        str | None, described("The source's key of the vendor.", "100042")
    ] = None
    activated_at: Annotated[
        datetime | None, described("When it went into service.", EXAMPLE_TIME)
    ] = None
    deactivated_at: Annotated[datetime | None, described("When it left service.", EXAMPLE_TIME)] = (
        None
    )
    warranty_ends_on: Annotated[
        date | None, described("Last day of the warranty.", "2027-03-31")
    ] = None
    documents: Annotated[
        list[DocumentLink], described("Attached files.", [{"name": "manual.pdf"}])
    ] = field(default_factory=list)


class TagScan(Record, frozen=True, kw_only=True):
    """One reading of an asset's tag."""

    asset_id: Annotated[
        UUID | None, described("Asset that was scanned.", EXAMPLE_ID, references="assets")
    ] = None
    remote_asset_id: Annotated[
        str | None, described("The source's key of the asset.", "10000012")
    ] = None
    tag: Annotated[str | None, described("What the tag said.", "https://t.example.com/9QK2")] = None
    scanned_at: Annotated[datetime | None, described("When.", EXAMPLE_TIME)] = None
    location_id: Annotated[
        UUID | None, described("Location of the scan.", EXAMPLE_ID, references="locations")
    ] = None
    remote_location_id: Annotated[
        str | None, described("The source's key of the location.", "HAM-H1-P")
    ] = None
    latitude: Annotated[float | None, described("Degrees north, WGS 84.", 53.5413)] = None
    longitude: Annotated[float | None, described("Degrees east, WGS 84.", 9.9841)] = None
    action: Annotated[ScanAction | None, described("What the scan did.", "check_out")] = None
    remote_action: Annotated[
        str | None, described("The source's own word for the action.", "check_out")
    ] = None
    user: Annotated[Person | None, described("Who scanned.", {"name": "Bob Fischer"})] = None
