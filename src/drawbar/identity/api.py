"""OAuth 2.1: tokens for applications, their end, and what is known of them.

RFC 6749 as OAuth 2.1 narrows it, RFC 7636 (PKCE), RFC 7009 (revocation), RFC 7662 (introspection),
RFC 8414 (metadata), RFC 9207 (issuer in answers). The authorization endpoint is Link's.
"""

from typing import Any

from litestar import Request, Response, Router, get, post, route
from litestar.datastructures import State

from drawbar.audit import Actor
from drawbar.identity import exchanges, revocation
from drawbar.identity.application_store import ClientOwner
from drawbar.identity.clients import (
    Client,
    OAuthError,
    check_secret,
    client_of,
    form_of,
    known_client,
)
from drawbar.identity.exchanges import CodeOffer, Refused
from drawbar.identity.grants import RESPONSE_MODES
from drawbar.identity.guards import public
from drawbar.identity.oauth_schema import (
    INTROSPECT_OPERATION,
    REVOKE_OPERATION,
    TOKEN_OPERATION,
)
from drawbar.identity.redirects import origins
from drawbar.identity.tokens import IssuedToken, issue_admin_token
from drawbar.kit.db import Database, Writing
from drawbar.kit.http import throttle
from drawbar.kit.http.responses import Json

AnyRequest = Request[Any, Any, State]
NEVER_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}
METADATA_KEPT = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}
PREFLIGHT_KEPT_SECONDS = 3600
PROVES_ITSELF = public("it checks the client's own proof")
READABLE_FROM = "readable_from"
"""Name in a request's state of the web origin that may read the answer."""
GRANT_TYPES = ("authorization_code", "refresh_token", "client_credentials")


def oauth_api() -> Router:
    """Return the routes of the authorization server."""
    return Router(
        "/",
        route_handlers=[
            Router(
                "/oauth",
                # First, or Litestar answers OPTIONS itself.
                route_handlers=[allow_browsers, give_token, revoke_token, introspect_token],
                exception_handlers={OAuthError: _refusal},
                before_request=refuse_guessers,
            ),
            show_metadata,
        ],
        opt={"query": {}},
        tags=["OAuth"],
    )


@post("/token", status_code=200, opt={**PROVES_ITSELF, **TOKEN_OPERATION})
async def give_token(request: AnyRequest) -> Json:
    """Give tokens for a code, a refresh token, or an application's own id and secret."""
    form, client = await _asked(request)
    grant_type = form.get("grant_type", "")
    if grant_type not in GRANT_TYPES:
        known = f"Send grant_type={', '.join(GRANT_TYPES[:-1])} or {GRANT_TYPES[-1]}."
        raise OAuthError("unsupported_grant_type" if grant_type else "invalid_request", known)
    database: Database = request.app.state.database
    async with database.writing(client.workspace_id) as tx:
        answer = await _tokens(tx, client, grant_type, form)
    if isinstance(answer, Refused):
        raise OAuthError("invalid_grant", answer.description)
    return Json(answer, headers=_headers(request))


@post("/revoke", status_code=200, opt={**PROVES_ITSELF, **REVOKE_OPERATION})
async def revoke_token(request: AnyRequest) -> Json:
    """End a token at once (RFC 7009); a refresh token ends with all tokens of its family.

    A confidential client may end its own and those of its workspace's connections, a public one
    its own. A token that is unknown, ended or another's is answered alike, so none can be probed.
    """
    form, client = await _asked(request)
    database: Database = request.app.state.database
    async with database.writing(client.workspace_id) as tx:
        await revocation.revoke(tx, client, _needed(form, "token"))
    return Json({}, headers=_headers(request))


@post("/introspect", status_code=200, opt={**PROVES_ITSELF, **INTROSPECT_OPERATION})
async def introspect_token(request: AnyRequest) -> Json:
    """Say whether a token of the client's workspace is active, and what it opens (RFC 7662)."""
    form, client = await _asked(request)
    if client.is_public:
        raise OAuthError(
            "invalid_client", "Only a client with a secret may introspect tokens.", status=401
        )
    database: Database = request.app.state.database
    async with database.reading(client.workspace_id) as tx:
        known = await revocation.introspect(tx, _needed(form, "token"))
    issuer = {"iss": request.app.state.settings.address} if known["active"] else {}
    return Json({**known, **issuer}, headers=_headers(request))


@route(
    ["/token", "/revoke"],
    http_method=["OPTIONS"],
    opt=public("a browser asks before it posts"),
    include_in_schema=False,
    sync_to_thread=False,
)
def allow_browsers(request: AnyRequest) -> Response[bytes]:
    """Let a browser post from any origin: which client asks stands only in what it posts.

    What it then gets is readable only from an origin of that public client's redirect URIs.
    """
    return Response(
        b"",
        status_code=204,
        headers={
            "Allow": "OPTIONS, POST",
            "Access-Control-Allow-Origin": request.headers.get("origin", "*"),
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "Content-Type",
            "Access-Control-Max-Age": str(PREFLIGHT_KEPT_SECONDS),
            "Vary": "Origin",
        },
    )


@get(
    "/.well-known/oauth-authorization-server",
    opt=public("clients configure themselves by it"),
    sync_to_thread=False,
)
def show_metadata(request: AnyRequest) -> Json:
    """Say where everything is and what is supported (RFC 8414)."""
    address = request.app.state.settings.address
    with_secret = ["client_secret_basic", "client_secret_post"]
    return Json(
        {
            "issuer": address,
            "authorization_endpoint": f"{address}/link/authorize",
            "token_endpoint": f"{address}/oauth/token",
            "revocation_endpoint": f"{address}/oauth/revoke",
            "introspection_endpoint": f"{address}/oauth/introspect",
            "response_types_supported": ["code"],
            "response_modes_supported": RESPONSE_MODES,
            "grant_types_supported": GRANT_TYPES,
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["connection", "admin"],
            "token_endpoint_auth_methods_supported": [*with_secret, "none"],
            "revocation_endpoint_auth_methods_supported": [*with_secret, "none"],
            "introspection_endpoint_auth_methods_supported": with_secret,
            "authorization_response_iss_parameter_supported": True,
        },
        headers=METADATA_KEPT,
    )


async def refuse_guessers(request: AnyRequest) -> None:
    """Answer 429 to a network that guesses secrets; each 401 it got counts."""
    throttle.refuse_guessers(request)


async def _asked(request: AnyRequest) -> tuple[dict[str, str], ClientOwner]:
    """Return the form and the client that proved itself; note who may read the answer."""
    form = form_of(request.content_type[0], await request.body())
    client: Client = client_of(request.headers.get("authorization", ""), form)
    owner = await known_client(request.app.state.database, client)
    origin = request.headers.get("origin", "")
    if owner and owner.is_public and origin in origins(owner.redirect_uris):
        request.state[READABLE_FROM] = origin
    if owner:
        request.state.actor = Actor(
            kind="application", id=owner.id, label=owner.name, workspace_id=owner.workspace_id
        )
    proven = check_secret(owner, client)
    throttle.take(request, f"application:{proven.id}")
    return form, proven


async def _tokens(
    tx: Writing, client: ClientOwner, grant_type: str, form: dict[str, str]
) -> IssuedToken | Refused:
    if grant_type == "authorization_code":
        offer = CodeOffer(
            code=_needed(form, "code"),
            redirect_uri=form.get("redirect_uri", ""),
            verifier=form.get("code_verifier", ""),
        )
        return await exchanges.exchange_code(tx, client, offer)
    if grant_type == "refresh_token":
        _check_scope(form, "connection")
        return await exchanges.refresh(tx, client, _needed(form, "refresh_token"))
    _check_scope(form, "admin")
    if client.is_public:
        raise OAuthError(
            "unauthorized_client", "Only a client with a secret gets tokens of the Admin API."
        )
    return await issue_admin_token(tx, client.id)


def _check_scope(form: dict[str, str], only: str) -> None:
    if any(one != only for one in form.get("scope", "").split()):
        raise OAuthError("invalid_scope", f"The only scope here is {only}; leave it out.")


def _needed(form: dict[str, str], name: str) -> str:
    if name not in form:
        raise OAuthError("invalid_request", f"Send {name}=….")
    return form[name]


def _headers(request: AnyRequest) -> dict[str, str]:
    origin = request.state.get(READABLE_FROM)
    readable = {"Access-Control-Allow-Origin": origin} if origin else {}
    return {**NEVER_KEPT, "Vary": "Origin", **readable}


def _refusal(request: AnyRequest, error: OAuthError) -> Json:
    headers = _headers(request)
    if error.status == 401 and request.headers.get("authorization"):  # noqa: PLR2004
        headers["WWW-Authenticate"] = 'Basic realm="Drawbar"'
    return Json(
        {"error": error.error, "error_description": error.description},
        status_code=error.status,
        headers=headers,
    )
