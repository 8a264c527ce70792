"""The doors: every route names the credential and the right it asks for, or says it is public."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from drawbar.audit import Actor
from drawbar.identity import session_store, store
from drawbar.identity.model import Membership, SignedIn
from drawbar.identity.rights import (
    ADMIN_TOKEN,
    ASSET_ROLES,
    CONNECTION_TOKEN,
    HUB_ROLES,
    KEY_SCOPES,
)
from drawbar.kit import csrf
from drawbar.kit.crypto import fingerprint
from drawbar.kit.db import Database, System
from drawbar.kit.errors import denied, unauthenticated
from drawbar.kit.http import throttle
from drawbar.kit.http.clients import address_of

Owner = TypeVar("Owner")
COOKIE = "drawbar_session"
ANY = "any"
"""Stands for whatever right there is: being a member is enough."""
BUCKETS = {"api_key": "key", "admin_token": "application", "connection_token": "connection"}
"""What a credential's requests are counted by: one bucket for all tokens of a connection."""
AnyConnection = ASGIConnection[Any, Any, Any, Any]


class Elsewhere(Exception):  # noqa: N818 - it leads to another page
    """A browser asked for a page that is not for it; `address` is where to send it instead."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


class Door(msgspec.Struct, frozen=True):
    """A guard: `credential` is session, api_key, admin_token or connection_token."""

    credential: str
    right: str

    async def __call__(self, connection: AnyConnection, _: BaseRouteHandler) -> None:
        """Find out who asks, and refuse those without the right."""
        actor = await _OPENERS[self.credential](connection)
        connection.state.actor = actor
        if self.credential != "session":
            throttle.take(connection, f"{BUCKETS[self.credential]}:{actor.id}")
        if self.credential == "session" and self.right != ANY:
            _lead_out_of_a_closed_half(connection, self.right)
        if self.right != ANY and not actor.may(self.right):
            raise denied(f"This needs the right {self.right}; {actor.label} does not have it.")


def session(right: str) -> Door:
    """Ask for a signed-in person with this right; unsafe methods only from our own pages."""
    return Door("session", right)


def member() -> Door:
    """Ask for a signed-in person, whatever they may do in their workspace."""
    return session(ANY)


def api_key(right: str) -> Door:
    """Ask for an asset API key."""
    return Door("api_key", right)


def admin_token(right: str) -> Door:
    """Ask for an application's token (`client_credentials`)."""
    return Door("admin_token", right)


def connection_token(right: str) -> Door:
    """Ask for a connection's token."""
    return Door("connection_token", right)


def public(reason: str) -> dict[str, str]:
    """Declare a route open to everybody, with the reason: `opt=public("…")`."""
    return {"public": reason}


def actor_of(connection: AnyConnection) -> Actor:
    """Return the actor the route's door let in."""
    actor: Actor = connection.state.actor
    return actor


def person_of(connection: AnyConnection) -> SignedIn:
    """Return the signed-in person behind a session route."""
    person: SignedIn = connection.state.person
    return person


async def recognised(connection: AnyConnection) -> SignedIn | None:
    """Return who is signed in, or None; a public page then shows them their frame."""
    token = connection.cookies.get(COOKIE, "")
    if not token:
        return None
    async with _database(connection).as_system("who holds this session") as tx:
        address = address_of(connection.scope)
        person = await session_store.signed_in(tx, fingerprint(token), address)
    if person is not None:
        connection.state.person = person
        # Pages are written in this person's language and time zone (ui.responses.reader_of).
        connection.scope["user"] = person
    return person


async def _person(connection: AnyConnection) -> Actor:
    person = await recognised(connection)
    if person is None:
        raise Elsewhere(f"/login?next={_wanted(connection)}")
    refuse_foreign_pages(connection)
    return Actor(
        kind="user",
        id=person.user_id,
        label=person.name,
        workspace_id=person.current.workspace_id,
        rights=_rights_of(person.current),
    )


def _rights_of(membership: Membership) -> frozenset[str]:
    hub = HUB_ROLES[membership.hub_role if membership.opens("hub") else None]
    return hub | ASSET_ROLES[membership.asset_role if membership.opens("assets") else None]


def _lead_out_of_a_closed_half(connection: AnyConnection, right: str) -> None:
    """Send a browser home from pages of a half that its workspace or member does not have."""
    half = right.partition(".")[0]
    if _method(connection) == "GET" and not person_of(connection).current.opens(half):
        raise Elsewhere("/")


def refuse_foreign_pages(connection: AnyConnection) -> None:
    """Raise 403 when a cookie-borne change does not come from one of our own pages."""
    own = connection.app.state.settings.address
    headers = {name.lower(): value for name, value in connection.headers.items()}
    if not csrf.allowed(_method(connection), headers, own):
        raise denied("This change did not come from a page of this Drawbar. Reload it and retry.")


async def _api_key(connection: AnyConnection) -> Actor:
    key = await _owner(connection, store.owner_of_api_key)
    if key is None:
        raise unauthenticated("This API key is unknown or was revoked. Make one in Settings.")
    rights = frozenset[str]().union(*(KEY_SCOPES.get(scope, frozenset()) for scope in key.scopes))
    return Actor(
        kind="api_key", id=key.id, label=key.name, workspace_id=key.workspace_id, rights=rights
    )


async def _admin_token(connection: AnyConnection) -> Actor:
    actor = await _token_actor(connection)
    if actor.kind != "application":
        raise denied("A connection token does not open the Admin API; use client_credentials.")
    return actor


async def _connection_token(connection: AnyConnection) -> Actor:
    actor = await _token_actor(connection)
    if actor.kind != "connection":
        raise denied("The unified API takes a connection's token, not an Admin API token.")
    return actor


async def _token_actor(connection: AnyConnection) -> Actor:
    owner = await _owner(connection, store.owner_of_token)
    if owner is None:
        raise unauthenticated("This token is unknown, expired or revoked. Get a new one.")
    is_admin = owner.kind == "admin"
    actor = Actor(
        kind="application" if is_admin else "connection",
        id=owner.application_id if is_admin else owner.connection_id,
        label="application" if is_admin else "connection",
        workspace_id=owner.workspace_id,
        rights=ADMIN_TOKEN if is_admin else CONNECTION_TOKEN,
        connection_id=owner.connection_id,
    )
    # Noted before the door decides: a refusal belongs to somebody, whose log shows it.
    connection.state.actor = actor
    return actor


async def _owner(
    connection: AnyConnection, look_up: Callable[[System, bytes], Awaitable[Owner | None]]
) -> Owner | None:
    """Look up whose bearer credential was shown, unless its sender only guesses."""
    shown = fingerprint(_bearer(connection))
    throttle.refuse_guessers(connection, shown)
    async with _database(connection).as_system("whose credential is this") as tx:
        owner = await look_up(tx, shown)
    throttle.limits_of(connection).note(shown, accepted=owner is not None)
    return owner


def _bearer(connection: AnyConnection) -> str:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise unauthenticated("Send `Authorization: Bearer …`.")
    return token.strip()


def _database(connection: AnyConnection) -> Database:
    database: Database = connection.app.state.database
    return database


def _method(connection: AnyConnection) -> str:
    return str(connection.scope.get("method", "GET"))


def _wanted(connection: AnyConnection) -> str:
    if _method(connection) != "GET":
        return "/"
    query = connection.scope["query_string"].decode("latin-1")
    return quote(connection.url.path + (f"?{query}" if query else ""), safe="/")


_OPENERS = {
    "session": _person,
    "api_key": _api_key,
    "admin_token": _admin_token,
    "connection_token": _connection_token,
}
