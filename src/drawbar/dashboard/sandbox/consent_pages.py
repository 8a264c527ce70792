"""Routes of the sandbox's consent page: what a vendor's own sign-in page would be."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, Router, get, post
from litestar.response import Redirect

from drawbar.connectors.catalogue import SANDBOX
from drawbar.connectors.sandbox_oauth.client import CLIENT_ID, CONSENT_PATH
from drawbar.identity.guards import public, refuse_foreign_pages
from drawbar.kit.http.forms import fields
from drawbar.ui.responses import Page

AnyRequest = Request[Any, Any, Any]
CALLBACK = "/link/callback"
"""Where the hub takes what a source granted; the sandbox leads nowhere else."""
QUERY = {
    "response_type": "Always `code`.",
    "client_id": "Always `drawbar`.",
    "redirect_uri": "The hub's own address that takes the answer.",
    "state": "Comes back unchanged.",
    "code_challenge": "PKCE's challenge (RFC 7636).",
    "code_challenge_method": "Always `S256`.",
}
CHALLENGE_LENGTH = 43
ALLOWED: dict[str, tuple[str, ...]] = {"all": (), "some": ("jobs",)}
"""Answer to the resources of the sandbox that it leaves out."""
NEVER_KEPT = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
OPEN = public("the sandbox's own page: it guards made-up records and answers the hub only")


@get(CONSENT_PATH, opt=OPEN, sync_to_thread=False)
def ask_for_consent(request: AnyRequest) -> Page:
    """Ask whether the sandbox may be read."""
    asked = {name: request.query_params.get(name, "") for name in QUERY}
    fault = _fault(request, asked)
    return Page(
        "dashboard/sandbox/consent.html",
        {"asked": asked, "fault": fault},
        status_code=400 if fault else 200,
        headers=NEVER_KEPT,
    )


@post(CONSENT_PATH, opt=OPEN)
async def answer_consent(request: AnyRequest) -> Response[Any]:
    """Lead back to the hub with a code, or with `access_denied` (RFC 6749, 4.1.2)."""
    refuse_foreign_pages(request)
    asked = await fields(request)
    fault = _fault(request, asked)
    if fault:
        return Page(
            "dashboard/sandbox/consent.html",
            {"asked": asked, "fault": fault},
            status_code=400,
            headers=NEVER_KEPT,
        )
    said, address = asked.get("answer", ""), asked["redirect_uri"]
    answer = {"error": "access_denied"}
    if said in ALLOWED:
        code = SANDBOX.grants.code(
            redirect_uri=address, challenge=asked["code_challenge"], denied=ALLOWED[said]
        )
        answer = {"code": code}
    query = urlencode({**answer, "state": asked.get("state", "")})
    return Redirect(f"{address}?{query}", status_code=303, headers=NEVER_KEPT)


def consent_pages() -> Router:
    """Return the routes of the consent page."""
    return Router(
        "/",
        route_handlers=[ask_for_consent, answer_consent],
        opt={"query": QUERY},
        include_in_schema=False,
    )


def _fault(request: AnyRequest, asked: dict[str, str]) -> str:
    """Name the parameter that cannot be right; empty when all are."""
    own = request.app.state.settings.address
    right = {
        "response_type": asked.get("response_type") == "code",
        "client_id": asked.get("client_id") == CLIENT_ID,
        "redirect_uri": asked.get("redirect_uri") == own + CALLBACK,
        "code_challenge_method": asked.get("code_challenge_method") == "S256",
        "code_challenge": len(asked.get("code_challenge", "")) == CHALLENGE_LENGTH,
        "state": bool(asked.get("state")),
    }
    return next((name for name, is_right in right.items() if not is_right), "")
