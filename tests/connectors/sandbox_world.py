"""The sandbox at a fixed moment, called the way the hub calls it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from drawbar.connectors.sandbox.client import Sandbox
from drawbar.connectors.sandbox.server import SandboxServer
from drawbar.connectors.sdk.connector import Page, RawRecord, SourceHttp
from drawbar.connectors.sdk.http import JsonHttp
from drawbar.kit import json

NOW = datetime(2026, 11, 23, 6, 41, 56, tzinfo=UTC)
DEMO = {"user": "demo", "password": "demo"}


class World:
    """A sandbox whose clock and dice the test holds; `slept` are the pauses it made."""

    def __init__(self) -> None:
        self.now = NOW
        self.slept: list[float] = []
        self.dice = Random(7)  # noqa: S311  it decides which request fails
        server = SandboxServer(clock=lambda: self.now, sleep=self._sleep, dice=self.dice)
        self.connector = Sandbox(server)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def pass_by(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def http(self, credentials: Mapping[str, str] = DEMO, **switches: Any) -> SourceHttp:
        """Return the calls of a connection with these switches."""
        access = self.connector.access(credentials, {"sandbox": switches})
        return JsonHttp(self.connector.transport, access)

    async def pages(
        self,
        entity: str,
        *,
        since: datetime | None = None,
        checkpoint: str | None = None,
        http: SourceHttp | None = None,
    ) -> list[Page]:
        """Read all pages."""
        source = http or self.http()
        pages = self.connector.pages(source, entity, since=since, checkpoint=checkpoint)
        return [page async for page in pages]

    async def rows(self, entity: str, **asked: Any) -> list[RawRecord]:
        """Read all rows."""
        return [row for page in await self.pages(entity, **asked) for row in page.records]

    async def sent(self, method: str, path: str, body: bytes = b"") -> tuple[int, Any]:
        """Send one request past the connector, as a write will be; status and answer."""
        access = self.connector.access(DEMO)
        answer = await self.connector.transport.request(
            method, access.address + path, headers=access.headers, body=body
        )
        return answer.status, json.decode(answer.body) if answer.body else None
