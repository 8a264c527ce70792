"""Who may sign in at the sandbox, and as whom magic values are known (like test card numbers)."""

import base64
import binascii

from msgspec import Struct

from drawbar.connectors.sandbox.answers import Refused

WRONG_PASSWORD = "wrong"  # noqa: S105  known to everybody, it is what is refused
LIMITED_USER = "limited"
"""May read everything but work orders."""
UNREACHABLE_HOST = "unreachable.example"
"""Nobody answers there."""
WEBSITE_HOST = "website.example"
"""A website answers there that is no sandbox."""
BUSY_HOST = "busy.example"
"""A sandbox that is down for maintenance: 503 with Retry-After."""


class Caller(Struct, frozen=True):
    """Whoever asks, and what that person may not read (resources of the sandbox's API)."""

    name: str
    denied: frozenset[str] = frozenset()


def signed_in(authorization: str) -> Caller:
    """Return who signs in with HTTP Basic; refuse the password `wrong` and none at all."""
    user, password = _typed(authorization)
    if not user or not password or password == WRONG_PASSWORD:
        raise Refused(401, "user name or password are wrong", code="BAD_LOGIN")
    return Caller(user, frozenset({"jobs"} if user == LIMITED_USER else ()))


def _typed(authorization: str) -> tuple[str, str]:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise Refused(401, "sign in with user name and password", code="NO_LOGIN")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return user, password
