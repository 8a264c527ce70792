"""Making a workspace and the person who owns it."""

from typing import Literal
from uuid import UUID

import msgspec

from drawbar import audit
from drawbar.audit import Actor
from drawbar.identity import store as identity
from drawbar.identity.actions import open_session
from drawbar.identity.model import SETUP_LINK_LIFE, SHORTEST_PASSWORD, Token
from drawbar.identity.passwords import hash_password
from drawbar.identity.people import is_email, is_name
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


async def set_up(database: Database, token: str, new: NewOwner, *, agent: str = "") -> Token:
    """Make the first owner by a one-time link, which ends, and sign them in.

    Raises SetupLinkDead, or 422 that names each field at fault.
    """
    password_hash = await _checked(new)
    async with database.as_system("make the first owner") as tx:
        if not await setup_link_lives(tx, token):
            raise SetupLinkDead
        owner = await _add_owner(tx, new, password_hash, "paid")
        return await open_session(tx, owner.user_id, owner.workspace_id, agent)


async def _checked(new: NewOwner) -> str:
    errors = [
        FieldError(field, message)
        for field, fits, message in (
            (
                "workspace_name",
                is_name(new.workspace_name),
                "Write the name of your company or plant.",
            ),
            ("name", is_name(new.name), "Write your name."),
            (
                "email",
                is_email(new.email),
                "Write an address such as alice@example.com.",
            ),
            (
                "password",
                len(new.password) >= SHORTEST_PASSWORD,
                f"Use at least {SHORTEST_PASSWORD} characters.",
            ),
        )
        if not fits
    ]
    if errors:
        raise invalid_fields(tuple(errors))
    return await hash_password(new.password)


async def _add_owner(tx: System, new: NewOwner, password_hash: str, plan: Plan) -> Owner:
    email, name = new.email.strip(), new.name.strip()
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
