"""The first person: made on the command line, or by a one-time link."""

from uuid import UUID

from drawbar.identity import store
from drawbar.identity.passwords import hash_password
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import Database, open_database
from drawbar.kit.errors import conflict, invalid
from drawbar.kit.ids import new_id
from drawbar.workspaces.store import add_workspace


async def setup_link(app_url: str) -> str | None:
    """Return the token of a fresh set-up link, None when somebody has an account already."""
    async with open_database(app_url, size=1) as database, database.as_system("set-up link") as tx:
        if await store.has_people(tx):
            return None
        token = new_secret()
        await store.add_setup_link(tx, fingerprint(token))
        return token


async def create_owner(
    database: Database, email: str, name: str, workspace: str, password: str
) -> UUID:
    """Add a person and a workspace they own, with both products; return the workspace's id.

    Raises Problem: 422 for a wrong address or a short password, 409 for a known address.
    """
    if "@" not in email.strip("@"):
        raise invalid("email", "is no e-mail address.")
    password_hash = await hash_password(password)
    workspace_id, user_id = new_id(), new_id()
    async with database.as_system("first owner") as tx:
        if await store.person_by_email(tx, email):
            raise conflict(f"{email} has an account already.")
        await store.add_person(tx, user_id, email, name, password_hash, tx.now)
        await store.end_setup_links(tx)
        await add_workspace(tx, workspace_id, workspace, "paid", ["hub", "assets"])
        await store.add_membership(tx.inside(workspace_id), user_id, "owner", "admin")
    return workspace_id
