"""What a connection is, and the states it goes through (hub.md §4)."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from drawbar.connectors.sdk.manifest import Deployment
from drawbar.kit.tables import Row

Status = Literal["pending", "synchronizing", "active", "inactive", "disconnected"]
Health = Literal["online", "offline", "reauth_required", "degraded"]
LIVE: tuple[Status, ...] = ("synchronizing", "active")
"""The states in which a connection syncs and its token reads."""

DEFAULT_INTERVAL_SECONDS = 300
Label = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
Email = Annotated[str, Meta(max_length=320)]
Reference = Annotated[str, Meta(max_length=200)]
Metadata = Annotated[dict[str, Any], Meta(max_length=50)]
Tags = Annotated[list[Label], Meta(max_length=50)]
Interval = Annotated[int, Meta(ge=60, le=86400)]


class Connection(Row, frozen=True, kw_only=True):
    """One customer's instance of one system."""

    name: Label
    email: str = ""
    system: str
    """Slug; empty while the connection is pending and none was chosen."""
    deployment: Deployment
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
    health_message: str = ""
    """What the source said when the health last became worse; empty while it is online."""
    health_changed_at: datetime | None = None
    last_checked_at: datetime | None = None
    next_check_at: datetime | None = None
    failed_checks: int = 0
    """Checks in a row that found the source offline."""
    records_erased_at: datetime | None = None

    @property
    def live(self) -> bool:
        """Whether it syncs and can be read through the API."""
        return self.status in LIVE


class NewPending(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A connection that a customer is to finish, in Link; the system may be left to them."""

    name: Label
    email: Email = ""
    system: str = ""
    customer_reference: Reference = ""
    user_metadata: Metadata = {}
    tags: Tags = []


class NewConnection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What it takes to connect a system; `credentials` are the fields of its manifest."""

    name: Label
    system: str
    credentials: dict[str, str]
    deployment: Deployment | None = None
    """One of those the system offers; None means its first."""
    email: Email = ""
    customer_reference: Reference = ""
    user_metadata: Metadata = {}
    tags: Tags = []
    sync_interval_seconds: Interval = DEFAULT_INTERVAL_SECONDS


class FreshCredentials(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What reauthorizing takes: the fields of the system's manifest."""

    credentials: dict[str, str]

    def __repr__(self) -> str:
        return "FreshCredentials(…)"


class Reactivation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether what the pool lacks may be taken beyond it."""

    overage: bool = False


class ChangedConnection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What may be changed about a connection later."""

    name: Label | UnsetType = UNSET
    email: Email | UnsetType = UNSET
    customer_reference: Reference | UnsetType = UNSET
    user_metadata: Metadata | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET
    sync_interval_seconds: Interval | UnsetType = UNSET


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """What is sealed for a connection: all credentials, and the secret of its push."""

    credentials: dict[str, str]
    push_secret: str | None = None
    obtained_at: float | None = None
    """Unix seconds at which the source granted the credentials; tells how long they live."""

    def __repr__(self) -> str:
        return "Secrets(…)"
