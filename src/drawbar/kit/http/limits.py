"""Token buckets: how many requests a key may make, counted in this process alone.

A read costs no write: each of `processes` web processes grants its share of every limit by itself,
and forgets it when it ends. Pure: the clock is passed in, in whole nanoseconds.
"""

import time
from collections.abc import Callable

import msgspec

MOST_KEYS = 50_000
"""Buckets kept; about 8 MB. Beyond it the fullest are forgotten, which favours no flood."""
BURST_SHARE = 4
"""A quarter of a minute's requests may come at once: a page of a list per entity, not a flood."""
LEAST_BURST = 10
MINUTE = 60_000_000_000
SECOND = 1_000_000_000


class Verdict(msgspec.Struct, frozen=True):
    """Whether a request may go on, and how its bucket stands; times in whole seconds, rounded up.

    `burst` is what the full bucket holds and `window` how long an empty one takes to fill;
    `reset` is when it is full again, `wait` when the next request is allowed (0: now).
    """

    policy: str
    allowed: bool
    burst: int
    window: int
    remaining: int
    reset: int
    wait: int

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10)."""
        return (
            ("RateLimit-Policy", f'"{self.policy}";q={self.burst};w={self.window}'),
            ("RateLimit", f'"{self.policy}";r={self.remaining};t={self.reset}'),
        )


class Limits:
    """The buckets of one process; `per_minute` is what an application or connection may ask."""

    def __init__(
        self,
        per_minute: int = 600,
        *,
        processes: int = 1,
        clock: Callable[[], int] = time.monotonic_ns,
        most_keys: int = MOST_KEYS,
    ) -> None:
        self.per_minute = per_minute
        self._processes = processes
        self._clock = clock
        self._most_keys = most_keys
        self._full_at: dict[str, int] = {}
        self.accepted: dict[bytes, None] = {}

    def __len__(self) -> int:
        """How many buckets are kept."""
        return len(self._full_at)

    def take(self, key: str, per_minute: int | None = None) -> Verdict:
        """Take one request from the bucket of `policy:whose`; a refused one takes nothing."""
        return self._judge(key, per_minute or self.per_minute, taking=True)

    def look(self, key: str, per_minute: int | None = None) -> Verdict:
        """Say what `take` would answer, and take nothing."""
        return self._judge(key, per_minute or self.per_minute, taking=False)

    def give_back(self, key: str, per_minute: int | None = None) -> None:
        """Return one request that was taken: it turned out to be none that counts."""
        interval = self._interval(per_minute or self.per_minute)
        if key in self._full_at:
            self._full_at[key] -= interval

    def note(self, fingerprint: bytes, *, accepted: bool) -> None:
        """Note how a credential fared: one that opens is not locked out by a guesser next door."""
        self.accepted.pop(fingerprint, None)
        if accepted:
            self.accepted[fingerprint] = None
        if len(self.accepted) > self._most_keys:
            del self.accepted[next(iter(self.accepted))]

    def _judge(self, key: str, per_minute: int, *, taking: bool) -> Verdict:
        # One number per key says it all: when its bucket will be full again (the generic cell
        # rate algorithm, ITU-T I.371). An absent key is a full bucket.
        now, interval = self._clock(), self._interval(per_minute)
        burst = self._burst(per_minute)
        full_at = max(self._full_at.get(key, now), now)
        fits = full_at + interval <= now + burst * interval
        if fits and taking:
            full_at += interval
            self._keep(key, full_at, now)
        missing = full_at - now
        return Verdict(
            policy=key.partition(":")[0],
            allowed=fits,
            burst=burst,
            window=_seconds(burst * interval),
            remaining=(burst * interval - missing) // interval,
            reset=_seconds(missing),
            wait=0 if fits else _seconds(full_at + interval - burst * interval - now),
        )

    def _interval(self, per_minute: int) -> int:
        return -(-MINUTE * self._processes // per_minute)

    def _burst(self, per_minute: int) -> int:
        whole = max(min(per_minute, LEAST_BURST), per_minute // BURST_SHARE)
        return max(1, whole // self._processes)

    def _keep(self, key: str, full_at: int, now: int) -> None:
        self._full_at[key] = full_at
        if len(self._full_at) <= self._most_keys:
            return
        emptiest = sorted(
            ((at, name) for name, at in self._full_at.items() if at > now), reverse=True
        )
        self._full_at = {name: at for at, name in emptiest[: self._most_keys // 2]}


def _seconds(nanoseconds: int) -> int:
    return -(-nanoseconds // SECOND)
