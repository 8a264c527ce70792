"""How often one may try: so that a guesser gets nowhere, and locks nobody else out.

Wrong passwords pause log-in for that address from that network only. An attack from very many
networks pauses it everywhere but where the person is signed in already.
"""

import math
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from drawbar.identity import attempt_store, session_store
from drawbar.identity.attempt_store import Attempt
from drawbar.kit.db import System
from drawbar.kit.http.clients import network_of_address

Counter = Callable[[System, Attempt, datetime, int], Awaitable[list[datetime]]]


class TooOften(Exception):  # noqa: N818 - says a state
    """Tried too often; `minutes` until the next try."""

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes)
        self.minutes = minutes


class Rule(msgspec.Struct, frozen=True):
    """At most so many tries within a time, counted somehow."""

    counted: Counter
    most: int
    within: timedelta

    async def minutes_left(self, tx: System, attempt: Attempt) -> int:
        """Return the minutes, rounded up, until another try is allowed; 0 means now."""
        tries = await self.counted(tx, attempt, tx.now - self.within, self.most)
        if len(tries) < self.most:
            return 0
        left = tries[-1] + self.within - tx.now
        return max(1, math.ceil(left.total_seconds() / 60))


QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)
LOG_IN = "log-in"
PASSWORDS_HERE = Rule(attempt_store.here, 10, QUARTER)
PASSWORDS_ANYWHERE = Rule(attempt_store.anywhere, 100, QUARTER)
PASSWORDS_FROM_ONE_NETWORK = Rule(attempt_store.by_network, 200, QUARTER)
"""A whole plant may share one network; one that tries many addresses is a guesser."""

CODE = "code"
CODES = (Rule(attempt_store.anywhere, 10, QUARTER), Rule(attempt_store.anywhere, 30, DAY))
"""Three of a million codes fit at a time: guessing on at this pace takes some thirty years."""

ACCOUNT = "account"
"""Held, never counted: of two who make an account for one address, one finds the other's."""
OWN_PASSWORD = "own-password"  # noqa: S105 - a word, not a secret
OWN_PASSWORDS = (Rule(attempt_store.anywhere, 10, QUARTER),)
"""Who sits at somebody's unlocked screen must not guess on."""

LETTER = "letter"
LETTERS = (Rule(attempt_store.anywhere, 5, HOUR), Rule(attempt_store.by_network, 30, HOUR))
"""Nobody's mailbox is filled by a stranger."""


async def allow(tx: System, attempt: Attempt, rules: Sequence[Rule]) -> None:
    """Count a try, or raise TooOften; many at once are counted one after the other."""
    await attempt_store.hold(tx, attempt)
    for rule in rules:
        if rule.counted is attempt_store.by_network and not attempt.network:
            continue
        if minutes := await rule.minutes_left(tx, attempt):
            raise TooOften(minutes)
    await attempt_store.note(tx, attempt)


async def allow_log_in(tx: System, attempt: Attempt, user_id: UUID | None) -> None:
    """Count a password as wrong before it is looked at, or raise TooOften."""
    known = user_id is not None and await _is_signed_in_from(tx, user_id, attempt.network)
    rules = [PASSWORDS_HERE, PASSWORDS_FROM_ONE_NETWORK]
    if not known:
        rules.append(PASSWORDS_ANYWHERE)
    await allow(tx, attempt, rules)


async def _is_signed_in_from(tx: System, user_id: UUID, network: str) -> bool:
    sessions = await session_store.live_sessions(tx, user_id)
    return bool(network) and network in {network_of_address(one.address) for one in sessions}
