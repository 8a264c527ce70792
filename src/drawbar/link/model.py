"""A visit to Link, and the links that lead to one."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from drawbar.connections.model import Email, Label, Metadata, Reference, Tags
from drawbar.connectors.sdk.manifest import Deployment
from drawbar.kit.tables import Row

SESSION_LIFE = timedelta(minutes=30)
CLAIM_LIFE = timedelta(minutes=2)
"""After which a visit that was being finished by a process that died may be finished again."""
MAGIC_LIFE = timedelta(days=7)
SESSION_PREFIX, MAGIC_PREFIX = "dbl_", "dbm_"
DAY_S = 86_400

Standing = Literal["waiting", "completed", "expired", "revoked"]


class LinkSession(msgspec.Struct, frozen=True, kw_only=True):
    """One visit of one browser; whoever has its token goes on with it."""

    workspace_id: UUID
    id: UUID
    created_at: datetime
    expires_at: datetime
    client_id: str | None = None
    magic_link_id: UUID | None = None
    redirect_uri: str | None = None
    response_mode: str = "query"
    state: str = ""
    code_challenge: str | None = None
    locale: str = ""
    """Language chosen on the page; empty: the browser's."""
    fixed_system: str = ""
    """The only system this visit may connect; empty: the customer chooses."""
    system: str = ""
    """The one whose credentials were checked."""
    denied: tuple[str, ...] = ()
    """Entities its user may not read."""
    sealed_entry: bytes | None = None
    """`Kept`, sealed, between two steps."""
    is_checked: bool = False
    """Whether what is kept was tried at the source and opens it."""
    connection_id: UUID | None = None
    claimed_at: datetime | None = None
    finished_at: datetime | None = None
    delivered_at: datetime | None = None
    """When the application was given its code."""
    ended_at: datetime | None = None

    def __repr__(self) -> str:
        return f"LinkSession({self.id})"


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What a visit keeps sealed between two steps; never shown again."""

    name: str
    deployment: Deployment
    credentials: dict[str, str]
    token: str = ""
    """The visit's own token, while the browser is at the source's consent page."""
    code_verifier: str = ""
    browser: str = ""
    """What the cookie of the browser that left for the consent page says."""
    is_apart: bool = False
    """Whether that page stands in a window of its own, because ours stands in a frame."""

    def __repr__(self) -> str:
        return f"Kept({self.name!r}, …)"


class MagicLink(Row, frozen=True, kw_only=True):
    """A link with which a customer finishes a pending connection or logs in anew."""

    connection_id: UUID
    application_id: UUID | None = None
    system: str = ""
    reconnects: bool = False
    token_hash: bytes
    expires_at: datetime
    opened_at: datetime | None = None
    finished_at: datetime | None = None
    revoked_at: datetime | None = None

    def standing(self, now: datetime) -> Standing:
        """Say whether it can still be used, and why not."""
        if self.finished_at:
            return "completed"
        if self.revoked_at:
            return "revoked"
        return "waiting" if now < self.expires_at else "expired"


class NewMagicLink(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body that makes a magic link; with `connection_id` for a connection that exists."""

    name: Label | None = None
    email: Email = ""
    customer_reference: Reference = ""
    user_metadata: Metadata = {}
    tags: Tags = []
    system: str = ""
    connection_id: UUID | None = None
    application_id: UUID | None = None
    expires_in_seconds: Annotated[int, Meta(ge=60, le=30 * DAY_S)] = 7 * DAY_S


class MadeMagicLink(msgspec.Struct, frozen=True):
    """A fresh link and its token, seen this once."""

    link: MagicLink
    token: str

    def __repr__(self) -> str:
        return f"MadeMagicLink({self.link.id})"
