"""The first owner's set-up: a page behind a one-time link."""

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.identity.guards import public, refuse_foreign_pages
from drawbar.identity.model import SHORTEST_PASSWORD
from drawbar.identity.pages import NEVER_KEPT, session_cookie, visit_of
from drawbar.kit.errors import Problem
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.responses import Page
from drawbar.workspaces.actions import NewOwner, SetupLinkDead, set_up, setup_link_lives

AnyRequest = Request[Any, Any, Any]
WHY_PUBLIC = "nobody has an account yet; the link itself is the credential"


def setup_pages() -> Router:
    """Return the routes of the first owner's set-up."""
    return Router(
        "/setup",
        route_handlers=[show_setup, finish_setup],
        opt={"query": {}},
        include_in_schema=False,
    )


@get("/{token:str}", opt=public(WHY_PUBLIC))
async def show_setup(token: FromPath[str], database: TheDatabase) -> Page:
    """Show the form, or how to get another link."""
    async with database.as_system("does this set-up link live") as tx:
        lives = await setup_link_lives(tx, token)
    return _form(token, {}, {}) if lives else _dead()


@post("/{token:str}", opt=public(WHY_PUBLIC))
async def finish_setup(
    request: AnyRequest, token: FromPath[str], database: TheDatabase
) -> Response[Any]:
    """Make the workspace and its owner, and sign them in."""
    refuse_foreign_pages(request)
    sent = await fields(request)
    new = NewOwner(
        email=sent.get("email", ""),
        name=sent.get("name", ""),
        password=sent.get("password", ""),
        workspace_name=sent.get("workspace_name", ""),
    )
    try:
        session = await set_up(database, token, new, visit_of(request))
    except SetupLinkDead:
        return _dead()
    except Problem as problem:
        errors = {error.field: error.message for error in problem.errors}
        return _form(token, sent, errors or {"email": problem.detail})
    return Redirect("/", status_code=303, cookies=[session_cookie(request, session)])


def _form(token: str, sent: dict[str, str], errors: dict[str, str]) -> Page:
    typed = {name: value for name, value in sent.items() if name != "password"}
    return Page(
        "workspaces/setup.html",
        {"token": token, "typed": typed, "errors": errors, "shortest": SHORTEST_PASSWORD},
        status_code=422 if errors else 200,
        headers=NEVER_KEPT,
    )


def _dead() -> Page:
    return Page("workspaces/setup_dead.html", status_code=404, headers=NEVER_KEPT)
