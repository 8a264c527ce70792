"""The loop on the real clock: wake-ups, slow receivers, stops."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

import pytest
from aiohttp import web

from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, open_database
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.webhooks.delivery import Limits, deliver
from tests.support.cast import Cast
from tests.support.database import TestServer
from tests.support.hooks import Inbox, messages_of, publish, subscribe
from tests.support.receivers import receiver


@pytest.fixture
async def live(server: TestServer) -> AsyncIterator[Database]:
    async with open_database(server.app_url, size=5) as opened:
        yield opened


@asynccontextmanager
async def delivering(
    database: Database, http: OutgoingHttp, vault: Vault, url: str | None
) -> AsyncIterator[None]:
    """A deliverer beside the test; leaving the block takes as long as its stop."""
    stop = asyncio.Event()
    limits = Limits(per_endpoint=8, deadline_s=3)
    running = asyncio.create_task(
        deliver(database, http, vault, stop=stop, listen_url=url, limits=limits)
    )
    try:
        yield
    finally:
        stop.set()
        await running


async def arrived(inbox: Inbox, count: int, within_s: float = 10) -> float:
    """Wait until so many messages came; return how long it took, in seconds."""
    began = monotonic()
    async with asyncio.timeout(within_s):
        while len(inbox.received) < count:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.01)
    return monotonic() - began


@asynccontextmanager
async def hanging_receiver() -> AsyncIterator[str]:
    """A receiver that answers nobody until the block ends; gives its address."""
    over = asyncio.Event()

    async def never(_: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    async with receiver(never) as port:
        yield f"http://127.0.0.1:{port}/hang"
        over.set()


@pytest.mark.parametrize("listening", [True, False])
async def test_a_backlog_and_what_comes_after_it_arrive(
    server: TestServer,
    live: Database,
    http: OutgoingHttp,
    vault: Vault,
    cast: Cast,
    inbox: Inbox,
    *,
    listening: bool,
) -> None:
    await subscribe(live, vault, cast.alice, inbox.url)
    ids = await publish(live, cast.alice, count=50)
    async with delivering(live, http, vault, {True: server.app_url}.get(listening)):
        await arrived(inbox, 50)
        ids += await publish(live, cast.alice, count=10)
        await arrived(inbox, 60)
    assert sorted(inbox.ids()) == sorted(ids)
    assert {message.status for message in await messages_of(live, cast.alice)} == {"delivered"}


async def test_a_hanging_endpoint_delays_nobody_else(
    server: TestServer, live: Database, http: OutgoingHttp, vault: Vault, cast: Cast, inbox: Inbox
) -> None:
    async with hanging_receiver() as hanging, delivering(live, http, vault, server.app_url):
        await subscribe(live, vault, cast.alice, hanging)
        await publish(live, cast.alice, count=40)
        await subscribe(live, vault, cast.mallory, inbox.url)
        await asyncio.sleep(0.5)
        await publish(live, cast.mallory, count=40)
        # The 40 messages of the hanging one need five rounds of 3 s.
        assert await arrived(inbox, 40) < 3


async def test_a_stop_lets_tries_under_way_end_and_ends_within_five_seconds(
    server: TestServer, live: Database, http: OutgoingHttp, vault: Vault, cast: Cast
) -> None:
    seen = asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        seen.set()
        await asyncio.sleep(1)
        return web.Response()

    async with receiver(slow) as port, hanging_receiver() as hanging:
        await subscribe(live, vault, cast.alice, f"http://127.0.0.1:{port}/slow")
        await subscribe(live, vault, cast.mallory, hanging)
        await publish(live, cast.alice)
        await publish(live, cast.mallory)
        async with delivering(live, http, vault, server.app_url):
            await seen.wait()
            stopped_at = monotonic()
        assert monotonic() - stopped_at < 5
    (message,) = await messages_of(live, cast.alice)
    assert message.status == "delivered"
