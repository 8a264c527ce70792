"""The circuit breaker: a source that keeps failing is left alone, then tried by one call.

Pure decisions; who calls them passes the time in. After Nygard, "Release It!", ch. 5.
"""

from datetime import datetime, timedelta

import msgspec

FAILURES_TO_OPEN = 5
"""In a row; one answer of any kind starts the count anew."""
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(minutes=10)
PROBE_LIFE = timedelta(seconds=60)
"""After which a probe counts as lost with its process; no call takes that long."""


class Breaker(msgspec.Struct, frozen=True):
    """Closed while `open_since` is None; `times_opened` counts since it last closed."""

    open_since: datetime | None = None
    probe_at: datetime | None = None
    times_opened: int = 0

    @property
    def pause(self) -> timedelta:
        """How long it stays open: doubling with each probe that failed."""
        doublings: int = min(max(self.times_opened - 1, 0), 10)
        return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)

    def wait(self, now: datetime) -> timedelta:
        """How long no call may pass; zero when it is closed, or half-open and nobody probes."""
        if self.open_since is None:
            return timedelta()
        until = self.open_since + self.pause
        if self.probe_at is not None:
            until = max(until, self.probe_at + PROBE_LIFE)
        return max(until - now, timedelta())

    def probing(self, now: datetime) -> "Breaker":
        """Let the caller, and nobody else, try the source."""
        return msgspec.structs.replace(self, probe_at=now)

    def opened(self, now: datetime) -> "Breaker":
        """Open, or stay open for longer after a failed probe."""
        return Breaker(open_since=now, times_opened=self.times_opened + 1)
