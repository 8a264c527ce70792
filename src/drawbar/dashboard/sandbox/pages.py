"""Routes of the switches of a sandbox connection."""

import re
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from drawbar.connections import store
from drawbar.connections.model import Connection
from drawbar.connections.sandbox import actions
from drawbar.connections.sandbox.actions import SANDBOXES, ChangedSwitches
from drawbar.connectors.catalogue import SYSTEMS
from drawbar.connectors.sandbox.switches import switches_in
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_HUB, WRITE_HUB
from drawbar.kit.errors import FieldError, Problem, invalid_fields
from drawbar.kit.http.forms import choices, fields
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.reader import gettext, writing_for
from drawbar.ui.responses import Page, go_on, reader_of

AnyRequest = Request[Any, Any, Any]
PATH = "/connections/{id:uuid}/sandbox"


def shown_switches(connection: Connection) -> dict[str, Any] | None:
    """Return what the form shows; None for a connection that is no sandbox, or has ended."""
    if connection.system not in SANDBOXES or connection.status == "disconnected":
        return None
    switches = switches_in(connection.settings)
    typed = {
        "delay_ms": str(switches.delay_ms or ""),
        "error_percent": f"{switches.error_rate * 100:g}" if switches.error_rate else "",
        "rate_limit_per_minute": str(switches.rate_limit_per_minute or ""),
        "outage": switches.outage,
        "credentials_expired": switches.credentials_expired,
        "denied_entities": switches.denied_entities,
    }
    return {"typed": typed, "errors": {}, "entities": SYSTEMS[connection.system].entities}


@get(PATH, guards=[session(READ_HUB)], opt={"query": {}})
async def show_switches(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Show the switches on a page of their own."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        await actions.switches_of(tx, id)
        connection = await store.CONNECTIONS.get(tx, id)
    return _page(request, connection, shown_switches(connection))


@post(PATH, guards=[session(WRITE_HUB)], opt={"query": {}})
async def turn_switches(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> Response[Any]:
    """Turn them, or say beside the field what cannot be."""
    actor, sent = actor_of(request), await fields(request)
    denied = tuple(await choices(request, "denied_entities"))
    try:
        with writing_for(reader_of(request)):
            wish = _wish(sent, denied)
        async with database.writing(actor.workspace_id) as tx:
            await actions.turn(tx, actor, id, wish)
    except Problem as problem:
        if not problem.errors:
            raise
        async with database.reading(actor.workspace_id) as tx:
            connection = await store.CONNECTIONS.get(tx, id)
        shown = shown_switches(connection) or {}
        shown["typed"] = {**sent, "denied_entities": denied}
        shown["errors"] = {one.field: one.message for one in problem.errors}
        return _page(request, connection, shown, status_code=422)
    return go_on(request, f"/hub/connections/{id}", "The sandbox is switched")


ROUTES = [show_switches, turn_switches]


def _wish(sent: dict[str, str], denied: tuple[str, ...]) -> ChangedSwitches:
    errors: list[FieldError] = []

    def number(name: str, least: int, most: int) -> int | None:
        text = sent.get(name, "").strip()
        if not text:
            return None
        if re.fullmatch(r"[0-9]{1,9}", text) and least <= int(text) <= most:
            return int(text)
        say = gettext("Enter a whole number from %(least)s to %(most)s, or nothing.")
        errors.append(FieldError(name, say % {"least": f"{least:,}", "most": f"{most:,}"}))
        return None

    delay, percent = number("delay_ms", 0, 60_000), number("error_percent", 0, 100)
    limit = number("rate_limit_per_minute", 1, 100_000)
    if errors:
        raise invalid_fields(tuple(errors))
    return msgspec.convert(
        {
            "delay_ms": delay or 0,
            "error_rate": (percent or 0) / 100,
            "rate_limit_per_minute": limit,
            "outage": sent.get("outage") == "true",
            "credentials_expired": sent.get("credentials_expired") == "true",
            "denied_entities": denied,
        },
        ChangedSwitches,
    )


def _page(
    request: AnyRequest,
    connection: Connection,
    sandbox: dict[str, Any] | None,
    status_code: int = 200,
) -> Page:
    return Page(
        "dashboard/sandbox/switches.html",
        {
            "connection": connection,
            "home": f"/hub/connections/{connection.id}",
            "sandbox": sandbox,
            "may_write": actor_of(request).may(WRITE_HUB),
        },
        status_code=status_code,
    )
