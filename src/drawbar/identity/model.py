"""People, what they belong to, and how they prove who they are."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

SESSION_LIFE = timedelta(days=14)
TOKEN_LIFE = timedelta(days=30)
"""hub.md §3."""
REFRESH_LIFE = timedelta(days=31)
"""hub.md §3: a day longer than the access token it follows."""
SETUP_LINK_LIFE = timedelta(hours=24)
SHORTEST_PASSWORD = 10
MOST_FAILURES = 10
"""Wrong passwords for one e-mail address within `FAILURE_WINDOW` before log-in pauses."""
FAILURE_WINDOW = timedelta(minutes=15)


class Membership(msgspec.Struct, frozen=True):
    """What a person is in one workspace; a missing role means that half is closed to them."""

    workspace_id: UUID
    workspace_name: str
    hub_role: str | None
    asset_role: str | None
    products: tuple[str, ...] = ()
    """The halves the workspace has: `hub`, `assets`."""

    def opens(self, product: str) -> bool:
        """Whether this member may look at a half of Drawbar here."""
        role = self.hub_role if product == "hub" else self.asset_role
        return role is not None and product in self.products


class Roles(msgspec.Struct, frozen=True):
    """What somebody is in each half of a workspace; None means that half is closed to them."""

    hub_role: str | None = None
    asset_role: str | None = None


class SignedIn(msgspec.Struct, frozen=True):
    """A person at a browser: who, in which workspace, and where else they may go."""

    user_id: UUID
    email: str
    name: str
    current: Membership
    memberships: tuple[Membership, ...]


class Person(msgspec.Struct, frozen=True):
    """A user's account."""

    id: UUID
    email: str
    name: str
    password_hash: str
    disabled_at: datetime | None


class Token(msgspec.Struct, frozen=True):
    """A fresh bearer token; the text is shown this once and stored only as a hash."""

    text: str
    expires_at: datetime
