"""The demo's accounts: vendor, demo user, Delta's key, the vendor's application."""

from collections.abc import Iterable
from uuid import UUID

from drawbar.demo.place import demo_id
from drawbar.demo.record import DemoRecord
from drawbar.house.mendable import Mendable
from drawbar.identity import store
from drawbar.identity.application_store import owner_of_client
from drawbar.identity.passwords import hash_password
from drawbar.kit.crypto import fingerprint
from drawbar.kit.db import Database, System
from drawbar.workspaces import credits
from drawbar.workspaces.store import add_workspace, pool

VENDOR = "Fleetwise Software"
VENDOR_ID = demo_id("fleetwise", "workspace")
USER_ID = demo_id("fleetwise", "user")
SECOND = "Rosa Second"
SECOND_ID = demo_id("fleetwise", "second user")
CREDITS = 20
EXAMPLE_VENDOR = "http://localhost:8901/connected"
"""Where `examples/vendor.py` takes codes."""


class DemoRecordLostError(Mendable):
    """The demo's user exists but not the file with the password; the text says what to do."""


async def add_people(database: Database, record: DemoRecord) -> None:
    """Make the vendor's workspace, its application and the people; what exists stays."""
    password_hash = await hash_password(record.password)
    others = [(one.email, await hash_password(one.password)) for one in record.people[:1]]
    async with database.as_system("load the demo") as tx:
        await _add_user(tx, record, password_hash)
        await add_workspace(tx, VENDOR_ID, VENDOR, "paid", ["hub"])
        await _join(tx, VENDOR_ID, USER_ID, "owner", "admin")
        for email, second_hash in others:
            if await store.person_by_email(tx, email) is None:
                await store.add_person(tx, SECOND_ID, email, SECOND, second_hash, tx.now)
            await _join(tx, VENDOR_ID, SECOND_ID, "developer", None)
        if await owner_of_client(tx, record.admin.client_id) is None:
            await store.add_application(
                tx.inside(VENDOR_ID),
                demo_id("fleetwise", "application"),
                "Fleetwise demo",
                record.admin.client_id,
                fingerprint(record.admin.client_secret),
                "development",
                [EXAMPLE_VENDOR],
            )
    async with database.writing(VENDOR_ID) as tx:
        if (await pool(tx)).granted == 0:
            await credits.grant(tx, CREDITS, "demo")


async def add_organizations(
    database: Database, record: DemoRecord, names: Iterable[tuple[UUID, str]]
) -> None:
    """Make an organisation's workspace per airline, with the record's people in it."""
    async with database.as_system("load the demo") as tx:
        for id, name in names:
            await add_workspace(tx, id, name, "paid", ["assets"])
            await _join(tx, id, USER_ID, "owner", "admin")
            if record.people:
                await _join(tx, id, SECOND_ID, None, "inspector")


async def add_key(database: Database, organization_id: UUID, key: str) -> None:
    """Give an organisation the API key of the record, unless it has it."""
    async with database.as_system("load the demo") as tx:
        if await store.owner_of_api_key(tx, fingerprint(key)) is None:
            await store.add_api_key(
                tx.inside(organization_id),
                demo_id("delta", "api_key"),
                "Demo",
                key[:8],
                fingerprint(key),
                ["admin"],
            )


async def _add_user(tx: System, record: DemoRecord, password_hash: str) -> None:
    known = await store.person_by_email(tx, record.email)
    if known is None:
        await store.add_person(tx, USER_ID, record.email, "Demo user", password_hash, tx.now)
    elif known.id != USER_ID or await owner_of_client(tx, record.admin.client_id) is None:
        raise DemoRecordLostError(
            f"{record.email} has an account already, but its password was in a demo.json that is "
            "gone. Put the file back, or start afresh with another DRAWBAR_DATA."
        )


async def _join(
    tx: System, workspace_id: UUID, user_id: UUID, hub_role: str | None, asset_role: str | None
) -> None:
    joined = {each.workspace_id for each in await store.memberships(tx, user_id)}
    if workspace_id not in joined:
        await store.add_membership(tx.inside(workspace_id), user_id, hub_role, asset_role)
