"""Making a workspace and the person who owns it."""

from typing import Literal
from uuid import UUID

import msgspec

from drawbar import audit
from drawbar.audit import Actor
from drawbar.identity import account_store, attempt_store, link_store
from drawbar.identity import store as identity
from drawbar.identity.actions import open_session
from drawbar.identity.attempt_store import Attempt
from drawbar.identity.links import live_link, use_link
from drawbar.identity.model import SETUP_LINK_LIFE, Token, Visit
from drawbar.identity.passwords import fault_of, hash_password
from drawbar.identity.people import is_email, is_name
from drawbar.identity.throttle import ACCOUNT
from drawbar.kit.crypto import fingerprint
from drawbar.kit.db import Database, System
from drawbar.kit.errors import FieldError, conflict, invalid_fields
from drawbar.kit.ids import new_id
from drawbar.workspaces import credits, store

Plan = Literal["trial", "paid"]
FIRST_CREDITS: dict[Plan, int] = {"trial": 1, "paid": 10}
"""Granted with a new workspace: its operator makes paid ones, whoever signs up gets a trial."""


class NewOwner(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the first person of a workspace."""

    email: str
    name: str
    password: str
    workspace_name: str

    def __repr__(self) -> str:
        return f"NewOwner({self.email!r}, {self.workspace_name!r})"


class Owner(msgspec.Struct, frozen=True):
    """A person and the workspace they own."""

    user_id: UUID
    workspace_id: UUID


class SetupLinkDead(Exception):  # noqa: N818 - says a state
    """The link was used, has expired, or somebody has an account already."""


async def create_owner(database: Database, new: NewOwner, *, plan: Plan = "paid") -> Owner:
    """Make a person and a workspace with both products that they own.

    Raises 422 that names each field at fault, and 409 for an address that has an account.
    """
    password_hash = await _checked(new)
    async with database.as_system("make a workspace and its owner") as tx:
        return await _add_owner(tx, new, password_hash, plan)


async def setup_link_lives(tx: System, token: str) -> bool:
    """Whether the one-time link of the first owner may still be used, holding it."""
    made_at = await identity.setup_link_made_at(tx, fingerprint(token))
    fresh = made_at is not None and tx.now - made_at < SETUP_LINK_LIFE
    return fresh and not await identity.has_people(tx)


async def set_up(database: Database, token: str, new: NewOwner, visit: Visit) -> Token:
    """Make the first owner by a one-time link, which ends, and sign them in.

    Raises SetupLinkDead, or 422 that names each field at fault.
    """
    password_hash = await _checked(new)
    async with database.as_system("make the first owner") as tx:
        if not await setup_link_lives(tx, token):
            raise SetupLinkDead
        owner = await _add_owner(tx, new, password_hash, "paid")
        return await open_session(tx, owner.user_id, owner.workspace_id, visit)


async def sign_up_address(database: Database, token: str) -> str:
    """Return the address a sign-up link was sent to; raise LinkDead."""
    async with database.as_system("does this sign-up link live") as tx:
        return (await live_link(tx, token, "sign_up")).email


async def sign_up(database: Database, token: str, new: NewOwner, visit: Visit) -> Token:
    """Make a trial workspace and its owner by a letter's link, and sign them in.

    The address is the one the letter went to. Raises LinkDead, 422 that names each field at
    fault, and 409 for an address that has got an account meanwhile.
    """
    email = await sign_up_address(database, token)
    new = msgspec.structs.replace(new, email=email)
    password_hash = await _checked(new)
    async with database.as_system("make a trial workspace and its owner") as tx:
        await use_link(tx, token, "sign_up")
        await link_store.end_all_to(tx, email)
        owner = await _add_owner(tx, new, password_hash, "trial")
        await account_store.confirm_email(tx, owner.user_id)
        return await open_session(tx, owner.user_id, owner.workspace_id, visit)


async def _checked(new: NewOwner) -> str:
    address = "" if is_email(new.email) else "Write an address such as alice@example.com."
    company = "Write the name of your company or plant."
    faults = {
        "workspace_name": "" if is_name(new.workspace_name) else company,
        "name": "" if is_name(new.name) else "Write your name.",
        "email": address,
        "password": fault_of(new.password, new.email.strip()),
    }
    errors = tuple(FieldError(field, fault) for field, fault in faults.items() if fault)
    if errors:
        raise invalid_fields(errors)
    return await hash_password(new.password, email=new.email.strip())


async def _add_owner(tx: System, new: NewOwner, password_hash: str, plan: Plan) -> Owner:
    email, name = new.email.strip(), new.name.strip()
    await attempt_store.hold(tx, Attempt(ACCOUNT, email, ""))
    if await identity.person_by_email(tx, email):
        raise conflict(f"{email} has an account already.")
    owner = Owner(user_id=new_id(), workspace_id=new_id())
    await identity.add_person(tx, owner.user_id, email, name, password_hash, tx.now)
    await identity.end_setup_links(tx)
    await store.add_workspace(
        tx, owner.workspace_id, new.workspace_name.strip(), plan, ["hub", "assets"]
    )
    inside = tx.inside(owner.workspace_id)
    await identity.add_membership(inside, owner.user_id, "owner", "admin")
    await credits.grant(inside, FIRST_CREDITS[plan], "set-up")
    actor = Actor(kind="user", id=owner.user_id, label=name, workspace_id=owner.workspace_id)
    await audit.record(inside, actor, "workspace.created", owner.workspace_id)
    return owner
