"""Two processes before one source: one budget, one breaker, one pause for both."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from drawbar.audit import Actor
from drawbar.connections import actions, gate_store
from drawbar.connections.breaker import FAILURES_TO_OPEN
from drawbar.connections.gates import Gate, gate_of
from drawbar.connections.model import NewConnection
from drawbar.connections.source import PacedRequests
from drawbar.connectors.sdk.errors import RateLimited, SourceUnavailable
from drawbar.connectors.sdk.manifest import Rate
from drawbar.kit.db import Database, open_database
from drawbar.kit.outgoing import OutgoingError, Response
from tests.support.cast import Cast
from tests.support.clock import FakeClock
from tests.support.database import TestServer

RATE = Rate(requests_per_second=40, burst=12)


def answered(status: int, headers: dict[str, str] | None = None) -> Response:
    return Response(status, headers or {}, b"", 1)


class Source:
    """Answers what it is told to, and remembers when it was called."""

    def __init__(self) -> None:
        self.answer: Response | Exception = answered(200)
        self.called_at: list[float] = []

    async def request(self, *_: object, **__: object) -> Response:
        self.called_at.append(time.monotonic())
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def connection_of(database: Database, workspace_id: UUID) -> UUID:
    actor = Actor(kind="system", label="tests", workspace_id=workspace_id)
    wish = NewConnection(name="c", system="assettracs", credentials={})
    async with database.writing(workspace_id) as tx:
        return (await actions.establish(tx, actor, wish, None)).id


@asynccontextmanager
async def two_gates(
    server: TestServer, cast: Cast, rate: Rate | None, clock: FakeClock | None = None
) -> AsyncIterator[tuple[Gate, Gate]]:
    """The gates of two processes, each with its own pool, before the same source."""
    workspace_id = cast.alice.workspace_id
    async with (
        open_database(server.app_url, size=3, clock=clock) as first,
        open_database(server.app_url, size=3, clock=clock) as second,
    ):
        id = await connection_of(first, workspace_id)
        yield gate_of(first, workspace_id, id, rate), gate_of(second, workspace_id, id, rate)


async def call(source: Source, gate: Gate, times: int = 1) -> None:
    paced = PacedRequests(source, gate)
    for _ in range(times):
        await paced.request("GET", "http://source.test/")


async def test_two_processes_together_stay_within_the_budget(
    server: TestServer, cast: Cast
) -> None:
    source = Source()
    async with two_gates(server, cast, RATE) as gates:
        await asyncio.gather(*(call(source, gate, 15) for gate in gates for _ in range(3)))
    calls = source.called_at
    took = calls[-1] - calls[0]
    for first, began in enumerate(calls):
        for last in range(first, len(calls)):
            # Half a call of slack: between leave and call lie some milliseconds.
            allowed = RATE.burst + RATE.requests_per_second * (calls[last] - began)
            assert last - first + 1 <= allowed + 0.5
    assert len(calls) == 90
    assert took < 2 * 90 / RATE.requests_per_second


async def test_a_pause_one_process_is_asked_for_holds_for_the_other(
    server: TestServer, cast: Cast
) -> None:
    source = Source()
    async with two_gates(server, cast, RATE) as (first, second):
        source.answer = answered(429, {"Retry-After": "60"})
        await call(source, first)
        source.answer = answered(200)
        with pytest.raises(RateLimited) as told:
            await call(source, second)
    assert len(source.called_at) == 1
    assert told.value.retry_after is not None
    assert timedelta(seconds=50) < told.value.retry_after <= timedelta(seconds=60)


async def test_a_short_pause_is_waited_for(server: TestServer, cast: Cast) -> None:
    source = Source()
    async with two_gates(server, cast, None) as (first, second):
        source.answer = answered(503, {"Retry-After": "1"})
        await call(source, first)
        source.answer = answered(200)
        await call(source, second)
    assert source.called_at[1] - source.called_at[0] >= 0.9


async def test_five_failures_open_the_breaker_for_both_and_one_probe_closes_it(
    server: TestServer, cast: Cast, clock: FakeClock
) -> None:
    source = Source()
    async with two_gates(server, cast, None, clock) as (first, second):
        source.answer = answered(500)
        await call(source, first, FAILURES_TO_OPEN)
        for gate in (first, second):
            with pytest.raises(SourceUnavailable, match="left alone for another 30 s"):
                await call(source, gate)
        clock.forward(seconds=30)
        source.answer = answered(200)
        passages = await asyncio.gather(first.enter(), second.enter(), return_exceptions=True)
        probes = [one for one in passages if not isinstance(one, BaseException)]
        refused = [one for one in passages if isinstance(one, SourceUnavailable)]
        assert (len(probes), len(refused), probes[0].is_probe) == (1, 1, True)
        prober = first if passages[0] is probes[0] else second
        await prober.leave(probes[0], "answered")
        await call(source, first)
        await call(source, second)
    assert len(source.called_at) == FAILURES_TO_OPEN + 2


async def test_a_failed_probe_opens_for_longer(
    server: TestServer, cast: Cast, clock: FakeClock
) -> None:
    source = Source()
    async with two_gates(server, cast, RATE, clock) as (first, second):
        source.answer = OutgoingError("connect", "it is down")
        for _ in range(FAILURES_TO_OPEN):
            with pytest.raises(OutgoingError):
                await call(source, first)
        clock.forward(seconds=31)
        with pytest.raises(OutgoingError):
            await call(source, second)
        with pytest.raises(SourceUnavailable, match="another 60 s"):
            await call(source, first)


async def test_an_answer_between_failures_starts_the_count_anew(
    server: TestServer, cast: Cast
) -> None:
    source = Source()
    async with two_gates(server, cast, None) as (first, _):
        for status in (500, 500, 500, 500, 404, 500, 500, 500, 500):
            source.answer = answered(status)
            await call(source, first)
        source.answer = answered(200)
        await call(source, first)
    assert len(source.called_at) == 10


async def test_most_calls_cost_no_transaction(server: TestServer, cast: Cast) -> None:
    source = Source()
    async with two_gates(server, cast, None) as (first, _):
        await call(source, first)
        before = time.monotonic()
        await call(source, first, 2000)
        assert time.monotonic() - before < 1.0


async def test_another_workspace_does_not_see_a_gate(
    server: TestServer, database: Database, cast: Cast
) -> None:
    async with two_gates(server, cast, RATE) as (first, _):
        await call(Source(), first)
    async with database.reading(cast.mallory.workspace_id) as tx:
        assert await tx.fetchval("SELECT count(*) FROM source_gates") == 0
    async with database.reading(cast.alice.workspace_id) as tx:
        assert await tx.fetchval("SELECT count(*) FROM source_gates") == 1
        assert await gate_store.gate(tx, uuid4()) is None
