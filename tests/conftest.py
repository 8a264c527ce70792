"""Fixtures of every test: one real server a run, a fresh cast a test."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager

import pytest
from litestar.testing import AsyncTestClient

from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, open_database
from drawbar.kit.settings import Settings
from tests.support.apps import borrowed_app
from tests.support.cast import Cast, bring_on
from tests.support.clock import FakeClock
from tests.support.database import TestServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestServer]:
    running = TestServer(tmp_path_factory.mktemp("data"))
    asyncio.run(running.start())
    running.migrate()
    yield running
    running.stop()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def database(server: TestServer, clock: FakeClock) -> AsyncIterator[Database]:
    async with open_database(server.app_url, size=5, clock=clock) as opened:
        yield opened


@pytest.fixture
async def cast(database: Database) -> Cast:
    return await bring_on(database)


@pytest.fixture
def settings() -> Settings:
    return Settings(allow_networks=("127.0.0.0/8",), public_url="http://drawbar.test")


@pytest.fixture
def vault() -> Vault:
    return Vault(bytes(range(32)))


@pytest.fixture
async def client(
    server: TestServer, settings: Settings, vault: Vault, clock: FakeClock
) -> AsyncIterator[AsyncTestClient]:  # type: ignore[type-arg]
    def opening() -> AbstractAsyncContextManager[Database]:
        return open_database(server.app_url, size=5, clock=clock)

    with borrowed_app(settings, vault, opening) as app:
        async with AsyncTestClient(app, base_url="http://drawbar.test") as opened:
            yield opened


@pytest.fixture(scope="module")
async def shared_client(server: TestServer) -> AsyncIterator[AsyncTestClient]:  # type: ignore[type-arg]
    """One client for all tests of a module, on the real clock, and in no hurry to refuse."""
    settings = Settings(
        allow_networks=("127.0.0.0/8",),
        public_url="http://drawbar.test",
        requests_per_minute=1_000_000,
    )
    vault = Vault(bytes(range(32)))
    with borrowed_app(settings, vault, lambda: open_database(server.app_url, size=5)) as app:
        async with AsyncTestClient(app, base_url="http://drawbar.test") as opened:
            yield opened


@pytest.fixture(scope="module")
async def shared_cast(server: TestServer) -> Cast:
    """One cast for all tests of a module."""
    async with open_database(server.app_url, size=2) as opened:
        return await bring_on(opened)
