"""Where an authorization may lead: the redirect URIs of an application."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from drawbar.kit.errors import invalid

MOST_REDIRECT_URIS = 20
LONGEST_REDIRECT_URI = 2000
LOOPBACK = ("localhost", "127.0.0.1", "::1")
DEFAULT_PORTS = {"http": 80, "https": 443}
# The host goes into a Content-Security-Policy, so nothing else may stand in it.
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:]+")
_NOT_IN_A_URI = re.compile(r"[^\x21-\x7e]|[\\\"'<>^`{|}*]")


def checked_redirect_uris(uris: Iterable[str], environment: str) -> tuple[str, ...]:
    """Return the URIs as they are, each once; raise 422 that says which one cannot be registered.

    They are compared as exact text later (RFC 9700 §2.1), so nothing is tidied here. Plain http
    is for the machine of whoever develops: a loopback host, environment `development`.
    """
    once = tuple(dict.fromkeys(uris))
    if len(once) > MOST_REDIRECT_URIS:
        raise invalid("redirect_uris", f"Register at most {MOST_REDIRECT_URIS}.")
    for uri in once:
        fault = _fault(uri, environment)
        if fault:
            raise invalid("redirect_uris", f"{uri[:200]!r} {fault}")
    return once


def origin(uri: str) -> str:
    """Return scheme, host and port of an address as a browser writes an origin (RFC 6454 §6.1)."""
    parts = urlsplit(uri)
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    port = parts.port if parts.port != DEFAULT_PORTS.get(parts.scheme) else None
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}"


def origins(uris: Iterable[str]) -> tuple[str, ...]:
    """Return the origins of redirect URIs, each once, fit to stand in a `frame-ancestors`."""
    return tuple(dict.fromkeys(origin(uri) for uri in uris))


def _fault(uri: str, environment: str) -> str:
    """Say what is wrong with a redirect URI, or nothing."""
    if len(uri) > LONGEST_REDIRECT_URI:
        return f"is longer than {LONGEST_REDIRECT_URI} characters."
    if _NOT_IN_A_URI.search(uri):
        return "holds a character that no address has, such as a blank or a wildcard."
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "is no address."
    secure, plain = parts.scheme == "https", parts.scheme == "http"
    rules = (
        (not secure and not plain, "must begin with https://."),
        ("#" in uri, "has a fragment; leave out # and what follows."),
        ("@" in parts.netloc, "has a user name; leave out what stands before @."),
        (
            not _HOST.fullmatch(host),
            "names no host; write it in full, https://app.example.com/connected.",
        ),
        (plain and host not in LOOPBACK, "must begin with https://; http is only for localhost."),
        (
            plain and environment != "development",
            "must begin with https:// in a production application.",
        ),
    )
    return next((sentence for broken, sentence in rules if broken), "")
