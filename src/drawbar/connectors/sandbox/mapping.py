"""From the sandbox's own words to the unified model, as pure tables."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from drawbar.connectors.sandbox.words import (
    ASSET_STATUS,
    CRITICALITY,
    LOCATION_TYPE,
    PRIORITY,
    PURCHASE_ORDER_STATUS,
    SITE_STATUS,
    UNITS,
    VENDOR_STATUS,
    WORK_ORDER_STATUS,
    WORK_ORDER_TYPE,
)
from drawbar.connectors.sdk.raw import Raw
from drawbar.schema.maintenance import MaterialLine
from drawbar.schema.purchasing import Contact, PurchaseOrderLine
from drawbar.schema.record import Address, Person, Task
from drawbar.schema.registry import Fields


def site(raw: Raw) -> Fields:
    """Map a plant."""
    return _common(raw) | {
        "name": raw.text("title"),
        "code": raw.text("key"),
        "address": _address(raw, "address"),
        "latitude": raw.number("lat"),
        "longitude": raw.number("lon"),
        "time_zone": raw.text("tz"),
        "status": raw.choice("state", SITE_STATUS),
        "remote_status": raw.text("state"),
    }


def location(raw: Raw) -> Fields:
    """Map a place."""
    return _common(raw) | {
        "remote_site_id": raw.text("plant"),
        "remote_parent_id": raw.text("within"),
        "name": raw.text("title"),
        "code": raw.text("key"),
        "type": raw.choice("kind", LOCATION_TYPE),
        "remote_type": raw.text("kind"),
    }


def vendor(raw: Raw) -> Fields:
    """Map a supplier."""
    address, name = _address(raw, "address"), raw.text("contact.name")
    return _common(raw) | {
        "name": raw.text("title"),
        "code": raw.text("key"),
        "tax_id": raw.text("taxNo"),
        "addresses": [address] if address else [],
        "contacts": [
            Contact(
                name=name,
                role=raw.text("contact.role"),
                email=raw.text("contact.mail"),
                phone=raw.text("contact.phone"),
            )
        ]
        if name
        else [],
        "currency": raw.text("currency"),
        "payment_terms": raw.text("terms"),
        "status": raw.choice("state", VENDOR_STATUS),
        "remote_status": raw.text("state"),
    }


def material(raw: Raw) -> Fields:
    """Map an item."""
    blocked = raw.flag("blocked")
    return _common(raw) | {
        "name": raw.text("title"),
        "code": raw.text("key"),
        "part_number": raw.text("makerNo"),
        "description": raw.text("text"),
        "make": raw.text("maker"),
        "unit": _unit(raw),
        "unit_cost": raw.decimal("price"),
        "currency": raw.text("currency"),
        "is_active": None if blocked is None else not blocked,
    }


def storeroom(raw: Raw) -> Fields:
    """Map a store."""
    return _common(raw) | {
        "remote_site_id": raw.text("plant"),
        "remote_location_id": raw.text("place"),
        "name": raw.text("title"),
        "code": raw.text("key"),
    }


def stock(raw: Raw) -> Fields:
    """Map what lies on a shelf; it has no name of its own."""
    return _common(raw) | {
        "display_name": raw.text("item"),
        "remote_material_id": raw.text("item"),
        "remote_storeroom_id": raw.text("store"),
        "quantity": raw.decimal("onHand"),
        "unit": _unit(raw),
        "minimum": raw.decimal("min"),
        "maximum": raw.decimal("max"),
        "reorder_point": raw.decimal("reorderAt"),
    }


def asset(raw: Raw) -> Fields:
    """Map a machine; people know it by its tag."""
    return _common(raw) | {
        "display_id": raw.text("tag"),
        "remote_site_id": raw.text("plant"),
        "remote_location_id": raw.text("place"),
        "remote_parent_id": raw.text("partOf"),
        "name": raw.text("title"),
        "code": raw.text("tag"),
        "description": raw.text("text"),
        "category": raw.text("family"),
        "make": raw.text("maker"),
        "model": raw.text("model"),
        "serial_number": raw.text("serial"),
        "criticality": raw.choice("class", CRITICALITY),
        "remote_criticality": raw.text("class"),
        "status": raw.choice("state", ASSET_STATUS),
        "remote_status": raw.text("state"),
        "is_physical": True,
        "activated_at": raw.time("startedOn"),
        "warranty_ends_on": raw.day("warrantyUntil"),
        "custom_fields": raw.object("extra"),
    }


def work_order(raw: Raw) -> Fields:
    """Map a job."""
    worker = _person(raw, "worker")
    return _common(raw) | {
        "remote_asset_id": raw.text("machine"),
        "remote_location_id": raw.text("place"),
        "remote_site_id": raw.text("plant"),
        "title": raw.text("title"),
        "description": raw.text("text"),
        "type": raw.choice("type", WORK_ORDER_TYPE),
        "remote_type": raw.text("type"),
        "priority": raw.choice("prio", PRIORITY),
        "remote_priority": raw.text("prio"),
        "status": raw.choice("state", WORK_ORDER_STATUS),
        "remote_status": raw.text("state"),
        "assignees": [worker] if worker else [],
        "requested_by": _person(raw, "askedBy"),
        "due_at": raw.time("dueBy"),
        "started_at": raw.time("begun"),
        "completed_at": raw.time("ended"),
        "estimated_hours": raw.number("hoursPlanned"),
        "actual_hours": raw.number("hoursWorked"),
        "tasks": [
            Task(title=task.text("title") or "", is_done=task.flag("done"))
            for task in raw.items("tasks")
        ],
        "materials": [
            MaterialLine(
                remote_material_id=part.text("item"),
                description=part.text("title"),
                quantity=part.decimal("qty"),
                unit=_unit(part),
            )
            for part in raw.items("parts")
        ],
        "completion_notes": raw.text("note"),
        "custom_fields": raw.object("extra"),
    }


def purchase_order(raw: Raw) -> Fields:
    """Map an order with its lines; its delivery is the one of the earliest open line."""
    lines = [_line(line) for line in raw.items("lines")]
    return _common(raw) | {
        "number": raw.text("key"),
        "display_name": raw.text("key"),
        "remote_vendor_id": raw.text("supplier"),
        "remote_site_id": raw.text("plant"),
        "buyer": _person(raw, "buyer"),
        "status": raw.choice("state", PURCHASE_ORDER_STATUS),
        "remote_status": raw.text("state"),
        "order_date": raw.day("orderedOn"),
        "required_date": raw.day("neededBy"),
        "delivery_date": min(_open_days(lines), default=raw.day("promisedFor")),
        "approved_at": raw.time("approvedAt"),
        "currency": raw.text("currency"),
        "payment_terms": raw.text("terms"),
        "ship_to": _address(raw, "shipTo"),
        "bill_to": _address(raw, "billTo"),
        "net_total": raw.decimal("net"),
        "tax_total": raw.decimal("tax"),
        "gross_total": raw.decimal("gross"),
        "lines": lines,
        "custom_fields": raw.object("extra"),
    }


def _open_days(lines: Iterable[PurchaseOrderLine]) -> Iterator[date]:
    for line in lines:
        is_open = (line.received_quantity or 0) < (line.quantity or 0)
        if is_open and line.delivery_date:
            yield line.delivery_date


def _line(raw: Raw) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        remote_id=raw.text("pos"),
        line_number=raw.integer("pos"),
        remote_material_id=raw.text("item"),
        description=raw.text("title"),
        quantity=raw.decimal("qty"),
        received_quantity=raw.decimal("qtyReceived"),
        unit=_unit(raw),
        unit_price=raw.decimal("unitPrice"),
        discount=raw.decimal("discount"),
        net_total=raw.decimal("net"),
        delivery_date=raw.day("promisedFor"),
        remote_account_id=raw.text("account"),
        remote_asset_id=raw.text("machine"),
        remote_work_order_id=raw.text("job"),
    )


def _common(raw: Raw) -> Fields:
    return {
        "display_id": raw.text("key"),
        "display_name": raw.text("title"),
        "created_at": raw.time("created"),
        "remote_modified_at": raw.time("changed"),
        "deleted_at": raw.time("archived"),
    }


def _unit(raw: Raw) -> str | None:
    word = raw.text("uom")
    return UNITS.get(word, word) if word else None


def _address(raw: Raw, field: str) -> Address | None:
    street, city = raw.text(f"{field}.street"), raw.text(f"{field}.city")
    if not (street or city):
        return None
    return Address(
        street=street,
        city=city,
        postal_code=raw.text(f"{field}.postcode"),
        country=raw.text(f"{field}.country"),
    )


def _person(raw: Raw, field: str) -> Person | None:
    name = raw.text(f"{field}.name")
    if not name:
        return None
    return Person(remote_id=raw.text(f"{field}.key"), name=name, email=raw.text(f"{field}.mail"))


MAPPINGS: Mapping[str, Callable[[Raw], Fields]] = {
    "sites": site,
    "locations": location,
    "vendors": vendor,
    "materials": material,
    "storerooms": storeroom,
    "stocks": stock,
    "assets": asset,
    "work_orders": work_order,
    "purchase_orders": purchase_order,
}
