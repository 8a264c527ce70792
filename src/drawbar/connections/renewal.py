"""Renewing what a source granted by OAuth, before it ends and by one worker at a time.

Nobody holds a lock while the source is asked: a claim is committed first, the answer is stored in
a transaction of its own, and whoever else needs the grant waits for what that one stores. Between
the source's answer and our commit lies the only moment in which a crash can lose a refresh token.
"""

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from drawbar.connections import gate_store, store
from drawbar.connections.model import Secrets
from drawbar.connectors.sdk.connector import Requests, SourceHttp, SourceOAuth
from drawbar.connectors.sdk.errors import CredentialsRejected, SourceUnavailable
from drawbar.kit.clock import system_clock
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.ids import new_id

MARGIN_S = 600.0
"""Renewed when less is left, or less than `MARGIN_SHARE` of its life; but see `is_due`."""
MARGIN_SHARE = 0.2
CLAIM_LIFE = timedelta(seconds=90)
"""After which the one who renews counts as dead; a call to the source ends long before."""
LOOK_EVERY_S = 0.1


def is_due(secrets: Secrets, now: float) -> bool:
    """Whether a grant ends soon; `now` in Unix seconds.

    One that lives for minutes only would always be within ten minutes of its end: then half its
    life counts instead.
    """
    ends_at = expires_at(secrets.credentials)
    if ends_at is None:
        return False
    margin = MARGIN_S
    if secrets.obtained_at is not None:
        life = max(ends_at - secrets.obtained_at, 0.0)
        margin = max(MARGIN_SHARE * life, min(MARGIN_S, life / 2))
    return ends_at - now < margin


def expires_at(credentials: Mapping[str, str]) -> float | None:
    """Return when the access token ends, in Unix seconds; None when the source did not say."""
    try:
        return float(credentials["expires_at"])
    except (KeyError, ValueError):
        return None


class Renewal:
    """Gets fresh credentials for one connection, from the source or from whoever asked it."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        workspace_id: UUID,
        connection_id: UUID,
        oauth: SourceOAuth,
        requests: Requests,
    ) -> None:
        self._database = database
        self._vault = vault
        self._workspace_id = workspace_id
        self._connection_id = connection_id
        self._oauth = oauth
        self._requests = requests

    async def fresh(self, known: Secrets) -> Secrets:
        """Return credentials other than the known ones.

        Raises `CredentialsRejected` when the grant has ended, `SourceUnavailable` when nobody
        could renew it now.
        """
        mine = new_id()
        waited = 0.0
        while waited < CLAIM_LIFE.total_seconds():
            async with self._database.writing(self._workspace_id) as tx:
                claimed = await gate_store.claim_renewal(tx, self._connection_id, mine, CLAIM_LIFE)
                # Read after the claim: it waited for whoever was storing fresh ones.
                stored = await store.unseal(tx, self._vault, self._connection_id)
                if stored is None:
                    raise CredentialsRejected("the connection was disconnected meanwhile")
                if stored.credentials != known.credentials:
                    await gate_store.end_renewal(tx, self._connection_id, mine)
                    return stored
            if claimed:
                return await self._renew(stored, mine)
            await asyncio.sleep(LOOK_EVERY_S)
            waited += LOOK_EVERY_S
        raise SourceUnavailable(
            "Another worker is renewing the access and does not come to an end."
        )

    async def _renew(self, old: Secrets, mine: UUID) -> Secrets:
        try:
            granted = await self._oauth.refresh(self._requests, old.credentials)
        except BaseException:
            async with self._database.writing(self._workspace_id) as tx:
                await gate_store.end_renewal(tx, self._connection_id, mine)
            raise
        # Shielded: a worker that stops now would otherwise lose a refresh token that rotated.
        return await asyncio.shield(self._keep(old, granted, mine))

    async def _keep(self, old: Secrets, granted: Mapping[str, str], mine: UUID) -> Secrets:
        async with self._database.writing(self._workspace_id) as tx:
            connection = await store.CONNECTIONS.get(tx, self._connection_id, lock=True)
            stored = await store.unseal(tx, self._vault, connection.id)
            if stored is None:
                raise CredentialsRejected("the connection was disconnected meanwhile")
            if stored.credentials == old.credentials:
                stored = msgspec.structs.replace(
                    stored,
                    credentials={**old.credentials, **granted},
                    obtained_at=system_clock().timestamp(),
                )
                await store.seal(tx, self._vault, connection.id, stored)
            await gate_store.end_renewal(tx, connection.id, mine)
            return stored


class RenewingSource:
    """Calls to a system whose access is renewed before it ends, and once when it is refused."""

    def __init__(
        self,
        renewal: Renewal,
        secrets: Secrets,
        calls_with: Callable[[Mapping[str, str]], SourceHttp],
    ) -> None:
        self._renewal = renewal
        self._secrets = secrets
        self._calls_with = calls_with
        self._http = calls_with(secrets.credentials)

    @property
    def host(self) -> str:
        """Name of the machine that is called."""
        return self._http.host

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        """Read."""
        await self._renew_if_due()
        try:
            return await self._http.get(path, query)
        except CredentialsRejected:
            await self._renew()
            return await self._http.get(path, query)

    async def post(self, path: str, body: Any) -> bytes:
        """Create; `body` is sent as JSON."""
        await self._renew_if_due()
        try:
            return await self._http.post(path, body)
        except CredentialsRejected:
            await self._renew()
            return await self._http.post(path, body)

    async def delete(self, path: str) -> None:
        """Delete."""
        await self._renew_if_due()
        try:
            await self._http.delete(path)
        except CredentialsRejected:
            await self._renew()
            await self._http.delete(path)

    async def _renew_if_due(self) -> None:
        now = system_clock().timestamp()
        if not is_due(self._secrets, now):
            return
        try:
            await self._renew()
        except SourceUnavailable:
            ends_at = expires_at(self._secrets.credentials)
            if ends_at is None or ends_at <= now:
                raise

    async def _renew(self) -> None:
        self._secrets = await self._renewal.fresh(self._secrets)
        self._http = self._calls_with(self._secrets.credentials)
