"""What every response carries: request id, version, security headers; and a log line each."""

import re
import time
from collections.abc import Iterable

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from drawbar import __version__
from drawbar.kit import logs
from drawbar.kit.http.clients import Networks, network_of, true_client
from drawbar.kit.http.limits import Limits, Verdict
from drawbar.kit.http.throttle import VERDICT, count_refusal
from drawbar.kit.ids import new_id

log = logs.logger(__name__)

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)
SECURITY_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
)
_CALLERS_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_QUIET = ("/static/", "/healthz")
_REFUSED = 401


def envelope(app: ASGIApp, proxies: Networks = ()) -> ASGIApp:
    """Wrap the application; a caller's own well-formed `X-Request-Id` is kept.

    `proxies` are believed when they say who called them: below, the scope's client is the caller.
    """

    async def enveloped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        request_id = _callers_id(scope["headers"]) or f"req_{new_id().hex}"
        scope["request_id"] = request_id  # type: ignore[typeddict-unknown-key]
        logs.request_id.set(request_id)
        if scope["client"]:
            host, port = scope["client"]
            scope["client"] = (true_client(host, scope["headers"], proxies), port)
        method = scope["method"]
        began = time.perf_counter()

        async def stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders(message)
                headers["X-Request-Id"] = request_id
                headers["Drawbar-Version"] = __version__
                for name, value in SECURITY_HEADERS:
                    headers.setdefault(name, value)
                verdict = _verdict(scope, message["status"])
                for name, value in verdict.headers() if verdict else ():
                    headers[name] = value
                if not scope["path"].startswith(_QUIET):
                    log.info(
                        "request",
                        method=method,
                        path=scope["path"],
                        status=message["status"],
                        ms=round((time.perf_counter() - began) * 1000, 1),
                    )
            await send(message)

        await app(scope, receive, stamped)

    return enveloped


def _verdict(scope: Scope, status: int) -> Verdict | None:
    """Return whose bucket the answer tells of; one that refuses a credential is counted here."""
    if status == _REFUSED:
        limits: Limits = scope["litestar_app"].state.limits
        return count_refusal(limits, network_of(scope))
    found: Verdict | None = scope.get(VERDICT)  # type: ignore[assignment]
    return found


def _callers_id(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    for name, value in headers:
        if name == b"x-request-id":
            text = value.decode("latin-1")
            return text if _CALLERS_ID.fullmatch(text) else None
    return None
