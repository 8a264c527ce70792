"""Signing in and out, and going to another workspace: pages that anybody may open."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.response import Redirect

from drawbar.identity import actions
from drawbar.identity.actions import LogInPaused, LogInRefused
from drawbar.identity.guards import COOKIE, member, person_of, public, refuse_foreign_pages
from drawbar.identity.model import SESSION_LIFE, Token
from drawbar.kit.errors import not_found
from drawbar.kit.http import throttle
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.responses import Page

AnyRequest = Request[Any, Any, Any]
NEVER_KEPT = {"Cache-Control": "no-store"}
LONGEST_PATH = 2000
FIRST_PRINTED = "!"
LOG_INS_PER_MINUTE = 60
"""Wrong passwords from one network, whatever the accounts; each costs a slow hash."""


def identity_pages() -> Router:
    """Return the routes of signing in and out."""
    return Router(
        "/",
        route_handlers=[show_login, log_in, sign_out, change_workspace],
        opt={"query": {"next": "Path of the page to go on to."}},
        include_in_schema=False,
    )


@get("/login", opt=public("it is where one signs in"), sync_to_thread=False)
def show_login(request: AnyRequest) -> Page:
    """Show the form."""
    return _form(own_path(request.query_params.get("next", "")))


@post("/login", opt=public("it is where one signs in"))
async def log_in(request: AnyRequest, database: TheDatabase) -> Response[Any]:
    """Check the password and go on to the page that was wanted."""
    refuse_foreign_pages(request)
    throttle.throttle(request, "login", LOG_INS_PER_MINUTE)
    sent = await fields(request)
    email, wanted = sent.get("email", ""), own_path(sent.get("next", ""))
    try:
        token = await actions.sign_in(
            database,
            email,
            sent.get("password", ""),
            agent=request.headers.get("user-agent", ""),
            former=request.cookies.get(COOKIE, ""),
        )
    except LogInRefused:
        return _form(wanted, email, refused=True, status_code=401)
    except LogInPaused as error:
        return _form(wanted, email, minutes=error.minutes, status_code=429)
    throttle.forgive(request, "login", LOG_INS_PER_MINUTE)
    return Redirect(wanted, status_code=303, cookies=[session_cookie(request, token)])


@post("/sign-out", opt=public("ending one's own session needs no right"))
async def sign_out(request: AnyRequest, database: TheDatabase) -> Redirect:
    """End the session in the browser and in the database."""
    refuse_foreign_pages(request)
    await actions.sign_out(database, request.cookies.get(COOKIE, ""))
    return Redirect("/login", status_code=303, cookies=[Cookie(COOKIE, value="", max_age=0)])


@post("/workspace", guards=[member()])
async def change_workspace(request: AnyRequest, database: TheDatabase) -> Redirect:
    """Go on in another workspace of one's own."""
    sent = await fields(request)
    try:
        wanted = UUID(sent.get("workspace", ""))
    except ValueError as error:
        raise not_found("workspace") from error
    session = request.cookies.get(COOKIE, "")
    await actions.go_to_workspace(database, person_of(request), session, wanted)
    return Redirect("/", status_code=303)


def session_cookie(request: AnyRequest, token: Token) -> Cookie:
    """Return the cookie that carries a session; scripts and other sites do not get it."""
    return Cookie(
        COOKIE,
        value=token.text,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.app.state.settings.address.startswith("https:"),
    )


def own_path(text: str) -> str:
    r"""Return the path if it leads to a page of ours, else `/`.

    Browsers read `//host`, `/\host` and tabs in between as another site's address.
    """
    plain = all(FIRST_PRINTED <= letter != "\\" for letter in text)
    fits = text.startswith("/") and not text.startswith("//") and len(text) <= LONGEST_PATH
    if not (plain and fits):
        return "/"
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else "/"


def _form(
    wanted: str,
    email: str = "",
    *,
    refused: bool = False,
    minutes: int = 0,
    status_code: int = 200,
) -> Page:
    later = {"Retry-After": str(minutes * 60)} if minutes else {}
    return Page(
        "identity/login.html",
        {"next": wanted, "email": email, "refused": refused, "minutes": minutes},
        status_code=status_code,
        headers={**NEVER_KEPT, **later},
    )
