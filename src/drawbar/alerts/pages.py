"""Routes of alerts: what each member chooses, and the end of letters without a log-in."""

from typing import Any
from zoneinfo import available_timezones

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from drawbar.alerts import store, unsubscribing
from drawbar.alerts.model import KINDS, Choices, chosen, default_choices
from drawbar.identity.guards import actor_of, person_of, public, session
from drawbar.identity.rights import READ_HUB
from drawbar.kit.db import Database
from drawbar.kit.errors import Problem
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheDatabase, TheVault
from drawbar.kit.http.throttle import throttle
from drawbar.ui.responses import Page, go_on

AnyRequest = Request[Any, Any, Any]
PATH = "/hub/settings/alerts"
NEVER_KEPT = {"Cache-Control": "no-store"}
LOOKS_A_MINUTE = 30
DOOR: dict[str, Any] = {"guards": [session(READ_HUB)], "opt": {"query": {}}}
BY_TOKEN = {**public("the signed link under a letter is the right"), "query": {}}


@get(PATH, **DOOR)
async def show_choices(request: AnyRequest, database: TheDatabase) -> Page:
    """Show how the signed-in member is told of what."""
    return _page(request, await _choices(request, database), {})


@post(PATH, **DOOR)
async def save_choices(request: AnyRequest, database: TheDatabase) -> Response[Any]:
    """Keep what a member chose for the workspace they are in."""
    sent, actor, person = await fields(request), actor_of(request), person_of(request)
    before = await _choices(request, database)
    try:
        wish = chosen(sent)
    except Problem as problem:
        return _page(request, before, {one.field: one.message for one in problem.errors}, sent)
    async with database.writing(actor.workspace_id) as tx:
        await store.choose(tx, person.user_id, before, wish)
    return go_on(request, PATH, "Saved.")


@get(unsubscribing.PATH + "/{token:str}", opt=BY_TOKEN)
async def ask_to_stop(request: AnyRequest, vault: TheVault, token: FromPath[str]) -> Page:
    """Ask before letters end: a mail program may open every link by itself."""
    throttle(request, "unsubscribe", LOOKS_A_MINUTE)
    unsubscribing.reader_of(vault, token)
    return Page("alerts/stop.html", {"stopped": False}, headers=NEVER_KEPT)


@post(unsubscribing.PATH + "/{token:str}", status_code=200, opt=BY_TOKEN)
async def stop(
    request: AnyRequest, database: TheDatabase, vault: TheVault, token: FromPath[str]
) -> Page:
    """Switch letters off."""
    throttle(request, "unsubscribe", LOOKS_A_MINUTE)
    await unsubscribing.unsubscribe(database, unsubscribing.reader_of(vault, token))
    return Page("alerts/stop.html", {"stopped": True}, headers=NEVER_KEPT)


def alert_pages() -> Router:
    """Return the routes."""
    return Router(
        "/",
        route_handlers=[show_choices, save_choices, ask_to_stop, stop],
        include_in_schema=False,
        response_headers={"Cache-Control": "private, no-cache"},
    )


async def _choices(request: AnyRequest, database: Database) -> Choices:
    person = person_of(request)
    async with database.reading(person.current.workspace_id) as tx:
        own = await store.choices(tx, person.user_id)
    return own or default_choices(person.current.hub_role)


def _page(
    request: AnyRequest,
    choices: Choices,
    errors: dict[str, str],
    sent: dict[str, str] | None = None,
) -> Page:
    person = person_of(request)
    typed: dict[str, str] = sent or {
        **{str(kind): str(when) for kind, when in choices.kinds.items()},
        "digest_every": choices.digest_every,
        "digest_hour": str(choices.digest_hour),
        "time_zone": choices.time_zone,
    }
    return Page(
        "alerts/choices.html",
        {
            "kinds": KINDS,
            "typed": typed,
            "errors": errors,
            "zones": sorted(available_timezones()),
            "email": person.email,
        },
        status_code=422 if errors else 200,
    )
