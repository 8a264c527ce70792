"""The page of one's own account: name, address, language, password, second factor, browsers."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from drawbar.identity import account, second_factor_store, session_store, store
from drawbar.identity.devices import device_of
from drawbar.identity.guards import member, person_of
from drawbar.identity.model import SHORTEST_PASSWORD, Person, SignedIn
from drawbar.identity.pages import NEVER_KEPT, letterhead, visit_of
from drawbar.identity.session_store import Session
from drawbar.identity.throttle import TooOften
from drawbar.kit.db import Database
from drawbar.kit.errors import Problem
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheDatabase
from drawbar.ui.reader import LANGUAGES
from drawbar.ui.responses import Page, go_on

AnyRequest = Request[Any, Any, Any]
ACCOUNT = "/account"
ZONES = sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
WAIT = "Too many tries. Wait %(minutes)s minutes, then try again."


class Browser(msgspec.Struct, frozen=True):
    """A session as its person sees it."""

    session: Session
    browser: str
    system: str
    is_this: bool


class View(msgspec.Struct, frozen=True):
    """What the page shows of an account."""

    person: Person
    browsers: list[Browser]
    codes_left: int


def account_pages() -> Router:
    """Return the routes of one's own account."""
    return Router(
        ACCOUNT,
        route_handlers=[
            show_account,
            change_profile,
            show_email,
            change_email,
            show_password,
            change_password,
            end_session,
            end_other_sessions,
        ],
        guards=[member()],
        opt={"query": {}},
        include_in_schema=False,
    )


@get("/")
async def show_account(request: AnyRequest, database: TheDatabase) -> Page:
    """Show it all."""
    return await _page(request, database)


@post("/profile")
async def change_profile(request: AnyRequest, database: TheDatabase) -> Response[Any]:
    """Store name, language and time zone."""
    sent = await fields(request)
    try:
        await account.change_profile(
            database,
            person_of(request),
            sent.get("name", ""),
            sent.get("locale", ""),
            sent.get("time_zone", ""),
        )
    except Problem as problem:
        return await _page(request, database, sent, _errors(problem))
    return go_on(request, ACCOUNT, "Saved.")


@get("/email", sync_to_thread=False)
def show_email(request: AnyRequest) -> Page:
    """Ask for another address."""
    return _email_form(person_of(request).email, {})


@post("/email")
async def change_email(request: AnyRequest, database: TheDatabase) -> Response[Any]:
    """Send a letter to the address that is wanted; it counts once it is confirmed."""
    sent, person = await fields(request), person_of(request)
    email, current = sent.get("email", ""), sent.get("current", "")
    try:
        await account.ask_for_email(
            database, letterhead(request), person, email, current, visit_of(request)
        )
    except Problem as problem:
        return _email_form(email, _errors(problem))
    except TooOften as error:
        return go_on(request, f"{ACCOUNT}/email", WAIT, tone="bad", minutes=error.minutes)
    return go_on(request, ACCOUNT, "Open the letter sent to %(email)s.", email=email.strip())


@get("/password", sync_to_thread=False)
def show_password() -> Page:
    """Ask for the password and another."""
    return _password_form({})


@post("/password")
async def change_password(request: AnyRequest, database: TheDatabase) -> Response[Any]:
    """Set another password and sign all other browsers out."""
    sent, person = await fields(request), person_of(request)
    current, password = sent.get("current", ""), sent.get("password", "")
    try:
        await account.change_password(database, letterhead(request), person, current, password)
    except Problem as problem:
        return _password_form(_errors(problem))
    except TooOften as error:
        return go_on(request, f"{ACCOUNT}/password", WAIT, tone="bad", minutes=error.minutes)
    return go_on(request, ACCOUNT, "Your password is changed. Other browsers are signed out.")


@post("/sessions/{id:uuid}/end")
async def end_session(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> Response[Any]:
    """Sign one browser out."""
    await account.end_one_session(database, person_of(request), id)
    return go_on(request, ACCOUNT, "That browser is signed out.")


@post("/sessions/end-others")
async def end_other_sessions(request: AnyRequest, database: TheDatabase) -> Response[Any]:
    """Sign all other browsers out."""
    await account.end_other_sessions(database, person_of(request))
    return go_on(request, ACCOUNT, "All other browsers are signed out.")


async def _view(database: Database, signed_in: SignedIn) -> View:
    async with database.as_system("a person's own account") as tx:
        person = await store.person(tx, signed_in.user_id)
        sessions = await session_store.live_sessions(tx, person.id)
        left = await second_factor_store.recovery_codes_left(tx, person.id)
    browsers = [
        Browser(one, *device_of(one.user_agent), one.id == signed_in.session_id) for one in sessions
    ]
    return View(person, browsers, left)


async def _page(
    request: AnyRequest,
    database: Database,
    sent: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Page:
    view = await _view(database, person_of(request))
    profile = {name: getattr(view.person, name) for name in ("name", "locale", "time_zone")}
    context = {
        "view": view,
        "memberships": person_of(request).memberships,
        "typed": {**profile, **(sent or {})},
        "errors": errors or {},
        "languages": LANGUAGES,
        "zones": ZONES,
    }
    return Page(
        "identity/account.html",
        context,
        status_code=422 if errors else 200,
        headers=NEVER_KEPT,
    )


def _email_form(email: str, errors: dict[str, str]) -> Page:
    return Page(
        "identity/change_email.html",
        {"email": email, "errors": errors},
        status_code=422 if errors else 200,
        headers=NEVER_KEPT,
    )


def _password_form(errors: dict[str, str]) -> Page:
    return Page(
        "identity/change_password.html",
        {"errors": errors, "shortest": SHORTEST_PASSWORD},
        status_code=422 if errors else 200,
        headers=NEVER_KEPT,
    )


def _errors(problem: Problem) -> dict[str, str]:
    """Return what stands beside the fields; raise what does not."""
    if not problem.errors:
        raise problem
    return {one.field: one.message for one in problem.errors}
