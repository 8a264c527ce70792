"""Buying: vendors, and the orders they are sent."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from msgspec import field

from drawbar.schema.record import (
    EXAMPLE_ID,
    EXAMPLE_TIME,
    Address,
    Part,
    Person,
    Record,
    described,
)
from drawbar.schema.word import PurchaseOrderStatus, VendorStatus


class Contact(Part, frozen=True, kw_only=True):
    """A person to speak to at another company."""

    name: Annotated[str | None, described("Name.", "Dana Reyes")] = None
    role: Annotated[str | None, described("What the person does there.", "Sales")] = None
    email: Annotated[str | None, described("E-mail address.", "dana@example.com")] = None
    phone: Annotated[str | None, described("Telephone number.", "+49 40 5550 123")] = None


class Vendor(Record, frozen=True, kw_only=True):
    """A company that is bought from."""

    name: Annotated[str | None, described("Name.", "Nordstern Dichtungen GmbH")] = None
    code: Annotated[str | None, described("Own number of the vendor.", "100042")] = None
    tax_id: Annotated[str | None, described("Tax number.", "DE123456789")] = None
    addresses: Annotated[
        list[Address], described("Postal addresses.", [{"city": "Hamburg", "country": "DE"}])
    ] = field(default_factory=list)
    contacts: Annotated[
        list[Contact], described("People to speak to.", [{"name": "Dana Reyes"}])
    ] = field(default_factory=list)
    currency: Annotated[str | None, described("Currency of its orders, ISO 4217.", "EUR")] = None
    payment_terms: Annotated[
        str | None, described("When it is paid, in the source's words.", "30 days net")
    ] = None
    status: Annotated[
        VendorStatus | None, described("Whether it may be bought from.", "active")
    ] = None
    remote_status: Annotated[
        str | None, described("The source's own word for the status.", "SPERM")
    ] = None


class PurchaseOrderLine(Part, frozen=True, kw_only=True):
    """One thing that an order asks for."""

    remote_id: Annotated[str | None, described("The source's key of the line.", "00010")] = None
    line_number: Annotated[int | None, described("Place in the order.", 10)] = None
    remote_material_id: Annotated[
        str | None, described("The source's key of the material.", "SEAL-80")
    ] = None
    description: Annotated[str | None, described("What is bought.", "Shaft seal 80 mm")] = None
    quantity: Annotated[Decimal | None, described("How much is ordered.", "4")] = None
    received_quantity: Annotated[Decimal | None, described("How much has come.", "2")] = None
    unit: Annotated[str | None, described("UCUM unit.", "{piece}")] = None
    unit_price: Annotated[Decimal | None, described("Price of one unit.", "18.40")] = None
    discount: Annotated[Decimal | None, described("Taken off the line, as money.", "0.00")] = None
    net_total: Annotated[Decimal | None, described("The line without tax.", "73.60")] = None
    delivery_date: Annotated[date | None, described("Promised day.", "2026-12-04")] = None
    remote_account_id: Annotated[
        str | None, described("The source's key of the account that pays.", "CC-4711")
    ] = None
    remote_asset_id: Annotated[
        str | None, described("The source's key of the asset it is for.", "10000012")
    ] = None
    remote_work_order_id: Annotated[
        str | None, described("The source's key of the work order it is for.", "4000001")
    ] = None


class PurchaseOrder(Record, frozen=True, kw_only=True):
    """An order to a vendor, with its lines; money is in the order's currency."""

    number: Annotated[str | None, described("Number.", "4500000017")] = None
    vendor_id: Annotated[
        UUID | None, described("Vendor it goes to.", EXAMPLE_ID, references="vendors")
    ] = None
    remote_vendor_id: Annotated[
        str | None, described("The source's key of the vendor.", "100042")
    ] = None
    site_id: Annotated[
        UUID | None, described("Site that receives.", EXAMPLE_ID, references="sites")
    ] = None
    remote_site_id: Annotated[str | None, described("The source's key of the site.", "HAM")] = None
    buyer: Annotated[Person | None, described("Who buys.", {"name": "Alice Meyer"})] = None
    status: Annotated[PurchaseOrderStatus | None, described("How far it has come.", "approved")] = (
        None
    )
    remote_status: Annotated[
        str | None, described("The source's own word for the status.", "REL")
    ] = None
    order_date: Annotated[date | None, described("Day of the order.", "2026-11-20")] = None
    required_date: Annotated[date | None, described("Day it is needed.", "2026-12-05")] = None
    delivery_date: Annotated[
        date | None, described("Promised day of the earliest open line.", "2026-12-04")
    ] = None
    approved_at: Annotated[datetime | None, described("When it was approved.", EXAMPLE_TIME)] = None
    currency: Annotated[str | None, described("Currency, ISO 4217.", "EUR")] = None
    payment_terms: Annotated[
        str | None, described("When it is paid, in the source's words.", "30 days net")
    ] = None
    ship_to: Annotated[Address | None, described("Where it goes.", {"city": "Hamburg"})] = None
    bill_to: Annotated[Address | None, described("Who gets the invoice.", {"city": "Hamburg"})] = (
        None
    )
    net_total: Annotated[Decimal | None, described("All lines without tax.", "73.60")] = None
    tax_total: Annotated[Decimal | None, described("Tax.", "13.98")] = None
    gross_total: Annotated[Decimal | None, described("All lines with tax.", "87.58")] = None
    lines: Annotated[
        list[PurchaseOrderLine],
        described("What is ordered.", [{"line_number": 10, "quantity": "4"}]),
    ] = field(default_factory=list)
