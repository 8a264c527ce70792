"""Kill -9 of a deliverer: nothing that was committed goes missing."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, open_database
from tests.support.cast import Person, bring_on
from tests.support.database import TestServer
from tests.support.hooks import Inbox, messages_of, publish, subscribe
from tests.support.receivers import receiver

# A short lease, so that what the killed one held is soon due again.
DELIVERER = """
import asyncio, sys
from datetime import timedelta
from drawbar.kit.crypto import Vault
from drawbar.kit.db import open_database
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.webhooks.delivery import Limits, deliver

async def main(url):
    async with open_database(url) as database, OutgoingHttp(["127.0.0.0/8"]) as http:
        limits = Limits(lease=timedelta(seconds=2), deadline_s=1)
        vault = Vault(bytes(range(32)))
        await deliver(
            database, http, vault, stop=asyncio.Event(), listen_url=url, limits=limits
        )

asyncio.run(main(sys.argv[1]))
"""
COUNT = 200
KILLS = 3


class SlowInbox(Inbox):
    """Takes a moment for each message, so that a kill finds some on their way."""

    async def answer(self, request: web.Request) -> web.Response:
        """Take a message."""
        answer = await super().answer(request)
        await asyncio.sleep(0.1)
        return answer


@asynccontextmanager
async def deliverer(url: str) -> AsyncIterator[None]:
    """A process that delivers until it is killed without warning."""
    running = await asyncio.create_subprocess_exec(sys.executable, "-c", DELIVERER, url)
    try:
        yield
    finally:
        running.kill()
        await running.wait()


async def arrived(inbox: Inbox, distinct: int) -> None:
    async with asyncio.timeout(15):
        while len(set(inbox.ids())) < distinct:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.01)


async def settled(database: Database, person: Person) -> None:
    async with asyncio.timeout(15):
        while await unfinished(database, person):  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.2)


async def unfinished(database: Database, person: Person) -> bool:
    return any(message.finished_at is None for message in await messages_of(database, person))


async def test_every_message_arrives_although_deliverers_are_killed(
    server: TestServer, vault: Vault
) -> None:
    inbox = SlowInbox()
    async with open_database(server.app_url) as database, receiver(inbox.answer) as port:
        cast = await bring_on(database)
        await subscribe(database, vault, cast.alice, f"http://127.0.0.1:{port}/hook")
        ids = await publish(database, cast.alice, count=COUNT)
        for kill in range(KILLS):
            async with deliverer(server.app_url):
                await arrived(inbox, COUNT * (kill + 1) // (KILLS + 1))
        async with deliverer(server.app_url):
            await arrived(inbox, COUNT)
            await settled(database, cast.alice)
        messages = await messages_of(database, cast.alice)
    assert set(inbox.ids()) == set(ids)
    assert len(inbox.received) - COUNT <= KILLS * 16 * 2
    assert {message.status for message in messages} == {"delivered"}
