"""Setting the second factor up and switching it off."""

from typing import Any

import segno
from litestar import Request, Response, Router, get, post
from litestar.response import Redirect
from markupsafe import Markup

from drawbar.identity import second_factor
from drawbar.identity.account_pages import ACCOUNT, WAIT
from drawbar.identity.guards import member, person_of
from drawbar.identity.pages import NEVER_KEPT, letterhead
from drawbar.identity.second_factor import Offer
from drawbar.identity.throttle import TooOften
from drawbar.kit.errors import Problem
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheDatabase, TheVault
from drawbar.ui.responses import Page, go_on

AnyRequest = Request[Any, Any, Any]
PATH = f"{ACCOUNT}/second-factor"
SHOWN_HERE = frozenset({409, 422})


def second_factor_pages() -> Router:
    """Return the routes of the second factor."""
    return Router(
        PATH,
        route_handlers=[show_second_factor, switch_on, switch_off, renew_codes],
        guards=[member()],
        opt={"query": {}},
        include_in_schema=False,
    )


@get("/")
async def show_second_factor(request: AnyRequest, database: TheDatabase, vault: TheVault) -> Page:
    """Show a code to scan, or, once set up, how to switch it off."""
    offer = await second_factor.offer(database, vault, person_of(request))
    return _off(offer, {}) if offer else _on({})


@post("/")
async def switch_on(request: AnyRequest, database: TheDatabase, vault: TheVault) -> Response[Any]:
    """Check a code of the app, and show the recovery codes."""
    sent, person = await fields(request), person_of(request)
    sealed = sent.get("sealed", "")
    try:
        codes = await second_factor.switch_on(
            database,
            letterhead(request),
            person,
            sealed,
            sent.get("current", ""),
            sent.get("code", ""),
        )
    except TooOften as error:
        return go_on(request, PATH, WAIT, tone="bad", minutes=error.minutes)
    except Problem as problem:
        if problem.status == 409:  # noqa: PLR2004 - set up in another window meanwhile
            return Redirect(PATH, status_code=303)
        if problem.status not in SHOWN_HERE:
            raise
        offer = await second_factor.offered_again(database, vault, person, sealed)
        return _off(offer, {one.field: one.message for one in problem.errors})
    return _codes(codes)


@post("/end")
async def switch_off(request: AnyRequest, database: TheDatabase) -> Response[Any]:
    """Ask for no code any more."""
    sent = await fields(request)
    try:
        await second_factor.switch_off(
            database,
            letterhead(request),
            person_of(request),
            sent.get("current", ""),
            sent.get("code", ""),
        )
    except TooOften as error:
        return go_on(request, PATH, WAIT, tone="bad", minutes=error.minutes)
    except Problem as problem:
        return _refused(problem)
    return go_on(request, ACCOUNT, "The second factor is off.")


@post("/codes")
async def renew_codes(request: AnyRequest, database: TheDatabase) -> Response[Any]:
    """Show fresh recovery codes; the ones before end."""
    sent = await fields(request)
    try:
        codes = await second_factor.renew_recovery_codes(
            database,
            letterhead(request),
            person_of(request),
            sent.get("current", ""),
            sent.get("code", ""),
        )
    except TooOften as error:
        return go_on(request, PATH, WAIT, tone="bad", minutes=error.minutes)
    except Problem as problem:
        return _refused(problem)
    return _codes(codes)


def _refused(problem: Problem) -> Page:
    if problem.status not in SHOWN_HERE:
        raise problem
    return _on({one.field: one.message for one in problem.errors})


def _on(errors: dict[str, str]) -> Page:
    return Page(
        "identity/second_factor_on.html",
        {"errors": errors},
        status_code=422 if errors else 200,
        headers=NEVER_KEPT,
    )


def _off(offer: Offer, errors: dict[str, str]) -> Page:
    drawing = segno.make_qr(offer.address, error="m")
    return Page(
        "identity/second_factor.html",
        {"offer": offer, "drawing": _svg(drawing), "errors": errors},
        status_code=422 if errors else 200,
        headers=NEVER_KEPT,
    )


def _svg(code: segno.QRCode) -> Markup:
    return Markup(  # noqa: S704 - drawn here; the text itself is not part of the markup
        code.svg_inline(scale=4, border=2, omitsize=True, svgclass=None, lineclass=None)
    )


def _codes(codes: list[str]) -> Page:
    return Page("identity/recovery_codes.html", {"codes": codes}, headers=NEVER_KEPT)
