"""What Link gives an application: a check of what it asks for, a code, and the way back to it."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import msgspec

from drawbar.identity import grant_store
from drawbar.identity.application_store import Application
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import Writing
from drawbar.kit.errors import invalid_request
from drawbar.kit.ids import new_id

CODE_LIFE = timedelta(minutes=10)
"""hub.md §3."""
CODE_PREFIX = "dbg_"
CONNECTION_SCOPE = "connection"
RESPONSE_MODES = ("query", "web_message")
LONGEST_STATE = 2000
_STATE = re.compile(r"[\x20-\x7e]*")  # RFC 6749, appendix A.5
_S256 = re.compile(r"[A-Za-z0-9_-]{43}")  # SHA-256 in base64url (RFC 7636 §4.2)


class AuthorizationRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What an application asks Link for; `redirect_uri` is one that it registered."""

    redirect_uri: str
    state: str
    code_challenge: str | None = None
    response_mode: str = "query"


class AuthorizationRefused(Exception):  # noqa: N818 - says what was done
    """A refusal the application is told at its redirect URI (RFC 6749 §4.1.2.1)."""

    def __init__(self, request: AuthorizationRequest, error: str, description: str) -> None:
        super().__init__(description)
        self.request = request
        self.error = error
        self.description = description


def check_authorization(
    application: Application, parameters: Iterable[tuple[str, str]] | Mapping[str, str]
) -> AuthorizationRequest:
    """Return what an application asks for; `parameters` as they came, repeated ones included.

    A redirect URI that is missing, repeated or not registered raises 400, to be shown to whoever
    is at the browser, who must never be sent there. Anything else that is wrong raises
    `AuthorizationRefused`. What is not known is ignored (RFC 6749 §3.1).
    """
    pairs = list(parameters.items() if isinstance(parameters, Mapping) else parameters)
    sent = dict(pairs)
    repeated = sorted({name for name, _ in pairs if [one for one, _ in pairs].count(name) > 1})
    redirect_uri = _registered(application, sent, repeated)
    state, mode = sent.get("state", ""), sent.get("response_mode") or "query"
    sound_state = len(state) <= LONGEST_STATE and _STATE.fullmatch(state) is not None
    request = AuthorizationRequest(
        redirect_uri=redirect_uri,
        state=state if sound_state and "state" not in repeated else "",
        code_challenge=sent.get("code_challenge") or None,
        response_mode=mode if mode in RESPONSE_MODES else "query",
    )
    for found, error, description in _faults(application, sent, repeated, request):
        if found:
            raise AuthorizationRefused(request, error, description)
    return request


async def issue_code(
    tx: Writing,
    application_id: UUID,
    connection_id: UUID,
    *,
    redirect_uri: str,
    code_challenge: str | None,
) -> str:
    """Return a code for a connection's tokens: good once, for `CODE_LIFE`, stored as a hash.

    Whoever calls it holds the connection's row, so that a disconnect meanwhile ends the code too.
    """
    code = new_secret(CODE_PREFIX)
    await grant_store.add_grant(
        tx,
        grant_store.Grant(
            id=new_id(),
            application_id=application_id,
            connection_id=connection_id,
            redirect_uri=redirect_uri,
            code_challenge=code_challenge,
            code_expires_at=tx.now + CODE_LIFE,
        ),
        fingerprint(code),
    )
    return code


def answer_with_code(request: AuthorizationRequest, issuer: str, code: str) -> dict[str, str]:
    """Return the parameters of a success: `code`, `state`, and `iss` (RFC 9207)."""
    return {"code": code, "state": request.state, "iss": issuer}


def answer_with_error(refused: AuthorizationRefused, issuer: str) -> dict[str, str]:
    """Return the parameters of a refusal; `error`, `error_description`, `state`, `iss`."""
    state = {"state": refused.request.state} if refused.request.state else {}
    return {
        "error": refused.error,
        "error_description": refused.description,
        **state,
        "iss": issuer,
    }


def cancelled(request: AuthorizationRequest) -> AuthorizationRefused:
    """Return the refusal of a customer who did not want to connect."""
    return AuthorizationRefused(request, "access_denied", "The customer cancelled.")


def address_with(redirect_uri: str, answer: Mapping[str, str]) -> str:
    """Return where the browser goes: the redirect URI, its own query kept, with the answer."""
    joint = "&" if urlsplit(redirect_uri).query else "?"
    return f"{redirect_uri.rstrip('?')}{joint}{urlencode(answer)}"


def _registered(application: Application, sent: Mapping[str, str], repeated: list[str]) -> str:
    uri = sent.get("redirect_uri", "")
    if not uri:
        raise invalid_request("Send redirect_uri, the address to come back to.", "redirect_uri")
    for name in ("redirect_uri", "client_id"):
        if name in repeated:
            raise invalid_request(f"{name} is given twice.", name)
    if uri not in application.redirect_uris:
        raise invalid_request(
            f"This address is not registered for {application.name}. Redirect URIs are compared "
            "letter by letter; add it to the application in Drawbar's settings.",
            "redirect_uri",
        )
    return uri


def _faults(
    application: Application,
    sent: Mapping[str, str],
    repeated: list[str],
    request: AuthorizationRequest,
) -> Iterable[tuple[bool, str, str]]:
    """Give every rule with whether it is broken, the most basic first."""
    bad = "invalid_request"
    yield bool(repeated), bad, f"A parameter is given twice: {', '.join(repeated)}."[:200]
    kind = sent.get("response_type", "")
    yield not kind, bad, "Send response_type=code."
    yield kind != "code", "unsupported_response_type", "Send response_type=code."
    mode = sent.get("response_mode") or "query"
    yield mode not in RESPONSE_MODES, bad, f"response_mode is {' or '.join(RESPONSE_MODES)}."
    yield not sent.get("state"), bad, "Send state, a fresh random text, and compare it later."
    yield not request.state, bad, f"state is printable ASCII of at most {LONGEST_STATE} characters."
    scope = sent.get("scope", CONNECTION_SCOPE).split()
    yield any(one != CONNECTION_SCOPE for one in scope), "invalid_scope", "Ask for no scope."
    challenge, method = request.code_challenge, sent.get("code_challenge_method")
    yield (
        challenge is None and application.is_public,
        bad,
        ("A public client sends code_challenge (RFC 7636)."),
    )
    yield challenge is None and bool(method), bad, "Send code_challenge with its method."
    yield challenge is not None and method != "S256", bad, "Send code_challenge_method=S256."
    yield (
        challenge is not None and not _S256.fullmatch(challenge),
        bad,
        ("code_challenge is the SHA-256 of the verifier in base64url without padding."),
    )
