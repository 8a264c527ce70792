"""What people do to a connection: edit, reconnect, reactivate, delete what it left."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from drawbar.connections import actions, ending, store
from drawbar.connections.model import ChangedConnection, Connection
from drawbar.connectors.catalogue import CATALOGUE
from drawbar.connectors.sdk.manifest import Manifest
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_HUB, WRITE_HUB
from drawbar.kit import json
from drawbar.kit.errors import FieldError, Problem, conflict, invalid
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheDatabase, TheHttp, TheVault
from drawbar.link.form import PREFIX, credentials_of, placed
from drawbar.link.guide import guide_markup
from drawbar.link.words import explained
from drawbar.ui.reader import gettext, writing_for
from drawbar.ui.responses import Page, go_on, reader_of
from drawbar.workspaces import credits
from drawbar.workspaces import store as workspaces

AnyRequest = Request[Any, Any, Any]
PATH = "/hub/connections"
NEVER_KEPT = {"Cache-Control": "no-store"}
MINUTE = 60


@get("/connections/{id:uuid}/edit", guards=[session(WRITE_HUB)], opt={"query": {}})
async def ask_for_changes(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Show what may be changed about a connection."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        connection = await store.CONNECTIONS.get(tx, id)
    return _edit(connection, _typed(connection), ())


@post("/connections/{id:uuid}/edit", guards=[session(WRITE_HUB)], opt={"query": {}})
async def change(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Response[Any]:
    """Change it, or say beside the field what is wrong."""
    actor, sent = actor_of(request), await fields(request)
    async with database.writing(actor.workspace_id) as tx:
        connection = await store.CONNECTIONS.get(tx, id)
        try:
            wish = _wish(sent)
        except Problem as problem:
            return _edit(connection, sent, problem.errors)
        await actions.change(tx, actor, id, wish)
    return go_on(request, f"{PATH}/{id}", "Saved")


@get("/connections/{id:uuid}/reconnect", guards=[session(WRITE_HUB)], opt={"query": {}})
async def ask_for_credentials(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> Page:
    """Show the form of the system's credentials for a connection that is there already."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        connection = await store.CONNECTIONS.get(tx, id)
    typed = {f"{PREFIX}{name}": str(text) for name, text in connection.settings.items()}
    return _reconnect(request, connection, typed, ())


@post("/connections/{id:uuid}/reconnect", guards=[session(WRITE_HUB)], opt={"query": {}})
async def reconnect(
    request: AnyRequest, database: TheDatabase, http: TheHttp, vault: TheVault, id: FromPath[UUID]
) -> Response[Any]:
    """Try fresh credentials; the connection goes on with them, its tokens end."""
    actor, sent = actor_of(request), await fields(request)
    async with database.reading(actor.workspace_id) as tx:
        connection = await store.CONNECTIONS.get(tx, id)
    manifest = _manifest(connection)
    try:
        credentials = credentials_of(manifest, sent)
        await actions.reauthorize(database, http, vault, actor, id, credentials)
    except Problem as problem:
        with writing_for(reader_of(request)):
            errors = explained(problem, manifest)
        return _reconnect(request, connection, sent, errors)
    return go_on(request, f"{PATH}/{id}", "Reconnected; make a new token for it")


@get("/connections/{id:uuid}/reactivate", guards=[session(READ_HUB)], opt={"query": {}})
async def ask_to_reactivate(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Say what reactivating costs and whether the pool has it."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        connection = await store.CONNECTIONS.get(tx, id)
        pool, plan = await workspaces.pool(tx), await workspaces.plan(tx)
    return Page(
        "dashboard/connections/reactivate.html",
        {
            "connection": connection,
            "cost": credits.price(connection.tier, connection.deployment),
            "pool": pool,
            "may_go_over": plan == "paid",
            "may_write": actor_of(request).may(WRITE_HUB),
        },
    )


@post("/connections/{id:uuid}/reactivate", guards=[session(WRITE_HUB)], opt={"query": {}})
async def reactivate(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> Response[Any]:
    """Take the credits, beyond the pool when that was ticked."""
    actor, sent = actor_of(request), await fields(request)
    async with database.writing(actor.workspace_id) as tx:
        await actions.reactivate(tx, actor, id, overage=sent.get("overage") == "true")
    return go_on(request, f"{PATH}/{id}", "Reactivated")


@get("/connections/{id:uuid}/delete-data", guards=[session(WRITE_HUB)], opt={"query": {}})
async def ask_to_delete_data(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> Page:
    """Say that this is for good, and ask."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        connection = await store.CONNECTIONS.get(tx, id)
    return Page("dashboard/connections/delete_data.html", {"connection": connection})


@post("/connections/{id:uuid}/delete-data", guards=[session(WRITE_HUB)], opt={"query": {}})
async def delete_data(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> Response[Any]:
    """Delete the records of a disconnected connection for good."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        await ending.erase_records(tx, actor, id)
    return go_on(request, f"{PATH}/{id}", "Its data is being deleted")


ROUTES = [
    ask_for_changes,
    change,
    ask_for_credentials,
    reconnect,
    ask_to_reactivate,
    reactivate,
    ask_to_delete_data,
    delete_data,
]


def _typed(connection: Connection) -> dict[str, str]:
    return {
        "name": connection.name,
        "email": connection.email,
        "customer_reference": connection.customer_reference,
        "tags": ", ".join(connection.tags),
        "user_metadata": "\n".join(
            f"{key}: {_text(v)}" for key, v in connection.user_metadata.items()
        ),
        "minutes": str(connection.sync_interval_seconds // MINUTE),
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.encode(value).decode()


def _wish(sent: dict[str, str]) -> ChangedConnection:
    minutes = sent.get("minutes", "").strip()
    if not (minutes.isascii() and minutes.isdecimal() and 1 <= int(minutes) <= 1440):  # noqa: PLR2004
        raise invalid("minutes", "Write a number of minutes from 1 to 1440, which is a day.")
    tags = [word.strip() for word in sent.get("tags", "").split(",") if word.strip()]
    given = {
        "name": sent.get("name", "").strip(),
        "email": sent.get("email", "").strip(),
        "customer_reference": sent.get("customer_reference", "").strip(),
        "tags": list(dict.fromkeys(tags)),
        "user_metadata": _metadata(sent.get("user_metadata", "")),
        "sync_interval_seconds": int(minutes) * MINUTE,
    }
    for name, value in given.items():
        try:
            msgspec.convert({name: value}, ChangedConnection)
        except msgspec.ValidationError as error:
            field = "minutes" if name == "sync_interval_seconds" else name
            raise invalid(field, "This is empty or too long.") from error
    return msgspec.convert(given, ChangedConnection)


def _metadata(text: str) -> dict[str, Any]:
    """Read `key: value`, a line each; a value may be JSON."""
    found: dict[str, Any] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        key, colon, value = line.partition(":")
        if not colon or not key.strip():
            raise invalid("user_metadata", "Write a key, a colon and a value on each line.")
        try:
            found[key.strip()] = msgspec.json.decode(value.strip())
        except msgspec.DecodeError:
            found[key.strip()] = value.strip()
    return found


def _edit(connection: Connection, typed: dict[str, str], errors: tuple[FieldError, ...]) -> Page:
    return Page(
        "dashboard/connections/edit.html",
        {
            "connection": connection,
            "typed": typed,
            "errors": {one.field: one.message for one in errors},
        },
        status_code=422 if errors else 200,
    )


def _manifest(connection: Connection) -> Manifest:
    connector = CATALOGUE.get(connection.system)
    if connector is None or connector.oauth or connection.status in {"pending", "disconnected"}:
        raise conflict(
            "This connection is not reconnected by a form. Make a magic link for it instead, "
            "or connect the system anew if it is disconnected."
        )
    return connector.manifest


def _reconnect(
    request: AnyRequest,
    connection: Connection,
    typed: dict[str, str],
    errors: tuple[FieldError, ...],
) -> Page:
    manifest = _manifest(connection)
    with writing_for(reader_of(request)):
        guide = guide_markup(gettext(manifest.guide))
    return Page(
        "dashboard/connections/reconnect.html",
        {
            "connection": connection,
            "manifest": manifest,
            "guide": guide,
            "typed": typed,
            "errors": placed(manifest, errors),
        },
        status_code=422 if errors else 200,
        headers=NEVER_KEPT,
    )
