"""What every change of one's own account does: ask the password, and tell one's workspaces.

An account belongs to a person, not to a workspace; but whoever answers for a workspace must see
when a member's way in changed. So each workspace of the person gets the entry.
"""

from uuid import UUID

from drawbar import audit
from drawbar.audit import Actor
from drawbar.identity import attempt_store, store
from drawbar.identity.attempt_store import Attempt
from drawbar.identity.model import SignedIn
from drawbar.identity.passwords import matches
from drawbar.identity.throttle import OWN_PASSWORD, OWN_PASSWORDS, allow
from drawbar.kit.db import Database, System
from drawbar.kit.errors import invalid


async def check_own_password(database: Database, person: SignedIn, password: str) -> None:
    """Raise 422 for `current` unless this is the person's password, TooOften for a guesser."""
    attempt = Attempt(OWN_PASSWORD, str(person.user_id), "")
    async with database.as_system("read a password's hash") as tx:
        await allow(tx, attempt, OWN_PASSWORDS)
        stored = (await store.person(tx, person.user_id)).password_hash
    if not await matches(stored, password):
        raise invalid("current", "This is not your password.")
    async with database.as_system("count the right password no more") as tx:
        await attempt_store.forget(tx, attempt)


async def tell_workspaces(tx: System, user_id: UUID, name: str, action: str) -> None:
    """Note in every workspace of a person what they did to their own account."""
    for one in await store.memberships(tx, user_id):
        actor = Actor(kind="user", id=user_id, label=name, workspace_id=one.workspace_id)
        await audit.record(tx.inside(one.workspace_id), actor, action, user_id)
