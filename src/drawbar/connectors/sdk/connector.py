"""The seam between the hub and a system: what a connector must offer, what it is given."""

from collections.abc import AsyncIterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from msgspec import Struct

from drawbar.connectors.sdk.manifest import Manifest
from drawbar.connectors.sdk.raw import Raw
from drawbar.kit.outgoing import Response
from drawbar.schema.registry import Fields


class Access(Struct, frozen=True, kw_only=True):
    """Where a customer's system is and what to send along; made from the credentials."""

    address: str
    """Root of the API, no slash at its end."""
    headers: Mapping[str, str]

    def __repr__(self) -> str:
        return f"Access(address={self.address!r}, headers=…)"


class SourceHttp(Protocol):
    """Calls to one customer's system, with credentials, limits and patience seen to.

    Paths are relative to `Access.address`. Each call returns the body of a 2xx answer or raises
    an error of `sdk.errors`.
    """

    @property
    def host(self) -> str:
        """Name of the machine that is called."""
        ...

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        """Read."""
        ...

    async def post(self, path: str, body: Any) -> bytes:
        """Create; `body` is sent as JSON."""
        ...

    async def delete(self, path: str) -> None:
        """Delete."""
        ...


class Requests(Protocol):
    """Whatever sends one HTTP request and returns its answer; `OutgoingHttp` is the usual one.

    A system that lives in this process (the sandbox) answers here itself. Raises `OutgoingError`.
    """

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        deadline_s: float = 10.0,
        max_bytes: int = 32 * 1024 * 1024,
    ) -> Response:
        """Send a request; an answer of any status is returned."""
        ...


class Checked(Struct, frozen=True, kw_only=True):
    """What trying the credentials told."""

    display_name: str
    organization: str | None
    permissions: Mapping[str, bool]
    """For each entity of the manifest: may it be read?"""


class RawRecord(Struct, frozen=True, kw_only=True):
    """One row as the source gave it."""

    remote_id: str
    body: bytes
    """The row's own JSON."""
    deleted: bool
    created_at: datetime | None
    modified_at: datetime | None


class Page(Struct, frozen=True, kw_only=True):
    """Some rows and where to go on; the hub commits both in one transaction."""

    records: list[RawRecord]
    checkpoint: str | None
    """Opaque; pass it to `pages` to go on after this page. None: this was the last one."""
    as_of: datetime | None
    """Watermark: every change up to here is in this run's pages. None: the source tells none."""
    total: int | None = None
    """Rows in the whole run, when the source tells."""


class Subscription(Struct, frozen=True, kw_only=True):
    """A push that the source keeps for us."""

    remote_id: str
    secret: str

    def __repr__(self) -> str:
        return f"Subscription(remote_id={self.remote_id!r}, secret=…)"


class Push(Protocol):
    """Being told of changes by the source itself."""

    async def subscribe(self, http: SourceHttp, url: str) -> Subscription:
        """Ask the source to call `url` on every change."""
        ...

    async def unsubscribe(self, http: SourceHttp, subscription: Subscription) -> None:
        """Ask it to stop; not an error when it has already forgotten."""
        ...

    def affected_entities(
        self, headers: Mapping[str, str], body: bytes, secret: str, now: datetime
    ) -> AbstractSet[str]:
        """Name the entities that a push says have changed; raise `PushRefused` for a false one."""
        ...


class Consent(Struct, frozen=True, kw_only=True):
    """One visit to a source's own consent page: what the hub sends there and checks after."""

    redirect_uri: str
    """The hub's own address that the source leads back to."""
    state: str
    code_verifier: str
    """PKCE (RFC 7636); its S256 challenge goes to the source."""


class SourceOAuth(Protocol):
    """Access that the customer grants on the source's own page (OAuth 2 authorization code).

    Credentials are the form's values and what the source granted, in one mapping of texts:
    `access_token`, `refresh_token` and `expires_at` (Unix seconds) among them.
    """

    def consent_url(self, credentials: Mapping[str, str], consent: Consent) -> str:
        """Return where the customer's browser goes; raise `CredentialInvalid`."""
        ...

    async def exchange(
        self, requests: Requests, credentials: Mapping[str, str], consent: Consent, code: str
    ) -> Mapping[str, str]:
        """Turn the code into credentials; raise `CredentialsRejected`."""
        ...

    async def refresh(
        self, requests: Requests, credentials: Mapping[str, str]
    ) -> Mapping[str, str]:
        """Return fresh credentials; raise `CredentialsRejected` when the grant has ended.

        The refresh token may rotate: an answer that is not stored loses the grant.
        """
        ...


class Connector(Protocol):
    """A system that the hub can read."""

    @property
    def manifest(self) -> Manifest:
        """What the system is and has."""
        ...

    @property
    def push(self) -> Push | None:
        """How the system tells of changes; None if it cannot."""
        ...

    @property
    def oauth(self) -> SourceOAuth | None:
        """How the customer grants access on the system's own page; None for typed credentials."""
        ...

    @property
    def transport(self) -> Requests | None:
        """What answers instead of the network; None for every system outside this process."""
        ...

    def access(self, credentials: Mapping[str, str], settings: Mapping[str, Any] = {}) -> Access:
        """Turn the form's values into access; raise `CredentialInvalid`.

        `settings` are the connection's own, no secrets among them; the sandbox's switches are.
        """
        ...

    async def check(self, http: SourceHttp) -> Checked:
        """Try the credentials; raise `CredentialsRejected` or `SourceUnavailable`."""
        ...

    def pages(
        self, http: SourceHttp, entity: str, *, since: datetime | None, checkpoint: str | None
    ) -> AsyncIterator[Page]:
        """Read an entity's rows: all (`since` None), those changed after `since`, or go on.

        A `checkpoint` carries its run's `since` itself.
        """
        ...

    def unify(self, entity: str, remote_id: str, raw: Raw, *, connection_id: UUID) -> Fields:
        """Map a row to the unified fields, without I/O; what misfits is in `raw.problems`."""
        ...
