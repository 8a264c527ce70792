"""When a message that was not accepted is tried again."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

FIRST_DELAY = timedelta(seconds=30)
LAST_TRY_AFTER = timedelta(hours=24)
# Doubling from 30 s makes eleven retries by 17 h; the twelfth is clipped to 24 h. A receiver
# that was down overnight loses nothing.
MOST_ATTEMPTS = 13
LARGEST_JITTER = 0.1
_DELTA_SECONDS = re.compile(r"[0-9]+")
# More digits than this are beyond the last try anyway, and beyond what a timedelta can hold.
_MOST_DIGITS = 9


def next_try(
    first_at: datetime,
    attempt_number: int,
    jitter: float,
    now: datetime,
    retry_after: timedelta | None = None,
) -> datetime | None:
    """Return when to try again after attempt `attempt_number` (from 1) failed at `now`.

    The wait is 30 s, 60 s, 120 s, … and `jitter` (0 ≤ jitter < 1) adds up to a tenth, never
    takes away. A longer `retry_after` of the receiver is honoured. The last try is exactly 24 h
    after `first_at` at the latest; None when that has passed or 13 attempts are made.
    """
    last_at = first_at + LAST_TRY_AFTER
    if attempt_number >= MOST_ATTEMPTS or now >= last_at:
        return None
    wait = FIRST_DELAY * ((1 << attempt_number - 1) * (1 + LARGEST_JITTER * jitter))
    return min(last_at, now + max(wait, retry_after or wait))


def parse_retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Read a `Retry-After` header (RFC 9110 §10.2.3: seconds or a date); None if unreadable."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and _DELTA_SECONDS.fullmatch(text):
        return LAST_TRY_AFTER if len(text) > _MOST_DIGITS else timedelta(seconds=int(text))
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(timedelta(0), until - now)
