from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawbar.webhooks.schedule import next_try, parse_retry_after

FIRST = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
LAST = FIRST + timedelta(hours=24)


def tries(jitter: float) -> list[datetime]:
    """Every attempt of a message whose receiver refuses at once, first to last."""
    made = [FIRST]
    while (at := next_try(FIRST, len(made), jitter, made[-1])) is not None:
        made.append(at)
    return made


def test_thirteen_attempts_double_from_thirty_seconds_and_end_at_24_hours() -> None:
    after_s = [int((at - FIRST).total_seconds()) for at in tries(jitter=0)]

    assert after_s == [
        0, 30, 90, 210, 450, 930, 1890, 3810, 7650, 15330, 30690, 61410, 86400,
    ]  # fmt: skip


@given(st.floats(0, 1, exclude_max=True))
def test_jitter_only_adds_and_at_most_a_tenth(jitter: float) -> None:
    plain, jittered = tries(0), tries(jitter)
    added = [
        (late - late_from) / (early - early_from)
        for early_from, early, late_from, late in zip(
            plain, plain[1:-1], jittered, jittered[1:-1], strict=False
        )
    ]

    assert len(jittered) == 13
    assert jittered[-1] == LAST
    assert min(added) >= 1
    assert max(added) <= 1.1


def test_a_longer_retry_after_is_honoured() -> None:
    at = next_try(FIRST, 1, 0.5, FIRST, retry_after=timedelta(minutes=10))

    assert at == FIRST + timedelta(minutes=10)


def test_a_shorter_retry_after_does_not_shorten_the_wait() -> None:
    at = next_try(FIRST, 1, 0, FIRST, retry_after=timedelta(0))

    assert at == FIRST + timedelta(seconds=30)


def test_a_retry_after_beyond_24_hours_is_clipped_to_one_last_try() -> None:
    at = next_try(FIRST, 1, 0, FIRST, retry_after=timedelta(days=400))

    assert at == LAST
    assert next_try(FIRST, 2, 0, LAST) is None


@pytest.mark.parametrize(("number", "now"), [(13, FIRST), (14, FIRST), (1, LAST), (99, LAST)])
def test_after_the_last_attempt_or_24_hours_there_is_no_next(number: int, now: datetime) -> None:
    assert next_try(FIRST, number, 0, now) is None


@given(
    number=st.integers(1, 40),
    jitter=st.floats(0, 1, exclude_max=True),
    passed=st.timedeltas(timedelta(0), timedelta(days=3)),
    retry_after=st.none() | st.timedeltas(timedelta(0), timedelta(days=3)),
)
def test_a_next_try_is_later_than_now_and_never_after_24_hours(
    number: int, jitter: float, passed: timedelta, retry_after: timedelta | None
) -> None:
    at = next_try(FIRST, number, jitter, FIRST + passed, retry_after)

    assert at is None or FIRST + passed < at <= LAST


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(seconds=120)),
        (" 0 ", timedelta(0)),
        ("9" * 5000, timedelta(hours=24)),
        ("Mon, 23 Nov 2026 06:02:00 GMT", timedelta(minutes=2)),
        ("Mon, 23 Nov 2026 05:00:00 GMT", timedelta(0)),
        ("Mon, 23 Nov 2026 07:02:00 +0100", timedelta(minutes=2)),
        (None, None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("١٢", None),
        ("soon", None),
        ("Mon, 99 Nov 2026 06:02:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(
    value: str | None, wait: timedelta | None
) -> None:
    assert parse_retry_after(value, FIRST) == wait


@given(st.text())
def test_reading_retry_after_never_raises(value: str) -> None:
    wait = parse_retry_after(value, FIRST)

    assert wait is None or wait >= timedelta(0)
