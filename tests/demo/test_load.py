"""Loading the demo: once, whole, and so that life can go on from it."""

import msgspec
import pytest

from drawbar.assettracs.assets.kinds import ASSET_TABLE
from drawbar.assettracs.counters import next_number
from drawbar.assettracs.inspections.model import INSPECTION_TABLE
from drawbar.assettracs.maintenance.model import WORK_ORDER_TABLE
from drawbar.demo.load import load
from drawbar.demo.model import DemoPlan, OrganizationPlan
from drawbar.demo.people import USER_ID, VENDOR_ID, DemoRecordLostError
from drawbar.demo.record import new_record
from drawbar.identity import session_store, store
from drawbar.identity.actions import sign_in
from drawbar.identity.model import Visit
from drawbar.kit.crypto import fingerprint
from drawbar.kit.db import Database
from drawbar.workspaces.store import pool

RECORD = new_record("http://drawbar.test")
"""One for all tests here: the demo's rows are the same ones in every load."""


@pytest.fixture(scope="session")
def hawaiian(demo: DemoPlan) -> OrganizationPlan:
    return next(plan for plan in demo.organizations if plan.carrier == "HA")


@pytest.fixture(scope="session")
def two_airlines(hawaiian: OrganizationPlan, delta: OrganizationPlan) -> DemoPlan:
    return DemoPlan(organizations=(hawaiian, delta), missing=())


def untold(_name: str, _done: int, _total: int) -> None:
    """Tell nobody."""


async def test_a_load_that_was_interrupted_goes_on_and_a_second_one_adds_nothing(
    database: Database, two_airlines: DemoPlan, delta: OrganizationPlan
) -> None:
    first = await load(database, DemoPlan((delta,), ()), RECORD, untold)
    rest = await load(database, two_airlines, RECORD, untold)
    again = await load(database, two_airlines, RECORD, untold)

    assert first > rest > 0
    assert again == 0


async def test_an_organisation_sees_its_own_aircraft_only(
    database: Database, two_airlines: DemoPlan, delta: OrganizationPlan
) -> None:
    await load(database, two_airlines, RECORD, untold)

    async with database.reading(delta.id) as tx:
        aircraft = await ASSET_TABLE.where(tx, "true")

    assert len(aircraft) == 617
    assert {each.id for each in aircraft} == {each.id for each in delta.assets}


async def test_nothing_was_modified_in_the_future(
    database: Database, two_airlines: DemoPlan, delta: OrganizationPlan
) -> None:
    await load(database, two_airlines, RECORD, untold)

    async with database.reading(delta.id) as tx:
        later = await INSPECTION_TABLE.where(tx, "modified_at > $1", tx.now)
        earlier = await INSPECTION_TABLE.where(tx, "modified_at < created_at")

    assert later == earlier == []


async def test_new_work_orders_are_numbered_after_the_loaded_ones(
    database: Database, two_airlines: DemoPlan, delta: OrganizationPlan
) -> None:
    await load(database, two_airlines, RECORD, untold)

    async with database.writing(delta.id) as tx:
        number = await next_number(tx, "work_order")
        taken = await WORK_ORDER_TABLE.where(tx, "number = $1", f"WO-{number}")

    assert taken == []
    assert number > len(delta.work_orders)


async def test_the_demo_user_is_everywhere_and_begins_at_the_vendor(
    database: Database, two_airlines: DemoPlan
) -> None:
    await load(database, two_airlines, RECORD, untold)

    token = await sign_in(database, RECORD.email, RECORD.password, Visit())
    async with database.as_system("tests") as tx:
        person = await session_store.signed_in(tx, fingerprint(token.text), "")
    async with database.reading(VENDOR_ID) as tx:
        credits = await pool(tx)

    assert person is not None
    assert person.user_id == USER_ID
    assert person.current.workspace_id == VENDOR_ID
    assert len(person.memberships) == 3
    assert credits.granted == 20


async def test_a_second_person_may_inspect_at_every_airline(
    database: Database, two_airlines: DemoPlan
) -> None:
    await load(database, two_airlines, RECORD, untold)
    (rosa,) = RECORD.people

    token = await sign_in(database, rosa.email, rosa.password, Visit())
    async with database.as_system("tests") as tx:
        person = await session_store.signed_in(tx, fingerprint(token.text), "")

    assert person is not None
    assert (person.name, person.current.hub_role) == ("Rosa Second", "developer")
    assert [each.asset_role for each in person.memberships].count("inspector") == 2


async def test_the_key_opens_deltas_organisation_as_admin(
    database: Database, two_airlines: DemoPlan, delta: OrganizationPlan
) -> None:
    await load(database, two_airlines, RECORD, untold)

    async with database.as_system("tests") as tx:
        owner = await store.owner_of_api_key(tx, fingerprint(RECORD.assettracs.api_key))

    assert owner is not None
    assert (owner.workspace_id, owner.scopes) == (delta.id, ["admin"])


async def test_a_lost_record_is_told_instead_of_a_second_user(
    database: Database, two_airlines: DemoPlan
) -> None:
    await load(database, two_airlines, RECORD, untold)
    another = msgspec.structs.replace(new_record("http://drawbar.test"), email=RECORD.email)

    with pytest.raises(DemoRecordLostError, match=r"demo\.json"):
        await load(database, two_airlines, another, untold)
