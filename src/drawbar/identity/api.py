"""OAuth 2: tokens for applications, and their end (RFC 6749, RFC 7009)."""

import base64
import binascii
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

import msgspec
from litestar import Request, Router, post
from litestar.datastructures import State

from drawbar.identity import application_store, store
from drawbar.identity.guards import public
from drawbar.identity.store import ClientOwner
from drawbar.identity.tokens import IssuedToken, issue_admin_token
from drawbar.kit.crypto import fingerprint, same
from drawbar.kit.db import Database
from drawbar.kit.http import throttle
from drawbar.kit.http.responses import Json

AnyRequest = Request[Any, Any, State]
FORM = "application/x-www-form-urlencoded"
NEVER_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}
NOBODYS_HASH = fingerprint("no application has this secret")
MOST_FIELDS = 20


class OAuthError(Exception):
    """A refusal in OAuth's own words (RFC 6749 §5.2)."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


class Client(msgspec.Struct, frozen=True):
    """What a client sent to prove who it is."""

    client_id: str
    secret: str
    by_header: bool

    def __repr__(self) -> str:
        return f"Client({self.client_id!r})"


def oauth_api() -> Router:
    """Return the routes under `/oauth`."""
    return Router(
        "/oauth",
        route_handlers=[give_token, revoke_token],
        exception_handlers={OAuthError: _refusal},
        before_request=refuse_guessers,
        opt={"query": {}},
        tags=["OAuth"],
    )


@post("/token", status_code=200, opt=public("it checks the client's own secret"))
async def give_token(request: AnyRequest) -> Json:
    """Answer a form with an access token: `grant_type=client_credentials` (RFC 6749 §4.4)."""
    form = await _form(request)
    client = _client(request, form)
    grant_type = form.get("grant_type", "")
    if not grant_type:
        raise OAuthError("invalid_request", "Send grant_type=client_credentials.")
    owner = await _authenticated(request, client)
    if grant_type != "client_credentials":
        raise OAuthError("unsupported_grant_type", "Use grant_type=client_credentials.")
    database: Database = request.app.state.database
    async with database.writing(owner.workspace_id) as tx:
        token: IssuedToken = await issue_admin_token(tx, owner.id)
    return Json(token, headers=NEVER_KEPT)


@post("/revoke", status_code=200, opt=public("it checks the client's own secret"))
async def revoke_token(request: AnyRequest) -> Json:
    """End a token of this client, or of one of its workspace's connections, at once (RFC 7009).

    A token that is unknown, ended or another's is answered alike, so nothing can be probed.
    """
    form = await _form(request)
    client = _client(request, form)
    token = form.get("token", "")
    if not token:
        raise OAuthError("invalid_request", "Send the token to end as token=….")
    owner = await _authenticated(request, client)
    database: Database = request.app.state.database
    async with database.writing(owner.workspace_id) as tx:
        await application_store.revoke_token(tx, fingerprint(token), owner.id)
    return Json({}, headers=NEVER_KEPT)


async def refuse_guessers(request: AnyRequest) -> None:
    """Answer 429 to a network that guesses secrets; each 401 it got counts."""
    throttle.refuse_guessers(request)


async def _form(request: AnyRequest) -> dict[str, str]:
    if request.content_type[0] != FORM:
        raise OAuthError("invalid_request", f"Send the parameters as {FORM}.")
    try:
        text = (await request.body()).decode()
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise OAuthError("invalid_request", "The form cannot be read.") from error
    if len({name for name, _ in pairs}) < len(pairs):
        raise OAuthError("invalid_request", "A parameter is given twice.")
    return dict(pairs)


def _client(request: AnyRequest, form: dict[str, str]) -> Client:
    """Read the client's id and secret from the header or the form, never both (RFC 6749 §2.3)."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        return Client(form.get("client_id", ""), form.get("client_secret", ""), by_header=False)
    if "client_secret" in form:
        raise OAuthError("invalid_request", "Send the secret in the header or the form, not both.")
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        pair = ""
    if scheme.lower() != "basic":
        pair = ""
    client_id, _, secret = pair.partition(":")
    return Client(unquote_plus(client_id), unquote_plus(secret), by_header=True)


async def _authenticated(request: AnyRequest, client: Client) -> ClientOwner:
    database: Database = request.app.state.database
    owner = None
    if client.client_id and "\0" not in client.client_id:
        async with database.as_system("whose OAuth client is this") as tx:
            owner = await store.owner_of_client(tx, client.client_id)
    fits = same(fingerprint(client.secret), owner.secret_hash if owner else NOBODYS_HASH)
    if owner is None or not fits:
        raise OAuthError(
            "invalid_client",
            "Client id and secret do not fit, or the application was revoked.",
            status=401,
        )
    return owner


def _refusal(request: AnyRequest, error: OAuthError) -> Json:
    headers = dict(NEVER_KEPT)
    if error.status == 401 and request.headers.get("authorization"):  # noqa: PLR2004
        headers["WWW-Authenticate"] = 'Basic realm="Drawbar"'
    return Json(
        {"error": error.error, "error_description": error.description},
        status_code=error.status,
        headers=headers,
    )
