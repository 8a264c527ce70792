"""Endpoints, messages and events, and the rules about what an endpoint may ask for."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from drawbar.kit.errors import invalid
from drawbar.kit.outgoing import OutgoingError
from drawbar.kit.outgoing.headers import vet_headers
from drawbar.kit.tables import Row

PLATFORM = "assettracs."
"""How every event type of the asset platform begins."""
ROTATION = timedelta(hours=24)
"""How long the former secret goes on signing beside the new one."""
TEST = "webhook.test"

_EVENT_TYPE = re.compile(r"\*|[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*(?:\.\*)?")
_MOST_TYPES, _LONGEST_TYPE = 100, 120
_MOST_HEADERS = 20
# What we set ourselves, and what would let a receiver's cookies or caches be played with.
_RESERVED = frozenset({"accept-encoding", "content-encoding", "content-type", "cookie"})


class Audience(StrEnum):
    """Whose events: the hub's, or the asset platform's (types that begin with `assettracs.`)."""

    HUB = "hub"
    PLATFORM = "assettracs"


class Endpoint(Row, frozen=True, kw_only=True):
    """A receiver's address and what it wants; headers and secrets are sealed."""

    url: str
    event_types: list[str]
    connection_id: UUID | None = None
    description: str = ""
    sealed_headers: bytes
    sealed_secret: bytes
    enabled: bool = True

    @property
    def audience(self) -> Audience:
        """Whose events it gets; an endpoint never mixes the two halves."""
        return audience_of(self.event_types[0])


class Secret(msgspec.Struct, frozen=True):
    """A `whsec_…` secret; one that was rotated out signs until `ends_at`."""

    text: str
    ends_at: datetime | None = None


class NewEndpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body that creates an endpoint."""

    url: str
    event_types: list[str]
    connection_id: UUID | None = None
    description: str = ""
    headers: dict[str, str] = {}
    enabled: bool = True


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One event on its way to one endpoint."""

    id: UUID
    webhook_id: str
    event_id: UUID
    type: str
    connection_id: UUID | None
    endpoint_id: UUID
    url: str
    status: str
    """pending, delivered or failed."""
    generation: int
    """1, and one more for each retry by hand."""
    attempt_count: int
    """Tries of this generation, including those whose outcome is unknown."""
    next_attempt_at: datetime | None
    last_status: int | None
    last_error: str | None
    created_at: datetime
    finished_at: datetime | None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try: what was answered, or why nothing was."""

    generation: int
    number: int
    at: datetime
    duration_ms: int
    status: int | None
    error: str | None
    response: str
    late: bool
    """True when another try had taken over before this one ended."""


class MessageWithAttempts(Message, frozen=True, kw_only=True):
    """A message, what it says, and all its tries, oldest first."""

    payload: dict[str, Any]
    attempts: list[Attempt]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What a receiver gets as the body, here for whoever polls."""

    id: str
    type: str
    timestamp: str
    workspace_id: UUID
    connection_id: UUID | None
    data: dict[str, Any]


def message_id(event_id: UUID) -> str:
    """Return the `webhook-id` of an event: the same on every try and at every endpoint."""
    return f"msg_{event_id.hex}"


def audience_of(event_type: str) -> Audience:
    """Return whose event a type or pattern is."""
    return Audience.PLATFORM if event_type.startswith(PLATFORM) else Audience.HUB


def vet_event_types(event_types: Sequence[str], audience: Audience) -> list[str]:
    """Return the subscriptions without repetition; raise 422 naming one that is not acceptable."""
    wanted = list(dict.fromkeys(event_types))
    if not 0 < len(wanted) <= _MOST_TYPES:
        raise invalid("event_types", f"must name 1 to {_MOST_TYPES} event types.")
    for event_type in wanted:
        if len(event_type) > _LONGEST_TYPE or not _EVENT_TYPE.fullmatch(event_type):
            raise invalid(
                "event_types",
                f"{event_type[:_LONGEST_TYPE]!r} is not an event type. Write assets.updated, "
                "assets.* or, for all of the hub's, *.",
            )
        if audience_of(event_type) is not audience:
            raise invalid("event_types", _WRONG_DOOR[audience].format(event_type))
    return wanted


def vet_custom_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers; raise 422 naming one that may not be set."""
    if len(headers) > _MOST_HEADERS:
        raise invalid("headers", f"may hold at most {_MOST_HEADERS} headers.")
    if len({name.lower() for name in headers}) < len(headers):
        raise invalid("headers", "names a header twice.")
    for name in headers:
        if name.lower().startswith("webhook-"):
            raise invalid("headers", f"The header {name} cannot be set by hand.")
    try:
        vet_headers(headers, _RESERVED)
    except OutgoingError as error:
        raise invalid("headers", str(error)) from error
    return dict(headers)


_WRONG_DOOR = {
    Audience.HUB: (
        "{!r} is an event of the asset platform; subscribe to it at "
        "/assettracs/api/v1/webhook-endpoints."
    ),
    Audience.PLATFORM: (
        "{!r} is not an event of the asset platform; its types begin with assettracs., "
        "and assettracs.* means all."
    ),
}
