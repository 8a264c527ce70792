"""Whether a browser request that carries a session cookie really comes from our own pages."""

from collections.abc import Mapping
from urllib.parse import urlsplit

# RFC 9110 §9.2.1: these may not change anything, so forging them gains nothing.
_SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
_DEFAULT_PORTS = {"http": 80, "https": 443}


def allowed(method: str, headers: Mapping[str, str], own_origin: str) -> bool:
    """Decide on a cookie-authenticated request; no token in any form is needed.

    The browser's own statement decides: `Sec-Fetch-Site` (W3C Fetch Metadata §2.3) must be
    same-origin or none (typed, bookmarked). A browser without it (before 2023) sends `Origin`
    (RFC 6454) with every unsafe method, which must be ours. With neither there is no evidence,
    and the request is refused. Pages cannot set either header. This is the algorithm Go's
    net/http.CrossOriginProtection took from Filippo Valsorda's 2025 survey, but stricter where
    both headers are absent: programs use bearer tokens here, not cookies.

    `own_origin` is scheme, host and port of the public URL (or of the Host header).
    """
    if method.upper() in _SAFE_METHODS:
        return True
    lowered = {name.lower(): value for name, value in headers.items()}
    site = lowered.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = _parts(lowered.get("origin", ""))
    return origin is not None and origin == _parts(own_origin)


def _parts(origin: str) -> tuple[str, str, int] | None:
    try:
        parsed = urlsplit(origin)
        port = parsed.port or _DEFAULT_PORTS.get(parsed.scheme)
    except ValueError:
        return None
    if parsed.hostname is None or port is None or parsed.username is not None:
        return None
    return parsed.scheme, parsed.hostname, port
