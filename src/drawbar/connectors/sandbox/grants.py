"""The sandbox's own OAuth 2 server: consent codes, short-lived access, rotating refresh tokens.

Codes and tokens say everything themselves and are signed, so that any process can read what
another gave. The key is no secret: whoever forges a token sees made-up rows that everybody sees.
That a code or refresh token works once is known only to the process that saw it first; each
process remembers for itself.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

import msgspec
from msgspec import Struct

from drawbar.connectors.sandbox.answers import Refused
from drawbar.connectors.sandbox.people import Caller
from drawbar.kit import json
from drawbar.kit.clock import Clock, system_clock
from drawbar.kit.crypto import new_secret, same

ACCESS_LIFE = timedelta(minutes=10)
REFRESH_LIFE = timedelta(days=30)
CODE_LIFE = timedelta(minutes=1)
_KEY = b"the sandbox has nothing to hide"
_REMEMBERED = 10_000

Use = Literal["code", "access", "refresh"]


class _Ticket(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a code or token says."""

    use: Use
    grant: str
    """One visit to the consent page; all tokens that follow from it carry it."""
    turn: int
    """Counts the refreshes of a grant."""
    ends_at: float
    denied: tuple[str, ...]
    redirect_uri: str = ""
    challenge: str = ""


class Granted(Struct, frozen=True, kw_only=True):
    """The answer of the token endpoint (RFC 6749, 5.1)."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: str = "Bearer"  # noqa: S105  names a kind of token

    def __repr__(self) -> str:
        return "Granted(…)"


class Grants:
    """Gives and reads codes and tokens. `refreshed` counts successful refreshes, for tests."""

    def __init__(
        self, *, clock: Clock = system_clock, access_life: timedelta = ACCESS_LIFE
    ) -> None:
        self._clock = clock
        self._access_life = access_life
        self._turn: dict[str, int] = {}
        self.refreshed = 0

    def code(self, *, redirect_uri: str, challenge: str, denied: tuple[str, ...] = ()) -> str:
        """Return a code for a consent just given; `challenge` is PKCE's, S256."""
        ends_at = (self._clock() + CODE_LIFE).timestamp()
        return _signed(
            _Ticket(
                use="code",
                grant=new_secret(),
                turn=0,
                ends_at=ends_at,
                denied=denied,
                redirect_uri=redirect_uri,
                challenge=challenge,
            )
        )

    def answer(self, form: Mapping[str, str]) -> Granted:
        """Answer the token endpoint; raise `Refused` with RFC 6749's word in `code`."""
        match form.get("grant_type"):
            case "authorization_code":
                return self._exchange(form)
            case "refresh_token":
                ticket = self._read(form.get("refresh_token", ""), "refresh")
                granted = self._next(ticket)
                self.refreshed += 1
                return granted
        raise Refused(
            400,
            "grant_type must be authorization_code or refresh_token",
            code="unsupported_grant_type",
        )

    def caller(self, access_token: str) -> Caller:
        """Return whose access token this is; refuse one that has ended with 401."""
        try:
            ticket = self._read(access_token, "access")
        except Refused as refusal:
            raise Refused(401, str(refusal), code="invalid_token") from refusal
        return Caller(f"person {ticket.grant[:6]}", frozenset(ticket.denied))

    def _exchange(self, form: Mapping[str, str]) -> Granted:
        ticket = self._read(form.get("code", ""), "code")
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        if form.get("redirect_uri") != ticket.redirect_uri or not same(challenge, ticket.challenge):
            raise Refused(400, "this code was given to somebody else", code="invalid_grant")
        return self._next(ticket)

    def _next(self, ticket: _Ticket) -> Granted:
        """Take a code or refresh token for spent, and give what follows it."""
        if ticket.turn < self._turn.get(ticket.grant, 0):
            raise Refused(400, "this was used before", code="invalid_grant")
        turn = ticket.turn + 1
        if len(self._turn) > _REMEMBERED:
            self._turn.clear()
        self._turn[ticket.grant] = turn
        now = self._clock()
        follows = msgspec.structs.replace(ticket, turn=turn, redirect_uri="", challenge="")
        access = msgspec.structs.replace(
            follows, use="access", ends_at=(now + self._access_life).timestamp()
        )
        refresh = msgspec.structs.replace(
            follows, use="refresh", ends_at=(now + REFRESH_LIFE).timestamp()
        )
        return Granted(
            access_token=_signed(access),
            refresh_token=_signed(refresh),
            expires_in=int(self._access_life.total_seconds()),
        )

    def _read(self, text: str, use: Use) -> _Ticket:
        ticket = _opened(text)
        if ticket is None or ticket.use != use:
            raise Refused(400, f"this is no {use} token of the sandbox", code="invalid_grant")
        if ticket.ends_at <= self._clock().timestamp():
            raise Refused(400, f"this {use} token has ended", code="invalid_grant")
        return ticket


def _signed(ticket: _Ticket) -> str:
    body = json.encode(ticket)
    seal = hmac.digest(_KEY, body, "sha256")
    return base64.urlsafe_b64encode(seal + body).decode().rstrip("=")


def _opened(text: str) -> _Ticket | None:
    try:
        whole = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        seal, body = whole[:32], whole[32:]
        return json.decode(body, _Ticket) if same(seal, hmac.digest(_KEY, body, "sha256")) else None
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        return None
