"""How one connection's sandbox misbehaves, to try what a client does then.

They stand in the connection's settings under `sandbox` and go to the sandbox with every request,
in a header, so that a change counts from the next request on, in every process.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from drawbar.kit import json

HEADER = "Sandbox-Switches"
SETTING = "sandbox"
"""Name of the connection's setting that holds them."""
LONGEST_DELAY_MS = 60_000


class Switches(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What goes wrong on purpose; as it comes, nothing does."""

    delay_ms: Annotated[int, Meta(ge=0, le=LONGEST_DELAY_MS)] = 0
    """Time each answer takes; beyond 30,000 the hub stops waiting."""
    error_rate: Annotated[float, Meta(ge=0, le=1)] = 0.0
    """Share of requests answered with 500."""
    outage: bool = False
    """Nobody answers at all: the connection is refused."""
    rate_limit_per_minute: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    """Requests answered a minute, by each process of Drawbar; the rest get 429."""
    credentials_expired: bool = False
    """Sign-in is refused with 401; reauthorizing the connection switches it off."""
    denied_entities: tuple[str, ...] = ()
    """Entities (`work_orders`) that may not be read: 403."""


def switches_in(settings: Mapping[str, Any]) -> Switches:
    """Return a connection's switches; one that cannot be read counts as not set at all."""
    try:
        return msgspec.convert(settings.get(SETTING, {}), Switches)
    except msgspec.ValidationError:
        return Switches()


def with_switches(settings: Mapping[str, Any], switches: Switches) -> dict[str, Any]:
    """Return a connection's settings with these switches."""
    return {**settings, SETTING: msgspec.to_builtins(switches)}


def with_fresh_credentials(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings after reauthorizing: new credentials have not expired."""
    if SETTING not in settings:
        return dict(settings)
    fresh = msgspec.structs.replace(switches_in(settings), credentials_expired=False)
    return with_switches(settings, fresh)


def header_of(switches: Switches) -> dict[str, str]:
    """Return the header that tells the sandbox; none when everything is well."""
    return {HEADER: json.encode(switches).decode()} if switches != Switches() else {}


def told_in(headers: Mapping[str, str]) -> Switches:
    """Read the header."""
    return json.decode(headers.get(HEADER, "{}").encode(), Switches)
