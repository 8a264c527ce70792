"""Where letters lead: a new password, a confirmed address, an invitation accepted.

Opening a link changes nothing, for mail programs open links too; the button on the page does.
"""

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.identity import account, invitations
from drawbar.identity.guards import public, refuse_foreign_pages
from drawbar.identity.invitations import Invited
from drawbar.identity.jobs import RESET_JOB, LetterWanted, want_letter
from drawbar.identity.links import LinkDead
from drawbar.identity.model import INVITATION_LIFE, SHORTEST_PASSWORD
from drawbar.identity.pages import (
    NEVER_KEPT,
    letterhead,
    session_cookie,
    visit_of,
)
from drawbar.identity.people import is_email
from drawbar.identity.throttle import TooOften
from drawbar.kit.errors import Problem
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheDatabase
from drawbar.kit.http.throttle import throttled
from drawbar.ui.responses import Page, go_on, reader_of

AnyRequest = Request[Any, Any, Any]
WHY_PUBLIC = "the link in the letter is the credential"
OPENED_PER_MINUTE = 120
"""Pages strangers may ask of us from one network; a whole plant may be invited at once."""


def letter_pages() -> Router:
    """Return the routes letters lead to, and the one that asks for a letter."""
    return Router(
        "/",
        route_handlers=[
            show_forgot,
            send_reset,
            show_reset,
            reset,
            show_confirm,
            confirm,
            show_invitation,
            accept,
        ],
        before_request=throttled("letters", OPENED_PER_MINUTE),
        opt={"query": {}},
        include_in_schema=False,
    )


@get("/forgot", opt=public("who forgot the password cannot sign in"), sync_to_thread=False)
def show_forgot() -> Page:
    """Ask for the address of the account."""
    return Page("identity/forgot.html", {"email": "", "errors": {}}, headers=NEVER_KEPT)


@post("/forgot", opt=public("who forgot the password cannot sign in"))
async def send_reset(request: AnyRequest, database: TheDatabase) -> Page:
    """Send a letter if there is an account; say the same if there is none."""
    refuse_foreign_pages(request)
    email = (await fields(request)).get("email", "").strip()
    if not is_email(email):
        errors = {"email": "Write an address such as alice@example.com."}
        return Page(
            "identity/forgot.html",
            {"email": email, "errors": errors},
            status_code=422,
            headers=NEVER_KEPT,
        )
    wanted = LetterWanted(email, reader_of(request).locale)
    try:
        await want_letter(database, RESET_JOB, wanted, visit_of(request))
    except TooOften as error:
        return too_often(error.minutes)
    return Page("identity/letter_sent.html", {"email": email}, headers=NEVER_KEPT)


@get("/reset/{token:str}", opt=public(WHY_PUBLIC))
async def show_reset(token: FromPath[str], database: TheDatabase) -> Page:
    """Ask for the new password."""
    try:
        email = await account.email_of_link(database, token, "reset")
    except LinkDead:
        return link_dead()
    return _reset_form(token, email, {})


@post("/reset/{token:str}", opt=public(WHY_PUBLIC))
async def reset(request: AnyRequest, token: FromPath[str], database: TheDatabase) -> Response[Any]:
    """Set the new password; the person signs in with it, and with the second factor if any."""
    refuse_foreign_pages(request)
    password = (await fields(request)).get("password", "")
    try:
        email = await account.email_of_link(database, token, "reset")
        try:
            await account.reset_password(database, letterhead(request), token, password)
        except Problem as problem:
            return _reset_form(token, email, _errors(problem))
    except LinkDead:
        return link_dead()
    return go_on(request, "/login", "Your password is changed. Sign in with it.")


@get("/confirm/{token:str}", opt=public(WHY_PUBLIC))
async def show_confirm(token: FromPath[str], database: TheDatabase) -> Page:
    """Show the address and the button that confirms it."""
    try:
        email = await account.email_of_link(database, token, "confirm")
    except LinkDead:
        return link_dead()
    return Page("identity/confirm.html", {"token": token, "email": email}, headers=NEVER_KEPT)


@post("/confirm/{token:str}", opt=public(WHY_PUBLIC))
async def confirm(
    request: AnyRequest, token: FromPath[str], database: TheDatabase
) -> Response[Any]:
    """Make the address the person's own."""
    refuse_foreign_pages(request)
    try:
        await account.confirm_email(database, letterhead(request), token)
    except LinkDead:
        return link_dead()
    return go_on(request, "/account", "Your address is confirmed.")


@get("/invitation/{token:str}", opt=public(WHY_PUBLIC))
async def show_invitation(token: FromPath[str], database: TheDatabase) -> Page:
    """Say who invites into what, and ask what is needed to come in."""
    try:
        found = await invitations.invited(database, token)
    except LinkDead:
        return _invitation_dead()
    return _invitation_form(token, found, {}, {})


@post("/invitation/{token:str}", opt=public(WHY_PUBLIC))
async def accept(request: AnyRequest, token: FromPath[str], database: TheDatabase) -> Response[Any]:
    """Make them a member: with the account they have, or a new one that is signed in."""
    refuse_foreign_pages(request)
    sent = await fields(request)
    try:
        found = await invitations.invited(database, token)
        if found.known:
            await invitations.join(database, token)
            return go_on(
                request,
                "/",
                "You are in %(workspace)s now. Find it among your workspaces.",
                workspace=found.workspace_name,
            )
        name, password = sent.get("name", ""), sent.get("password", "")
        try:
            session = await invitations.join_anew(
                database, token, name, password, visit_of(request)
            )
        except Problem as problem:
            return _invitation_form(token, found, {"name": name}, _errors(problem))
    except LinkDead:
        return _invitation_dead()
    return Redirect("/", status_code=303, cookies=[session_cookie(request, session)])


def link_dead() -> Page:
    """Say that a link has ended, and how to get another."""
    return Page("identity/link_dead.html", status_code=404, headers=NEVER_KEPT)


def too_often(minutes: int) -> Page:
    """Say that too many letters were asked for."""
    later = {**NEVER_KEPT, "Retry-After": str(minutes * 60)}
    return Page("identity/too_often.html", {"minutes": minutes}, status_code=429, headers=later)


def _reset_form(token: str, email: str, errors: dict[str, str]) -> Page:
    return Page(
        "identity/reset.html",
        {"token": token, "email": email, "errors": errors, "shortest": SHORTEST_PASSWORD},
        status_code=422 if errors else 200,
        headers=NEVER_KEPT,
    )


def _invitation_form(
    token: str, found: Invited, typed: dict[str, str], errors: dict[str, str]
) -> Page:
    return Page(
        "identity/invitation.html",
        {
            "token": token,
            "invited": found,
            "typed": typed,
            "errors": errors,
            "shortest": SHORTEST_PASSWORD,
        },
        status_code=422 if errors else 200,
        headers=NEVER_KEPT,
    )


def _invitation_dead() -> Page:
    return Page(
        "identity/invitation_dead.html",
        {"days": INVITATION_LIFE.days},
        status_code=404,
        headers=NEVER_KEPT,
    )


def _errors(problem: Problem) -> dict[str, str]:
    if not problem.errors:
        raise problem
    return {one.field: one.message for one in problem.errors}
