"""The rate budget of a source, leased to processes in small batches (ADR 13).

A token bucket. A process takes tokens for up to `lease_life` and throws away what it has not used
by then. Over any stretch of w seconds all processes together use at most the tokens granted from
`lease_life` before it on; the bucket is smaller by what refills in that time, so that this is
never more than burst + requests_per_second x w, what the source allows.
"""

from datetime import datetime, timedelta

import msgspec

from drawbar.connectors.sdk.manifest import Rate

LONGEST_LEASE_S = 1.0


class Bucket(msgspec.Struct, frozen=True):
    """Tokens left at a moment, by the database's clock."""

    tokens: float
    filled_at: datetime


class Grant(msgspec.Struct, frozen=True):
    """What a process got: calls it may make, or how long until there is one."""

    bucket: Bucket
    calls: int
    wait: timedelta


def lease_life(rate: Rate) -> float:
    """Return how many seconds a granted call may be put off; zero for a burst of one."""
    return min(LONGEST_LEASE_S, (rate.burst - 1) / rate.requests_per_second / 2)


def capacity(rate: Rate) -> float:
    """Return the most tokens that may wait in the bucket."""
    return rate.burst - rate.requests_per_second * lease_life(rate)


def grant(bucket: Bucket | None, rate: Rate, now: datetime) -> Grant:
    """Take a batch of calls; a source that was never called has a full bucket."""
    most = capacity(rate)
    tokens = most
    if bucket is not None:
        passed = max((now - bucket.filled_at).total_seconds(), 0.0)
        tokens = min(most, bucket.tokens + rate.requests_per_second * passed)
    filled_at = now if bucket is None else max(now, bucket.filled_at)
    batch = max(1, int(rate.requests_per_second * lease_life(rate)))
    calls = min(batch, int(tokens))
    missing = 0.0 if calls else (1 - tokens) / rate.requests_per_second
    return Grant(Bucket(tokens - calls, filled_at), calls, timedelta(seconds=missing))
