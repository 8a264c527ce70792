"""Sign-up: anybody makes a trial workspace, where the operator allows it."""

from typing import Any

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.identity.guards import public, refuse_foreign_pages
from drawbar.identity.jobs import SIGN_UP_JOB, LetterWanted, want_letter
from drawbar.identity.letter_pages import OPENED_PER_MINUTE, link_dead, too_often
from drawbar.identity.links import LinkDead
from drawbar.identity.model import SHORTEST_PASSWORD
from drawbar.identity.pages import NEVER_KEPT, session_cookie, visit_of
from drawbar.identity.people import is_email
from drawbar.identity.throttle import TooOften
from drawbar.kit.errors import Problem
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheDatabase
from drawbar.kit.http.throttle import throttled
from drawbar.ui.responses import Page, reader_of
from drawbar.workspaces.actions import NewOwner, sign_up, sign_up_address

AnyRequest = Request[Any, Any, Any]
WHY_PUBLIC = "nobody has an account before they sign up"


def sign_up_pages() -> Router:
    """Return the routes of signing up."""
    return Router(
        "/sign-up",
        route_handlers=[show_sign_up, ask_to_sign_up, show_link, finish_sign_up],
        before_request=throttled("sign_up", OPENED_PER_MINUTE),
        opt={"query": {}},
        include_in_schema=False,
    )


@get("/", opt=public(WHY_PUBLIC), sync_to_thread=False)
def show_sign_up(request: AnyRequest) -> Page:
    """Ask for an address, or say whom to ask while sign-up is closed."""
    return _address_form() if _is_open(request) else _closed()


@post("/", opt=public(WHY_PUBLIC))
async def ask_to_sign_up(request: AnyRequest, database: TheDatabase) -> Page:
    """Send a letter; the page says the same whether the address has an account or not."""
    refuse_foreign_pages(request)
    if not _is_open(request):
        return _closed()
    email = (await fields(request)).get("email", "").strip()
    if not is_email(email):
        return _address_form(email, {"email": "Write an address such as alice@example.com."})
    wanted = LetterWanted(email, reader_of(request).locale)
    try:
        await want_letter(database, SIGN_UP_JOB, wanted, visit_of(request))
    except TooOften as error:
        return too_often(error.minutes)
    return Page("workspaces/sign_up_sent.html", {"email": email}, headers=NEVER_KEPT)


@get("/{token:str}", opt=public("the link in the letter is the credential"))
async def show_link(request: AnyRequest, token: FromPath[str], database: TheDatabase) -> Page:
    """Ask for the workspace's name, one's own and a password."""
    if not _is_open(request):
        return _closed()
    try:
        email = await sign_up_address(database, token)
    except LinkDead:
        return link_dead()
    return _form(token, email, {}, {})


@post("/{token:str}", opt=public("the link in the letter is the credential"))
async def finish_sign_up(
    request: AnyRequest, token: FromPath[str], database: TheDatabase
) -> Response[Any]:
    """Make the trial workspace and its owner, and sign them in."""
    refuse_foreign_pages(request)
    if not _is_open(request):
        return _closed()
    sent = await fields(request)
    new = NewOwner(
        email="",
        name=sent.get("name", ""),
        password=sent.get("password", ""),
        workspace_name=sent.get("workspace_name", ""),
    )
    try:
        email = await sign_up_address(database, token)
        try:
            session = await sign_up(database, token, new, visit_of(request))
        except Problem as problem:
            errors = {error.field: error.message for error in problem.errors}
            return _form(token, email, sent, errors or {"workspace_name": problem.detail})
    except LinkDead:
        return link_dead()
    return Redirect("/", status_code=303, cookies=[session_cookie(request, session)])


def _is_open(request: AnyRequest) -> bool:
    return bool(request.app.state.settings.sign_up == "open")


def _closed() -> Page:
    return Page("workspaces/sign_up_closed.html", status_code=403, headers=NEVER_KEPT)


def _address_form(email: str = "", errors: dict[str, str] | None = None) -> Page:
    return Page(
        "workspaces/sign_up.html",
        {"email": email, "errors": errors or {}},
        status_code=422 if errors else 200,
        headers=NEVER_KEPT,
    )


def _form(token: str, email: str, sent: dict[str, str], errors: dict[str, str]) -> Page:
    typed = {name: value for name, value in sent.items() if name != "password"}
    return Page(
        "workspaces/sign_up_finish.html",
        {
            "token": token,
            "email": email,
            "typed": typed,
            "errors": errors,
            "shortest": SHORTEST_PASSWORD,
        },
        status_code=422 if errors else 200,
        headers=NEVER_KEPT,
    )
