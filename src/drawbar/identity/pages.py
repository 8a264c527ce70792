"""Signing in and out, and going to another workspace: pages that anybody may open."""

from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.response import Redirect

from drawbar.identity import actions
from drawbar.identity.actions import CodeOwed, LogInRefused, PasswordAskedAgain
from drawbar.identity.guards import COOKIE, member, person_of, public, refuse_foreign_pages
from drawbar.identity.letters import Letterhead
from drawbar.identity.model import HALF_SESSION_LIFE, SESSION_LIFE, Token, Visit
from drawbar.identity.second_factor import CodeRefused
from drawbar.identity.throttle import TooOften
from drawbar.kit.errors import not_found
from drawbar.kit.http import throttle
from drawbar.kit.http.clients import address_of
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.responses import Page

AnyRequest = Request[Any, Any, Any]
HALF_COOKIE = "drawbar_second_step"
STEP_PATH = "/login/code"
STEP_COOKIES_PATH = "/login"
NEVER_KEPT = {"Cache-Control": "no-store"}
LONGEST_PATH = 2000
FIRST_PRINTED = "!"
LOG_INS_PER_MINUTE = 60
"""Wrong passwords from one network, whatever the accounts; each costs a slow hash."""
CODES_PER_MINUTE = 60
"""Wrong codes from one network, whoever owes them."""
IT_SIGNS_IN = "it is where one signs in"


def identity_pages() -> Router:
    """Return the routes of signing in and out."""
    return Router(
        "/",
        route_handlers=[show_login, log_in, show_code, give_code, sign_out, change_workspace],
        opt={"query": {"next": "Path of the page to go on to."}},
        include_in_schema=False,
    )


@get("/login", opt=public(IT_SIGNS_IN), sync_to_thread=False)
def show_login(request: AnyRequest) -> Page:
    """Show the form."""
    return _form(request, own_path(request.query_params.get("next", "")))


@post("/login", opt=public(IT_SIGNS_IN))
async def log_in(request: AnyRequest, database: TheDatabase) -> Response[Any]:
    """Check the password and go on to the page that was wanted, or to the second step."""
    refuse_foreign_pages(request)
    throttle.throttle(request, "login", LOG_INS_PER_MINUTE)
    sent = await fields(request)
    email, wanted = sent.get("email", ""), own_path(sent.get("next", ""))
    try:
        token = await actions.sign_in(database, email, sent.get("password", ""), visit_of(request))
    except LogInRefused:
        return _form(request, wanted, email, refused=True, status_code=401)
    except TooOften as error:
        return _form(request, wanted, email, minutes=error.minutes, status_code=429)
    except CodeOwed as owed:
        path = STEP_PATH + ("?" + urlencode({"next": wanted}) if wanted != "/" else "")
        return Redirect(path, status_code=303, cookies=[_half_cookie(request, owed.half)])
    throttle.forgive(request, "login", LOG_INS_PER_MINUTE)
    return Redirect(wanted, status_code=303, cookies=[session_cookie(request, token)])


@get(STEP_PATH, opt=public(IT_SIGNS_IN))
async def show_code(request: AnyRequest, database: TheDatabase) -> Response[Any]:
    """Ask for the second factor's code."""
    if not await actions.second_step_lives(database, request.cookies.get(HALF_COOKIE, "")):
        return Redirect("/login", status_code=303)
    return _code_form(own_path(request.query_params.get("next", "")))


@post(STEP_PATH, opt=public(IT_SIGNS_IN))
async def give_code(request: AnyRequest, database: TheDatabase) -> Response[Any]:
    """Check the code and go on to the page that was wanted."""
    refuse_foreign_pages(request)
    throttle.throttle(request, "login_code", CODES_PER_MINUTE)
    sent = await fields(request)
    wanted, half = own_path(sent.get("next", "")), request.cookies.get(HALF_COOKIE, "")
    try:
        token = await actions.give_code(
            database, letterhead(request), half, sent.get("code", ""), visit_of(request)
        )
    except CodeRefused:
        return _code_form(wanted, refused=True, status_code=401)
    except TooOften as error:
        return _code_form(wanted, minutes=error.minutes, status_code=429)
    except PasswordAskedAgain:
        return _form(request, wanted, again=True, status_code=401)
    throttle.forgive(request, "login_code", CODES_PER_MINUTE)
    ended = Cookie(HALF_COOKIE, value="", max_age=0, path=STEP_COOKIES_PATH)
    return Redirect(wanted, status_code=303, cookies=[session_cookie(request, token), ended])


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
        secure=_is_encrypted(request),
    )


def visit_of(request: AnyRequest) -> Visit:
    """Return where the request comes from."""
    return Visit(
        address_of(request.scope),
        request.headers.get("user-agent", ""),
        request.cookies.get(COOKIE, ""),
    )


def letterhead(request: AnyRequest) -> Letterhead:
    """Return what letters sent by this request need."""
    return Letterhead(request.app.state.vault, request.app.state.settings.address)


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


def _half_cookie(request: AnyRequest, half: Token) -> Cookie:
    return Cookie(
        HALF_COOKIE,
        value=half.text,
        max_age=int(HALF_SESSION_LIFE.total_seconds()),
        path=STEP_COOKIES_PATH,
        httponly=True,
        samesite="strict",
        secure=_is_encrypted(request),
    )


def _is_encrypted(request: AnyRequest) -> bool:
    return bool(request.app.state.settings.address.startswith("https:"))


def _form(
    request: AnyRequest,
    wanted: str,
    email: str = "",
    *,
    refused: bool = False,
    again: bool = False,
    minutes: int = 0,
    status_code: int = 200,
) -> Page:
    return Page(
        "identity/login.html",
        {
            "next": wanted,
            "email": email,
            "refused": refused,
            "again": again,
            "minutes": minutes,
            "open": request.app.state.settings.sign_up == "open",
        },
        status_code=status_code,
        headers=_later(minutes),
    )


def _code_form(
    wanted: str, *, refused: bool = False, minutes: int = 0, status_code: int = 200
) -> Page:
    return Page(
        "identity/login_code.html",
        {"next": wanted, "refused": refused, "minutes": minutes},
        status_code=status_code,
        headers=_later(minutes),
    )


def _later(minutes: int) -> dict[str, str]:
    return {**NEVER_KEPT, **({"Retry-After": str(minutes * 60)} if minutes else {})}
