"""Fixtures of the webhook tests: an empty queue, a receiver, a client allowed to reach it."""

from collections.abc import AsyncIterator

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, open_database
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.kit.settings import Settings
from tests.support.clock import FakeClock
from tests.support.database import TestServer
from tests.support.hooks import Inbox, Serve, open_inbox, webhook_api


@pytest.fixture(autouse=True)
async def empty_queue(database: Database) -> None:
    """A deliverer serves every workspace, so nothing of an earlier test may still be due."""
    async with database.as_system("tests") as tx:
        await tx.execute("UPDATE webhook_deliveries SET status = 'failed', due_at = NULL")


@pytest.fixture
async def inbox() -> AsyncIterator[Inbox]:
    async with open_inbox() as opened:
        yield opened


@pytest.fixture
async def http() -> AsyncIterator[OutgoingHttp]:
    async with OutgoingHttp(["127.0.0.0/8"]) as opened:
        yield opened


@pytest.fixture
def serve(server: TestServer, vault: Vault, clock: FakeClock) -> Serve:
    """Serve the routes with these settings."""
    return lambda settings: webhook_api(
        lambda: open_database(server.app_url, size=5, clock=clock), vault, settings
    )


@pytest.fixture
async def api(serve: Serve, settings: Settings) -> AsyncIterator[AsyncTestClient[Litestar]]:
    async with serve(settings) as opened:
        yield opened
