"""Routes that begin a visit: what an application asks for, and magic links."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.connectors.catalogue import CATALOGUE
from drawbar.identity import application_store, grants
from drawbar.identity.application_store import Application
from drawbar.identity.grants import AuthorizationRefused
from drawbar.identity.guards import public
from drawbar.kit.db import System
from drawbar.kit.errors import invalid_request
from drawbar.kit.http.provided import TheDatabase, TheSettings
from drawbar.kit.http.throttle import throttle
from drawbar.link.answer_pages import refused
from drawbar.link.model import MagicLink
from drawbar.link.visits import begin_visit, magic_link, open_magic_link
from drawbar.ui.reader import LOCALES

AnyRequest = Request[Any, Any, Any]
VISITS_PER_MINUTE = 60
"""One network may begin: an office behind one address, but no guesser of links."""
AUTHORIZE = {
    "client_id": "Client id of the application.",
    "redirect_uri": "One of its registered addresses, letter by letter.",
    "response_type": "Always `code`.",
    "state": "A fresh random text; it comes back with the code.",
    "code_challenge": "S256 challenge of PKCE (RFC 7636); public clients must send it.",
    "code_challenge_method": "Always `S256`.",
    "response_mode": "`query` (default): a redirect; `web_message`: posted to the opening page.",
    "scope": "`connection`, or nothing.",
    "system": "Slug of the system, to skip the choice.",
    "magic": "Token of a magic link of the same workspace.",
    "lang": "Language of the page; default the browser's.",
}
LANGUAGE = {"lang": "Language of the page; default the browser's."}


@get(
    "/authorize",
    opt=public("a customer of the application has no account here") | {"query": AUTHORIZE},
)
async def authorize(
    request: AnyRequest, database: TheDatabase, settings: TheSettings
) -> Response[Any]:
    """Begin a visit for an application (RFC 6749 §4.1.1).

    A wrong client id or redirect URI is told to whoever is at the browser; anything else that is
    wrong is told to the application.
    """
    throttle(request, "link", VISITS_PER_MINUTE)
    asked = request.query_params
    async with database.as_system("which application opens Link") as tx:
        application = await application_store.application_by_client_id(
            tx, asked.get("client_id", "")
        )
        if application is None:
            raise invalid_request(
                "There is no application with this client id, or it was revoked.", "client_id"
            )
        try:
            wanted = grants.check_authorization(application, list(asked.multi_items()))
            magic = await _magic(tx, application, asked.get("magic", ""))
            system = _system(asked.get("system", ""), wanted)
        except AuthorizationRefused as refusal:
            return refused(application, refusal, settings.address)
        token = await begin_visit(
            tx, application, wanted, system=system, magic=magic, locale=_locale(request)
        )
    return Redirect(f"/link/s/{token}", status_code=303, headers={"Cache-Control": "no-store"})


@get("/m/{token:str}", opt=public("the link itself is the credential") | {"query": LANGUAGE})
async def open_link(request: AnyRequest, database: TheDatabase, token: FromPath[str]) -> Redirect:
    """Begin a visit by a magic link; opening it does not use it up."""
    throttle(request, "link", VISITS_PER_MINUTE)
    async with database.as_system("whose magic link is this") as tx:
        visit = await open_magic_link(tx, token, _locale(request))
    return Redirect(f"/link/s/{visit}", status_code=303, headers={"Cache-Control": "no-store"})


ROUTES = [authorize, open_link]


async def _magic(tx: System, application: Application, token: str) -> MagicLink | None:
    if not token:
        return None
    workspace_id, link = await magic_link(tx, token)
    is_anothers = link.application_id not in {None, application.id}
    if workspace_id != application.workspace_id or is_anothers:
        raise invalid_request("This magic link was made for another application.", "magic")
    return link


def _system(slug: str, wanted: grants.AuthorizationRequest) -> str:
    if slug and slug not in CATALOGUE:
        known = f"There is no system {slug[:60]!r} to connect."
        raise AuthorizationRefused(wanted, "invalid_request", known)
    return slug


def _locale(request: AnyRequest) -> str:
    wanted: str = request.query_params.get("lang", "")
    return wanted if wanted in LOCALES else ""
