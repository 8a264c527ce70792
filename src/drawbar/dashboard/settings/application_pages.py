"""Pages of one application: make it, say how Link looks for it, give it a new secret, end it."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.identity import application_store, applications
from drawbar.identity.application_api import logo_path
from drawbar.identity.application_store import Application
from drawbar.identity.applications import (
    ENVIRONMENTS,
    ChangedApplication,
    Made,
    NewApplication,
)
from drawbar.identity.guards import actor_of, session
from drawbar.identity.logos import LARGEST_LOGO
from drawbar.identity.rights import ADMINISTER_HUB, READ_HUB
from drawbar.kit.errors import Problem, not_found
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.responses import Page, go_on

AnyRequest = Request[Any, Any, Any]
SETTINGS = "/hub/settings"
PATH = f"{SETTINGS}/applications"
NEVER_KEPT = {"Cache-Control": "no-store"}
READ: dict[str, Any] = {"guards": [session(READ_HUB)], "opt": {"query": {}}}
ADMINISTER: dict[str, Any] = {"guards": [session(ADMINISTER_HUB)], "opt": {"query": {}}}
SAID_ON_THE_PAGE = 422


@get("/settings/applications/new", **ADMINISTER)
async def show_new_application() -> Page:
    """Show the form of a new application."""
    return _new({}, {})


@post("/settings/applications", **ADMINISTER)
async def add_application(request: AnyRequest, database: TheDatabase) -> Page:
    """Make an application and show its secret this once."""
    sent, actor = await fields(request), actor_of(request)
    wish = NewApplication(
        name=sent.get("name", ""),
        environment=sent.get("environment", ""),
        is_public=sent.get("kind") == "public",
        redirect_uris=_lines(sent.get("redirect_uris", "")),
    )
    try:
        async with database.writing(actor.workspace_id) as tx:
            made = await applications.make_application(tx, actor, wish)
    except Problem as problem:
        return _new(sent, _errors(problem))
    return _secret(request, made, status_code=201)


@get("/settings/applications/{id:uuid}", **READ)
async def show_application(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Show an application: how Link looks for it, and how to open Link."""
    return await _page(request, database, id, {}, {})


@post("/settings/applications/{id:uuid}", **ADMINISTER)
async def save_application(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> Page | Redirect:
    """Save what Link needs to know."""
    sent, actor = await fields(request), actor_of(request)
    wish = ChangedApplication(
        name=sent.get("name", ""),
        redirect_uris=_lines(sent.get("redirect_uris", "")),
        colour=sent.get("colour", ""),
        asks_for_webhook=sent.get("asks_for_webhook") == "true",
    )
    try:
        async with database.writing(actor.workspace_id) as tx:
            await applications.change_application(tx, actor, id, wish)
    except Problem as problem:
        return await _page(request, database, id, sent, _errors(problem))
    return go_on(request, f"{PATH}/{id}", "Saved.")


@post("/settings/applications/{id:uuid}/logo", **ADMINISTER)
async def save_logo(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> Page | Redirect:
    """Store the picture that was chosen."""
    sent, actor = (await request.form()).get("logo"), actor_of(request)
    picture = await sent.read(LARGEST_LOGO + 1) if isinstance(sent, UploadFile) else b""
    try:
        async with database.writing(actor.workspace_id) as tx:
            await applications.change_logo(tx, actor, id, picture)
    except Problem as problem:
        return await _page(request, database, id, {}, _errors(problem))
    return go_on(request, f"{PATH}/{id}", "Saved.")


@post("/settings/applications/{id:uuid}/logo/remove", **ADMINISTER)
async def remove_logo(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Redirect:
    """Take the logo away."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        await applications.change_logo(tx, actor, id, None)
    return go_on(request, f"{PATH}/{id}", "Saved.")


@get("/settings/applications/{id:uuid}/secret", **ADMINISTER)
async def ask_to_rotate(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Say what a new secret does, and ask."""
    found = await _application(request, database, id)
    return Page("dashboard/settings/rotate.html", {"application": found})


@post("/settings/applications/{id:uuid}/secret", **ADMINISTER)
async def rotate_secret(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Make a new secret and show it this once."""
    sent, actor = await fields(request), actor_of(request)
    keep = sent.get("former", "keep") != "end"
    async with database.writing(actor.workspace_id) as tx:
        made = await applications.rotate_secret(tx, actor, id, keep_former=keep)
    return _secret(request, made, status_code=200)


@get("/settings/applications/{id:uuid}/revoke", **ADMINISTER)
async def ask_to_revoke(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Say what revoking an application does, and ask."""
    found = await _application(request, database, id)
    return Page("dashboard/settings/revoke.html", {"application": found})


@post("/settings/applications/{id:uuid}/revoke", **ADMINISTER)
async def revoke_application(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> Redirect:
    """End an application and its tokens."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        await applications.end_application(tx, actor, id)
    return go_on(request, SETTINGS, "Application revoked")


ROUTES = [
    show_new_application,
    add_application,
    show_application,
    save_application,
    save_logo,
    remove_logo,
    ask_to_rotate,
    rotate_secret,
    ask_to_revoke,
    revoke_application,
]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _errors(problem: Problem) -> dict[str, str]:
    """Return the sentences to say beside the fields; any other problem goes on."""
    if problem.status != SAID_ON_THE_PAGE:
        raise problem
    return {error.field: error.message for error in problem.errors}


def _new(sent: dict[str, str], errors: dict[str, str]) -> Page:
    return Page(
        "dashboard/settings/new_application.html",
        {"environments": ENVIRONMENTS, "typed": sent, "errors": errors},
        status_code=SAID_ON_THE_PAGE if errors else 200,
    )


def _secret(request: AnyRequest, made: Made, *, status_code: int) -> Page:
    return Page(
        "dashboard/settings/secret.html",
        {
            "application": made.application,
            "secret": made.secret,
            "address": request.app.state.settings.address,
        },
        status_code=status_code,
        headers=NEVER_KEPT,
    )


async def _application(request: AnyRequest, database: TheDatabase, id: UUID) -> Application:
    async with database.reading(actor_of(request).workspace_id) as tx:
        found = await application_store.application(tx, id)
    if found is None:
        raise not_found("application")
    return found


async def _page(
    request: AnyRequest,
    database: TheDatabase,
    id: UUID,
    sent: dict[str, str],
    errors: dict[str, str],
) -> Page:
    found = await _application(request, database, id)
    typed = sent or {
        "name": found.name,
        "redirect_uris": "\n".join(found.redirect_uris),
        "colour": found.colour,
        "asks_for_webhook": "true" if found.asks_for_webhook else "",
    }
    return Page(
        "dashboard/settings/application.html",
        {
            "application": found,
            "typed": typed,
            "errors": errors,
            "logo": logo_path(found),
            "address": request.app.state.settings.address,
            "may_administer": actor_of(request).may(ADMINISTER_HUB),
        },
        status_code=SAID_ON_THE_PAGE if errors else 200,
    )
