"""Making, changing and ending a workspace's applications (OAuth clients)."""

import re
import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from drawbar import audit
from drawbar.audit import Actor
from drawbar.identity import application_store, store
from drawbar.identity.application_store import Application
from drawbar.identity.logos import logo_type
from drawbar.identity.redirects import checked_redirect_uris
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import Writing
from drawbar.kit.errors import FieldError, Problem, conflict, invalid_fields, not_found
from drawbar.kit.ids import new_id

ENVIRONMENTS = ("development", "production")
LONGEST_NAME = 100
CLIENT_ID_BYTES = 12
FORMER_SECRET_LIFE = timedelta(hours=24)
"""How long the secret before a new one still works, so that programs can be told of the new one."""
_COLOUR = re.compile(r"(#[0-9a-f]{6})?")


class NewApplication(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An application to be made. A public one runs where no secret can be kept, and gets none."""

    name: str
    environment: str = "development"
    is_public: bool = False
    redirect_uris: list[str] = []
    colour: str = ""
    asks_for_webhook: bool = False


class ChangedApplication(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed about an application later."""

    name: str | UnsetType = UNSET
    redirect_uris: list[str] | UnsetType = UNSET
    colour: str | UnsetType = UNSET
    asks_for_webhook: bool | UnsetType = UNSET


class Made(msgspec.Struct, frozen=True):
    """An application with a fresh secret, shown this once; a public one has none."""

    application: Application
    secret: str | None

    def __repr__(self) -> str:
        return f"Made({self.application.client_id!r})"


async def make_application(tx: Writing, actor: Actor, wish: NewApplication) -> Made:
    """Make an application; raise 422 that names each field at fault."""
    name, colour = wish.name.strip(), wish.colour.strip().lower()
    _check(name, wish.environment, colour, wish.redirect_uris)
    id, secret = new_id(), None if wish.is_public else new_secret("dbs_")
    client_id = f"dbi_{secrets.token_hex(CLIENT_ID_BYTES)}"
    hash = fingerprint(secret) if secret else None
    await store.add_application(tx, id, name, client_id, hash, wish.environment)
    made = msgspec.structs.replace(
        await held(tx, id),
        redirect_uris=tuple(dict.fromkeys(wish.redirect_uris)),
        colour=colour,
        asks_for_webhook=wish.asks_for_webhook,
    )
    await application_store.save_application(tx, made)
    await audit.record(tx, actor, "application.created", id, after=made)
    return Made(made, secret)


async def change_application(
    tx: Writing, actor: Actor, id: UUID, wish: ChangedApplication
) -> Application:
    """Change name, redirect URIs, colour or the webhook question; 404, or 422 by field."""
    before = await held(tx, id)
    fields = {name: getattr(wish, name) for name in wish.__struct_fields__}
    given = {name: value for name, value in fields.items() if value is not UNSET}
    after = msgspec.structs.replace(before, **given)
    after = msgspec.structs.replace(
        after,
        name=after.name.strip(),
        colour=after.colour.strip().lower(),
        redirect_uris=tuple(dict.fromkeys(after.redirect_uris)),
    )
    _check(after.name, after.environment, after.colour, after.redirect_uris)
    if after != before:
        await application_store.save_application(tx, after)
        await audit.record(tx, actor, "application.changed", id, before=before, after=after)
    return after


async def change_logo(tx: Writing, actor: Actor, id: UUID, picture: bytes | None) -> Application:
    """Give an application a PNG, JPEG or WebP as its logo, or none; 404, or 422 for any other."""
    before = await held(tx, id)
    kind = "" if picture is None else logo_type(picture)
    await application_store.save_logo(tx, id, picture, kind)
    after = msgspec.structs.replace(before, logo_type=kind)
    await audit.record(tx, actor, "application.logo_changed", id, before=before, after=after)
    return after


async def rotate_secret(tx: Writing, actor: Actor, id: UUID, *, keep_former: bool = True) -> Made:
    """Give an application a new secret; the one before works another day, unless it is to end now.

    At most two work at a time. Raises 404, and 409 for a public client.
    """
    before = await held(tx, id)
    if before.is_public:
        raise conflict("A public client has no secret: it proves itself by PKCE.")
    secret = new_secret("dbs_")
    ends_at = tx.now + FORMER_SECRET_LIFE if keep_former else None
    await application_store.replace_secret(tx, id, fingerprint(secret), ends_at)
    after = msgspec.structs.replace(before, former_secret_ends_at=ends_at)
    await audit.record(tx, actor, "application.secret_rotated", id, before=before, after=after)
    return Made(after, secret)


async def end_application(tx: Writing, actor: Actor, id: UUID) -> None:
    """Revoke an application; its tokens die with it. Raises 404 when there is none."""
    if not await application_store.revoke_application(tx, id):
        raise not_found("application")
    await audit.record(tx, actor, "application.revoked", id)


async def held(tx: Writing, id: UUID) -> Application:
    """Return an application, held until the end of the transaction; 404 when there is none."""
    found = await application_store.application(tx, id, lock=True)
    if found is None:
        raise not_found("application")
    return found


def _check(name: str, environment: str, colour: str, redirect_uris: Sequence[str]) -> None:
    errors = []
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        errors.append(FieldError("name", f"Give it a name of at most {LONGEST_NAME} characters."))
    if environment not in ENVIRONMENTS:
        errors.append(FieldError("environment", f"Choose one of {', '.join(ENVIRONMENTS)}."))
    if not _COLOUR.fullmatch(colour):
        errors.append(FieldError("colour", "Write a colour as #0b7285, or leave it empty."))
    try:
        checked_redirect_uris(redirect_uris, environment)
    except Problem as problem:
        errors.extend(problem.errors)
    if errors:
        raise invalid_fields(tuple(errors))
