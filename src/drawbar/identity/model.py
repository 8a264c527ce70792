"""People, what they belong to, and how they prove who they are."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from drawbar.kit.http.clients import network_of_address

SESSION_LIFE = timedelta(days=14)
SESSION_IDLE = timedelta(days=5)
"""A session not used for so long has ended: longer than a long weekend."""
SEEN_EVERY = timedelta(minutes=5)
"""How exactly a session knows when it was last used; a write per click would cost more."""
HALF_SESSION_LIFE = timedelta(minutes=10)
TOKEN_LIFE = timedelta(days=30)
"""hub.md §3."""
REFRESH_LIFE = timedelta(days=31)
"""hub.md §3: a day longer than the access token it follows."""
SETUP_LINK_LIFE = timedelta(hours=24)
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1000
RESET_LIFE = timedelta(hours=1)
CONFIRM_LIFE = timedelta(hours=24)
INVITATION_LIFE = timedelta(days=7)


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
    session_id: UUID
    locale: str = ""
    time_zone: str = ""


class Person(msgspec.Struct, frozen=True):
    """A user's account; language and zone are empty until the person chose them."""

    id: UUID
    email: str
    name: str
    password_hash: str
    locale: str
    time_zone: str
    email_confirmed_at: datetime | None
    disabled_at: datetime | None
    has_second_factor: bool

    def __repr__(self) -> str:
        return f"Person({self.id})"


class Visit(msgspec.Struct, frozen=True):
    """Where an attempt comes from: IP address, browser, and the session it had before."""

    address: str = ""
    agent: str = ""
    former: str = ""

    @property
    def network(self) -> str:
        """The network the address lies in, or nothing."""
        return network_of_address(self.address)

    def __repr__(self) -> str:
        return f"Visit({self.address!r})"


class Token(msgspec.Struct, frozen=True):
    """A fresh bearer token; the text is shown this once and stored only as a hash."""

    text: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Token(expires_at={self.expires_at})"
