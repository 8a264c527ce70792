"""What a connection is, and the states it goes through (hub.md §4)."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from drawbar.kit.tables import Row

Status = Literal["pending", "synchronizing", "active", "inactive", "disconnected"]
Health = Literal["online", "offline", "reauth_required", "degraded"]
LIVE: tuple[Status, ...] = ("synchronizing", "active")
"""The states in which a connection syncs and its token reads."""

DEFAULT_INTERVAL_SECONDS = 300
Label = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]


class Connection(Row, frozen=True, kw_only=True):
    """One customer's instance of one system."""

    name: Label
    email: str = ""
    system: str
    deployment: Literal["cloud", "on_premises"]
    tier: int
    credits: int
    status: Status
    health: Health = "online"
    customer_reference: str = ""
    user_metadata: dict[str, Any] = {}
    tags: list[str] = []
    settings: dict[str, Any] = {}
    """Credentials that are no secret, such as the address."""
    subscription_id: str | None = None
    sync_interval_seconds: int = DEFAULT_INTERVAL_SECONDS
    next_sync_at: datetime | None = None
    connected_at: datetime | None = None
    last_synced_at: datetime | None = None

    @property
    def live(self) -> bool:
        """Whether it syncs and can be read through the API."""
        return self.status in LIVE


class NewConnection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What it takes to connect a system; `credentials` are the fields of its manifest."""

    name: Label
    system: str
    credentials: dict[str, str]
    email: Annotated[str, Meta(max_length=320)] = ""
    customer_reference: Annotated[str, Meta(max_length=200)] = ""
    user_metadata: dict[str, Any] = {}
    tags: list[Label] = []
    sync_interval_seconds: Annotated[int, Meta(ge=60, le=86400)] = DEFAULT_INTERVAL_SECONDS


class ChangedConnection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed about a connection later."""

    name: Label | msgspec.UnsetType = msgspec.UNSET
    customer_reference: str | msgspec.UnsetType = msgspec.UNSET
    user_metadata: dict[str, Any] | msgspec.UnsetType = msgspec.UNSET
    tags: list[Label] | msgspec.UnsetType = msgspec.UNSET
    sync_interval_seconds: Annotated[int, Meta(ge=60, le=86400)] | msgspec.UnsetType = msgspec.UNSET


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """What is sealed for a connection: all credentials, and the secret of its push."""

    credentials: dict[str, str]
    push_secret: str | None = None

    def __repr__(self) -> str:
        return "Secrets(…)"
