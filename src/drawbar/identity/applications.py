"""Making and ending a workspace's applications (OAuth clients)."""

import secrets
from uuid import UUID

import msgspec

from drawbar import audit
from drawbar.audit import Actor
from drawbar.identity import application_store, store
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import Writing
from drawbar.kit.errors import FieldError, invalid_fields, not_found
from drawbar.kit.ids import new_id

ENVIRONMENTS = ("development", "production")
LONGEST_NAME = 100
CLIENT_ID_BYTES = 12


class NewClient(msgspec.Struct, frozen=True):
    """An application's id and secret; the secret is shown this once and stored as a hash."""

    client_id: str
    secret: str

    def __repr__(self) -> str:
        return f"NewClient({self.client_id!r})"


async def make_application(tx: Writing, actor: Actor, name: str, environment: str) -> NewClient:
    """Make an application; raise 422 that names the field at fault."""
    errors = []
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        errors.append(FieldError("name", f"Give it a name of at most {LONGEST_NAME} characters."))
    if environment not in ENVIRONMENTS:
        errors.append(FieldError("environment", f"Choose one of {', '.join(ENVIRONMENTS)}."))
    if errors:
        raise invalid_fields(tuple(errors))
    id, made = new_id(), NewClient(f"dbi_{secrets.token_hex(CLIENT_ID_BYTES)}", new_secret("dbs_"))
    await store.add_application(
        tx, id, name.strip(), made.client_id, fingerprint(made.secret), environment
    )
    await audit.record(tx, actor, "application.created", id)
    return made


async def end_application(tx: Writing, actor: Actor, id: UUID) -> None:
    """Revoke an application; its tokens die with it. Raises 404 when there is none."""
    if not await application_store.revoke_application(tx, id):
        raise not_found("application")
    await audit.record(tx, actor, "application.revoked", id)
