"""The loop that delivers: claim a few of each endpoint's messages, send, write what came of it.

Nothing is lost when it is killed: a claim is a lease, and what it held is due again when the lease
ends. A message may then arrive twice, with the same `webhook-id`.
"""

import asyncio
import random as randomness
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from drawbar.audit.model import drawbar
from drawbar.kit import logs
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.ids import new_id
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.webhooks import delivery_store, endpoints, store
from drawbar.webhooks.delivery_store import Claim, Lane, Parcel, Result, Try
from drawbar.webhooks.outbox import WAKE_UP
from drawbar.webhooks.schedule import MOST_ATTEMPTS
from drawbar.webhooks.sending import DEADLINE_S, send
from drawbar.webhooks.verdict import settled, wants_no_more

log = logs.logger(__name__)

SHORTEST_POLL_S, LONGEST_POLL_S = 0.25, 1.0
AGAIN_S = 1.0
"""How long a lost database is left alone."""
# Together below the 5 s every stop must end within.
GRACE_S, LAST_WRITE_S = 3.5, 1.0
MOST_RESULTS = 500
GONE = "The receiver answered 410 Gone to the last try, so the endpoint was disabled."
DATABASE_LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)

Ended = tuple[Claim, Try | None, UUID]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much one process takes on; the lease must outlast the deadline and one write."""

    per_endpoint: int = 16
    in_flight: int = 512
    lease: timedelta = timedelta(seconds=20)
    deadline_s: float = DEADLINE_S


LIMITS = Limits()


async def deliver(
    database: Database,
    http: OutgoingHttp,
    vault: Vault,
    *,
    stop: asyncio.Event,
    listen_url: str | None,
    random: Callable[[], float] = randomness.random,
    limits: Limits = LIMITS,
) -> None:
    """Deliver what is due until `stop`; tries under way then get 3.5 s to end.

    `listen_url` must not lead through a transaction-mode pooler; without one, new messages are
    found by looking, every 0.25 to 1 s. `http` needs room for `limits.in_flight` connections.
    A lost database is waited for.
    """
    await _Deliverer(database, http, vault, random, limits).run(stop, listen_url)


async def deliver_once(
    database: Database,
    http: OutgoingHttp,
    vault: Vault,
    *,
    random: Callable[[], float] = randomness.random,
    limits: Limits = LIMITS,
) -> int:
    """Try up to `limits.per_endpoint` due messages of each endpoint once; return how many."""
    parcels, _ = await _claim(database, limits, Counter())
    ended = await asyncio.gather(
        *(_attempt(http, vault, parcel, limits.deadline_s) for parcel in parcels)
    )
    await _write(database, ended, random)
    return len(ended)


def share(
    lanes: Iterable[Lane], in_flight: Counter[UUID], per_endpoint: int, free: int
) -> dict[UUID, int]:
    """Divide the free places among the lanes: those with the least under way come first."""
    waiting = sorted(lanes, key=lambda lane: in_flight[lane.endpoint_id])
    each = max(1, free // max(1, len(waiting)))
    slots: dict[UUID, int] = {}
    for lane in waiting:
        count = min(per_endpoint - in_flight[lane.endpoint_id], each, free)
        if count > 0:
            slots[lane.endpoint_id] = count
            free -= count
    return slots


async def _claim(
    database: Database, limits: Limits, in_flight: Counter[UUID]
) -> tuple[list[Parcel], bool]:
    """Return what was claimed, and whether more is to be had once there is room."""
    async with database.as_system("deliver webhooks") as tx:
        lanes = await delivery_store.due_lanes(tx)
        open_lanes = [lane for lane in lanes if lane.is_open]
        for lane in lanes:
            if not lane.is_open:
                # Published while the endpoint was being disabled.
                await store.fail_waiting(tx, lane.endpoint_id, endpoints.DISABLED)
        slots = share(
            open_lanes, in_flight, limits.per_endpoint, limits.in_flight - in_flight.total()
        )
        if not slots:
            return [], bool(open_lanes)
        parcels = await delivery_store.claim(tx, slots, limits.lease, new_id())
    taken = Counter(parcel.claim.endpoint_id for parcel in parcels)
    return parcels, any(
        taken[lane.endpoint_id] >= slots.get(lane.endpoint_id, 0) for lane in open_lanes
    )


async def _attempt(http: OutgoingHttp, vault: Vault, parcel: Parcel, deadline_s: float) -> Ended:
    claim = parcel.claim
    if claim.number > MOST_ATTEMPTS:
        return claim, None, new_id()
    return claim, await send(http, vault, parcel, deadline_s), new_id()


async def _write(
    database: Database, ended: Sequence[Ended], random: Callable[[], float]
) -> list[Result]:
    if not ended:
        return []
    async with database.as_system("note webhook results") as tx:
        results = [settled(id, claim, made, tx.now, random()) for claim, made, id in ended]
        await delivery_store.settle(tx, results)
    for result in results:
        if wants_no_more(result):
            workspace_id = result.claim.workspace_id
            async with database.writing(workspace_id) as writing:
                actor = drawbar(workspace_id, "webhooks")
                await endpoints.disable(writing, actor, result.claim.endpoint_id, GONE)
    return results


class _Deliverer:
    """What is under way in this process, and what has ended but is not written yet."""

    def __init__(
        self,
        database: Database,
        http: OutgoingHttp,
        vault: Vault,
        random: Callable[[], float],
        limits: Limits,
    ) -> None:
        self._database = database
        self._http = http
        self._vault = vault
        self._random = random
        self._limits = limits
        self._in_flight: Counter[UUID] = Counter()
        self._tries: set[asyncio.Task[None]] = set()
        self._ended: list[Ended] = []
        self._has_ended = asyncio.Event()
        self._wake = asyncio.Event()
        self._more = False
        self._closing = False

    async def run(self, stop: asyncio.Event, listen_url: str | None) -> None:
        writer = asyncio.create_task(self._write_results())
        writer.add_done_callback(lambda _: stop.set())
        watching = [asyncio.create_task(self._wake_on(stop))]
        if listen_url is not None:
            watching.append(asyncio.create_task(self._listen(listen_url)))
        try:
            await self._claim_until(stop)
            if self._tries:
                await asyncio.wait(self._tries, timeout=GRACE_S)
            self._closing = True
            self._has_ended.set()
            await asyncio.wait({writer}, timeout=LAST_WRITE_S)
            if writer.done():
                writer.result()
        finally:
            await _cancel([*self._tries, *watching, writer])

    async def _claim_until(self, stop: asyncio.Event) -> None:
        pause = SHORTEST_POLL_S
        while not stop.is_set():
            self._wake.clear()
            try:
                parcels, self._more = await _claim(self._database, self._limits, self._in_flight)
            except DATABASE_LOST as error:
                log.warning("webhooks.database_lost", error=str(error), again_in=AGAIN_S)
                parcels, self._more = [], False
                pause = AGAIN_S
            for parcel in parcels:
                self._start(self._try(parcel), parcel.claim.endpoint_id)
            pause = SHORTEST_POLL_S if parcels else min(pause * 2, LONGEST_POLL_S)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)

    def _start(self, work: Coroutine[Any, Any, None], endpoint_id: UUID) -> None:
        self._in_flight[endpoint_id] += 1
        task = asyncio.create_task(work)
        self._tries.add(task)

        def done(_: asyncio.Task[None]) -> None:
            self._tries.discard(task)
            self._in_flight[endpoint_id] -= 1
            if not self._in_flight[endpoint_id]:
                del self._in_flight[endpoint_id]
            if self._more:
                self._wake.set()

        task.add_done_callback(done)

    async def _try(self, parcel: Parcel) -> None:
        self._ended.append(await _attempt(self._http, self._vault, parcel, self._limits.deadline_s))
        self._has_ended.set()

    async def _write_results(self) -> None:
        while self._ended or not self._closing:
            await self._has_ended.wait()
            batch = self._ended[:MOST_RESULTS]
            try:
                await _write(self._database, batch, self._random)
            except DATABASE_LOST as error:
                # Kept and written later; until then the leases say who may try again.
                log.warning("webhooks.database_lost", error=str(error), again_in=AGAIN_S)
                await asyncio.sleep(AGAIN_S)
                continue
            del self._ended[: len(batch)]
            if not self._ended and not self._closing:
                self._has_ended.clear()

    async def _wake_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    async def _listen(self, url: str) -> None:
        while True:
            try:
                await self._listen_until_lost(url)
            except DATABASE_LOST as error:
                log.warning("webhooks.wake_ups_lost", error=str(error), again_in=AGAIN_S)
            await asyncio.sleep(AGAIN_S)

    async def _listen_until_lost(self, url: str) -> None:
        connection = await asyncpg.connect(
            url, server_settings={"application_name": "drawbar deliveries"}
        )
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        try:
            await connection.add_listener(WAKE_UP, lambda *_: self._wake.set())
            self._wake.set()
            await lost.wait()
        finally:
            with suppress(*DATABASE_LOST):
                await connection.close(timeout=1)


async def _cancel(tasks: Iterable[asyncio.Task[None]]) -> None:
    cancelled = list(tasks)
    for task in cancelled:
        task.cancel()
    await asyncio.gather(*cancelled, return_exceptions=True)
