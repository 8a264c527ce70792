"""What is kept for work and production: materials, storerooms, and how much lies where."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from drawbar.schema.record import EXAMPLE_ID, Record, described


class Material(Record, frozen=True, kw_only=True):
    """A spare part, consumable or raw material, as a kind of thing that is bought and stored."""

    name: Annotated[str | None, described("Name.", "Shaft seal 80 mm")] = None
    code: Annotated[str | None, described("Own number.", "SEAL-80")] = None
    part_number: Annotated[str | None, described("Maker's part number.", "96-455-80")] = None
    description: Annotated[str | None, described("Free text.", "For pumps of series NK")] = None
    make: Annotated[str | None, described("Maker.", "Grundfos")] = None
    unit: Annotated[str | None, described("UCUM unit it is counted in.", "{piece}")] = None
    unit_cost: Annotated[Decimal | None, described("Cost of one unit.", "18.40")] = None
    currency: Annotated[str | None, described("Currency of the cost, ISO 4217.", "EUR")] = None
    is_active: Annotated[bool | None, described("False when it is no longer bought.", True)] = None


class Storeroom(Record, frozen=True, kw_only=True):
    """A place where materials are booked in and out."""

    site_id: Annotated[
        UUID | None, described("Site it belongs to.", EXAMPLE_ID, references="sites")
    ] = None
    remote_site_id: Annotated[str | None, described("The source's key of the site.", "HAM")] = None
    location_id: Annotated[
        UUID | None, described("Location it is at.", EXAMPLE_ID, references="locations")
    ] = None
    remote_location_id: Annotated[
        str | None, described("The source's key of the location.", "HAM-H1")
    ] = None
    name: Annotated[str | None, described("Name.", "Main store")] = None
    code: Annotated[str | None, described("Short code.", "HAM-S1")] = None


class Stock(Record, frozen=True, kw_only=True):
    """How much of one material lies in one storeroom."""

    material_id: Annotated[
        UUID | None, described("Material that lies there.", EXAMPLE_ID, references="materials")
    ] = None
    remote_material_id: Annotated[
        str | None, described("The source's key of the material.", "SEAL-80")
    ] = None
    storeroom_id: Annotated[
        UUID | None, described("Storeroom it lies in.", EXAMPLE_ID, references="storerooms")
    ] = None
    remote_storeroom_id: Annotated[
        str | None, described("The source's key of the storeroom.", "HAM-S1")
    ] = None
    location_id: Annotated[
        UUID | None, described("Bin it lies in.", EXAMPLE_ID, references="locations")
    ] = None
    remote_location_id: Annotated[
        str | None, described("The source's key of the bin.", "HAM-S1-A04")
    ] = None
    quantity: Annotated[Decimal | None, described("How much is there.", "12")] = None
    unit: Annotated[str | None, described("UCUM unit of the quantities.", "{piece}")] = None
    minimum: Annotated[Decimal | None, described("The least that should be there.", "4")] = None
    maximum: Annotated[Decimal | None, described("The most that should be there.", "20")] = None
    reorder_point: Annotated[
        Decimal | None, described("At or below this quantity more is ordered.", "6")
    ] = None
