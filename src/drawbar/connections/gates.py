"""The gate before each source: breaker, pause and rate budget, shared by all processes.

Each process keeps a small lease in memory and asks the database when it is used up, so that not
every call costs a transaction. What one process learns (open, a pause asked for) the others know
after `VIEW_S` at the latest; the budget itself is never exceeded.
"""

import asyncio
import math
import time
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID
from weakref import WeakKeyDictionary

import msgspec

from drawbar.connections import budget, gate_store
from drawbar.connections.breaker import FAILURES_TO_OPEN, Breaker
from drawbar.connections.gate_store import GateState
from drawbar.connectors.sdk.errors import RateLimited, SourceUnavailable
from drawbar.connectors.sdk.manifest import Rate
from drawbar.kit import logs
from drawbar.kit.db import Database

log = logs.logger(__name__)

VIEW_S = 1.0
"""Seconds for which a process trusts what it saw of a source without a budget."""
LONGEST_WAIT_S = 10.0
"""Seconds a call waits for its turn; after that whoever called has better things to do."""
UNTOLD_PAUSE = timedelta(seconds=5)
"""After a 429 that does not say how long."""
LONGEST_PAUSE = timedelta(hours=1)

Outcome = Literal["answered", "failed", "unknown"]


class Passage(msgspec.Struct, frozen=True):
    """Leave to make one call; a probe decides for everybody whether the source is well again."""

    is_probe: bool = False
    was_open: bool = False


class Gate:
    """One connection's source, as this process meets it."""

    def __init__(
        self, database: Database, workspace_id: UUID, connection_id: UUID, rate: Rate | None
    ) -> None:
        self._database = database
        self._workspace_id = workspace_id
        self._connection_id = connection_id
        self._rate = rate
        self._turn = asyncio.Lock()
        self._failures = 0
        self._calls: float = 0
        self._leased_until = 0.0

    async def enter(self) -> Passage:
        """Wait for leave to make one call.

        Raises `SourceUnavailable` while the breaker is open, `RateLimited` when the turn would
        come too late; both say after how long to try again.
        """
        deadline = time.monotonic() + LONGEST_WAIT_S
        async with self._turn:
            while True:
                if self._calls > 0 and time.monotonic() <= self._leased_until:
                    self._calls -= 1
                    return Passage()
                passage, wait = await self._ask()
                if passage is not None:
                    return passage
                if time.monotonic() + wait.total_seconds() > deadline:
                    seconds = math.ceil(wait.total_seconds())
                    raise RateLimited(
                        f"The source wants no call for another {seconds} s.", retry_after=wait
                    )
                await asyncio.sleep(wait.total_seconds())

    async def leave(self, passage: Passage, outcome: Outcome) -> None:
        """Tell how the call went."""
        if outcome == "answered":
            self._failures = 0
            if passage.is_probe:
                await self._set_breaker(Breaker())
        elif outcome == "failed":
            self._failures += 1
            if passage.is_probe or self._failures >= FAILURES_TO_OPEN:
                await self._open(was_probe=passage.is_probe)

    async def hold_back(self, pause: timedelta | None) -> None:
        """Let no process call for as long as the source asked (429, 503 with `Retry-After`)."""
        asked = min(pause or UNTOLD_PAUSE, LONGEST_PAUSE)
        self._forget()
        async with self._database.writing(self._workspace_id) as tx:
            state = await gate_store.gate_for_update(tx, self._connection_id)
            await gate_store.hold_back(tx, self._connection_id, state.at + asked)

    async def _ask(self) -> tuple[Passage | None, timedelta]:
        asked_at = time.monotonic()
        if self._rate is None:
            async with self._database.reading(self._workspace_id) as reading:
                state = await gate_store.gate(reading, self._connection_id)
            if state is None or _is_open_to_all(state):
                self._calls, self._leased_until = math.inf, asked_at + VIEW_S
                return Passage(), timedelta()
        async with self._database.writing(self._workspace_id) as tx:
            state = await gate_store.gate_for_update(tx, self._connection_id)
            self._refuse_open(state.breaker, tx.now)
            if state.not_before is not None and state.not_before > state.at:
                return None, state.not_before - state.at
            calls = 1
            if self._rate is not None:
                granted = budget.grant(state.bucket, self._rate, state.at)
                if not granted.calls:
                    return None, granted.wait
                await gate_store.set_bucket(tx, self._connection_id, granted.bucket)
                calls = granted.calls
            is_probe = state.breaker.open_since is not None
            if is_probe:
                probing = state.breaker.probing(tx.now)
                await gate_store.set_breaker(tx, self._connection_id, probing)
        life = budget.lease_life(self._rate) if self._rate and not is_probe else 0.0
        self._calls, self._leased_until = calls - 1, asked_at + life
        return Passage(is_probe=is_probe), timedelta()

    def _refuse_open(self, breaker: Breaker, now: datetime) -> None:
        wait = breaker.wait(now)
        if wait:
            seconds = math.ceil(wait.total_seconds())
            raise SourceUnavailable(
                f"The source failed {FAILURES_TO_OPEN} times in a row and is left alone for "
                f"another {seconds} s.",
                retry_after=wait,
            )

    async def _open(self, *, was_probe: bool) -> None:
        self._forget()
        async with self._database.writing(self._workspace_id) as tx:
            state = await gate_store.gate_for_update(tx, self._connection_id)
            if state.breaker.open_since is None or was_probe:
                opened = state.breaker.opened(tx.now)
                await gate_store.set_breaker(tx, self._connection_id, opened)
                log.warning(
                    "circuit opened",
                    connection_id=self._connection_id,
                    seconds=opened.pause.total_seconds(),
                )

    async def _set_breaker(self, breaker: Breaker) -> None:
        self._forget()
        async with self._database.writing(self._workspace_id) as tx:
            await gate_store.gate_for_update(tx, self._connection_id)
            await gate_store.set_breaker(tx, self._connection_id, breaker)

    def _forget(self) -> None:
        self._failures, self._calls, self._leased_until = 0, 0, 0.0


def _is_open_to_all(state: GateState) -> bool:
    free = state.not_before is None or state.not_before <= state.at
    return free and state.breaker.open_since is None


_GATES: WeakKeyDictionary[Database, dict[UUID, Gate]] = WeakKeyDictionary()
"""A process has one database: all its calls to a source share a lease."""


def gate_of(database: Database, workspace_id: UUID, connection_id: UUID, rate: Rate | None) -> Gate:
    """Return this process's gate before a connection's source."""
    gates = _GATES.setdefault(database, {})
    if connection_id not in gates:
        gates[connection_id] = Gate(database, workspace_id, connection_id, rate)
    return gates[connection_id]
