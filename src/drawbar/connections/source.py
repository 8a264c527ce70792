"""The way to a connection's source: every call to a customer's system goes through here."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drawbar.connections.gates import Gate, Outcome, gate_of
from drawbar.connections.model import Connection, Secrets
from drawbar.connections.renewal import Renewal, RenewingSource
from drawbar.connectors.catalogue import CATALOGUE
from drawbar.connectors.sdk.connector import Connector, Requests, SourceHttp
from drawbar.connectors.sdk.http import JsonHttp, pause_asked
from drawbar.kit.clock import system_clock
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.outgoing import OutgoingError, OutgoingHttp, Response

ASKS_FOR_PATIENCE = frozenset({429, 503})
FIRST_FAILURE = 500
REFUSED_HERE = frozenset({"address_refused", "too_large"})
"""Kinds of `OutgoingError` that say nothing about how the source is."""


def source_of(
    http: OutgoingHttp,
    connector: Connector,
    credentials: Mapping[str, str],
    settings: Mapping[str, Any] = {},
) -> SourceHttp:
    """Return the calls to a system with these credentials; raise `CredentialInvalid`.

    For a system that is still to be connected, or is being left: nothing is known of it. Every
    other call is made on a `live_source`. `settings` are the connection's own.
    """
    return JsonHttp(connector.transport or http, connector.access(credentials, settings))


def live_source(
    database: Database,
    http: OutgoingHttp,
    vault: Vault,
    workspace_id: UUID,
    connection: Connection,
    secrets: Secrets,
) -> SourceHttp:
    """Return the calls to a connection's system, behind its breaker and within its rate budget.

    A grant that ends soon, or that the source no longer takes, is renewed on the way. Raises
    `CredentialInvalid`.
    """
    connector = CATALOGUE[connection.system]
    gate = gate_of(database, workspace_id, connection.id, connector.manifest.rate)
    requests = PacedRequests(connector.transport or http, gate)

    def calls_with(credentials: Mapping[str, str]) -> SourceHttp:
        return JsonHttp(requests, connector.access(credentials, connection.settings))

    if connector.oauth is None:
        return calls_with(secrets.credentials)
    renewal = Renewal(database, vault, workspace_id, connection.id, connector.oauth, requests)
    return RenewingSource(renewal, secrets, calls_with)


class PacedRequests:
    """Sends requests when the source's gate lets them pass, and tells it how they went."""

    def __init__(self, requests: Requests, gate: Gate) -> None:
        self._requests = requests
        self._gate = gate

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
        passage = await self._gate.enter()
        outcome: Outcome = "unknown"
        try:
            answer = await self._requests.request(
                method,
                url,
                headers=headers,
                body=body,
                deadline_s=deadline_s,
                max_bytes=max_bytes,
            )
            outcome = "failed" if answer.status >= FIRST_FAILURE else "answered"
        except OutgoingError as error:
            outcome = "answered" if error.kind in REFUSED_HERE else "failed"
            raise
        finally:
            await self._gate.leave(passage, outcome)
        pause = pause_asked(answer, system_clock)
        if answer.status in ASKS_FOR_PATIENCE and (pause or answer.status == 429):  # noqa: PLR2004
            await self._gate.hold_back(pause)
        return answer
