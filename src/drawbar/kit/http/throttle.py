"""Limits at the door: 429 for whoever asks too often, and for whoever guesses credentials."""

from collections.abc import Callable
from typing import Any

from litestar.connection import ASGIConnection

from drawbar.kit.errors import rate_limited
from drawbar.kit.http.clients import network_of
from drawbar.kit.http.limits import Limits, Verdict

AnyConnection = ASGIConnection[Any, Any, Any, Any]
VERDICT = "drawbar.rate_limit"
"""Name in the scope of the verdict whose headers the answer carries."""
REFUSED = "refused"
REFUSED_SHARE = 10
"""A network may be refused a tenth as often as an application may ask: 60 times a minute."""


def limits_of(connection: AnyConnection) -> Limits:
    """Return this process's buckets."""
    limits: Limits = connection.app.state.limits
    return limits


def take(connection: AnyConnection, key: str, per_minute: int | None = None) -> None:
    """Take one request from the bucket `policy:whose`; raise 429 `RATE_LIMIT_EXCEEDED`.

    The answer's `RateLimit` headers tell of it.
    """
    verdict = limits_of(connection).take(key, per_minute)
    connection.scope[VERDICT] = verdict  # type: ignore[literal-required]
    if not verdict.allowed:
        raise rate_limited(verdict.wait)


def throttle(connection: AnyConnection, name: str, per_minute: int) -> None:
    """Let the caller's network do `name` so often a minute; raise 429 when it does it more."""
    take(connection, f"{name}:{network_of(connection.scope)}", per_minute)


def throttled(name: str, per_minute: int) -> Callable[[AnyConnection], None]:
    """Make a router's `before_request` that lets a network ask its routes so often a minute."""

    def before_request(connection: AnyConnection) -> None:
        throttle(connection, name, per_minute)

    return before_request


def forgive(connection: AnyConnection, name: str, per_minute: int) -> None:
    """Do not count what `throttle` counted: the caller proved to be no guesser."""
    limits_of(connection).give_back(f"{name}:{network_of(connection.scope)}", per_minute)


def refuse_guessers(connection: AnyConnection, fingerprint: bytes = b"") -> None:
    """Raise 429 for a network that was answered 401 too often lately, before asking who it is.

    A credential that opened something lately, by its fingerprint, is let through.
    """
    limits = limits_of(connection)
    if fingerprint in limits.accepted:
        return
    verdict = limits.look(f"{REFUSED}:{network_of(connection.scope)}", refusals(limits))
    if not verdict.allowed:
        connection.scope[VERDICT] = verdict  # type: ignore[literal-required]
        raise rate_limited(verdict.wait, "Too many credentials from this address were refused.")


def count_refusal(limits: Limits, network: str) -> Verdict:
    """Count an answer of 401 against a network."""
    return limits.take(f"{REFUSED}:{network}", refusals(limits))


def refusals(limits: Limits) -> int:
    """Return how often a minute a network may be answered 401."""
    return max(1, limits.per_minute // REFUSED_SHARE)
