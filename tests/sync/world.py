"""A vendor's workspace connected to an operator's AssetTracs, both served by one real server."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import aiohttp

from drawbar.connections import jobs as connection_jobs
from drawbar.connections import store as connections
from drawbar.connections.actions import CONNECTED_JOB
from drawbar.connections.model import Secrets
from drawbar.connectors.sdk.errors import SourceUnavailable
from drawbar.identity import store as identity
from drawbar.identity.tokens import issue_admin_token
from drawbar.kit import json
from drawbar.kit.crypto import Vault, fingerprint
from drawbar.kit.db import Database, open_database
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.kit.settings import Settings
from drawbar.sync import jobs, store
from drawbar.sync.engine import run_sync
from drawbar.sync.model import TRIES_BEFORE_FAILING
from drawbar.workspaces import credits
from tests.support.apps import borrowed_app
from tests.support.cast import Cast
from tests.support.clock import FakeClock
from tests.support.database import TestServer
from tests.support.web import free_port, served


@dataclass
class World:
    """What a vendor's program has at hand; `work` is the worker, one job at a time."""

    address: str
    database: Database
    vault: Vault
    http: OutgoingHttp
    settings: Settings
    session: aiohttp.ClientSession
    asset_key: str
    admin_token: str
    workspace_id: UUID
    token: str = ""
    connection_id: str = ""

    async def call(self, method: str, path: str, token: str, **options: Any) -> tuple[int, Any]:
        """Call the server and return status and decoded body."""
        headers = {"Authorization": f"Bearer {token}"}
        async with self.session.request(
            method, self.address + path, headers=headers, **options
        ) as answer:
            body = await answer.read()
            return answer.status, json.decode(body) if body else None

    async def asset(self, method: str, path: str, **body: Any) -> Any:
        """Call the asset API as the operator."""
        status, answer = await self.call(
            method, f"/assettracs/api/v1{path}", self.asset_key, json=body or None
        )
        assert status < 300, answer
        return answer

    async def hub(self, path: str, **params: str) -> Any:
        """Read the unified API with the connection's token."""
        status, answer = await self.call("GET", f"/api/v1{path}", self.token, params=params)
        assert status == 200, answer
        return answer

    async def connect(self) -> None:
        """Connect the operator's AssetTracs over the Admin API and take its token."""
        wish = {
            "name": "Northern Rail",
            "system": "assettracs",
            "credentials": {"base_url": self.address, "api_key": self.asset_key},
        }
        status, made = await self.call("POST", "/admin/v1/connections", self.admin_token, json=wish)
        assert status == 201, made
        self.connection_id = made["id"]
        status, issued = await self.call(
            "POST", f"/admin/v1/connections/{made['id']}/token", self.admin_token
        )
        self.token = issued["access_token"]

    async def point_at(self, address: str) -> None:
        """Let the connection look for its source somewhere else."""
        async with self.database.writing(self.workspace_id) as tx:
            secrets = Secrets(credentials={"base_url": address, "api_key": self.asset_key})
            await connections.seal(tx, self.vault, UUID(self.connection_id), secrets)

    async def check_source(self) -> None:
        """Let the worker look how the connection's source fares, whether that is due or not."""
        await connection_jobs.check_health(
            self.database, self.http, self.vault, self.workspace_id, UUID(self.connection_id)
        )

    async def start_due_checks(self) -> None:
        """Let the worker look which sources are due to be checked."""
        await connection_jobs.start_due_checks(self.database)

    async def work_through_failures(self) -> None:
        """Try every waiting job until it ends or gives up, as the real queue does."""
        handlers = jobs.handlers(self.database, self.http, self.vault, self.settings)
        await handlers[CONNECTED_JOB](
            json.encode({"workspace_id": self.workspace_id, "connection_id": self.connection_id})
        )
        async with self.database.reading(self.workspace_id) as tx:
            runs = await store.latest_runs(tx, UUID(self.connection_id))
        for run in runs.values():
            for _ in range(TRIES_BEFORE_FAILING):
                with contextlib.suppress(SourceUnavailable):
                    await run_sync(self.database, self.http, self.vault, self.workspace_id, run.id)

    async def work(self) -> int:
        """Run the sync jobs that wait, in order, until none is left; return how many."""
        handlers = {
            **connection_jobs.handlers(self.database, self.http, self.vault),
            **jobs.handlers(self.database, self.http, self.vault, self.settings),
        }
        done = 0
        while True:
            async with self.database.as_system("tests run the queue") as tx:
                row = await tx.fetchrow(
                    "DELETE FROM pgqueuer WHERE id = (SELECT id FROM pgqueuer "
                    "WHERE entrypoint = ANY($1) AND payload::text IS NOT NULL "
                    "AND convert_from(payload, 'UTF8') LIKE '%' || $2 || '%' "
                    "ORDER BY id LIMIT 1) RETURNING entrypoint, payload",
                    list(handlers),
                    str(self.workspace_id),
                )
            if row is None:
                return done
            await handlers[row["entrypoint"]](row["payload"])
            done += 1


@asynccontextmanager
async def hub_and_platform(
    server: TestServer, cast: Cast, clock: FakeClock | None = None, *, credits_granted: int = 2
) -> AsyncIterator[World]:
    """Serve both halves: Alice's workspace is the operator, Mallory's the vendor."""
    port = free_port()
    settings = Settings(port=port, allow_networks=("127.0.0.0/8",), requests_per_minute=1_000_000)
    vault = Vault(bytes(range(32)))
    key = f"k_{uuid4().hex}"
    vendor = cast.mallory.workspace_id

    def opening() -> AbstractAsyncContextManager[Database]:
        return open_database(server.app_url, size=5, clock=clock)

    async with contextlib.AsyncExitStack() as stack:
        database = await stack.enter_async_context(opening())
        http = await stack.enter_async_context(OutgoingHttp(settings.allow_networks))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        app = stack.enter_context(borrowed_app(settings, vault, opening))
        address = await stack.enter_async_context(served(app, port))
        async with database.writing(cast.alice.workspace_id) as tx:
            await identity.add_api_key(
                tx, uuid4(), "hub", "k_", fingerprint(key), ["write", "admin"]
            )
        async with database.writing(vendor) as tx:
            if credits_granted:
                await credits.grant(tx, credits_granted, "tests")
            application = uuid4()
            await identity.add_application(
                tx, application, "App", f"client_{application.hex}", b"", "development"
            )
            issued = await issue_admin_token(tx, application)
        yield World(
            address=address,
            database=database,
            vault=vault,
            http=http,
            settings=settings,
            session=session,
            asset_key=key,
            admin_token=issued.access_token,
            workspace_id=vendor,
        )
