"""A source that keeps failing is left alone, and tried again by exactly one call at a time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from drawbar.connections.breaker import FIRST_PAUSE, LONGEST_PAUSE, PROBE_LIFE, Breaker

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STEPS = st.lists(
    st.tuples(
        st.floats(0, 700).map(lambda seconds: timedelta(seconds=seconds)),
        st.sampled_from(["fails", "answers", "is lost"]),
    ),
    max_size=40,
)


@given(steps=STEPS)
def test_an_open_breaker_lets_one_probe_pass_per_pause(
    steps: list[tuple[timedelta, str]],
) -> None:
    now, breaker, last = NOON, Breaker().opened(NOON), NOON
    for passed, outcome in steps:
        now += passed
        if breaker.wait(now):
            continue
        assert now - last >= (FIRST_PAUSE if last == NOON else timedelta())
        probing = breaker.probing(now)
        assert probing.wait(now) > timedelta()
        assert probing.wait(now + PROBE_LIFE) == timedelta()
        last = now
        breaker = {
            "fails": probing.opened(now),
            "answers": Breaker().opened(now),
            "is lost": probing,
        }[outcome]
        assert breaker.wait(now) > timedelta()
        assert breaker.pause <= LONGEST_PAUSE


def test_a_closed_breaker_lets_every_call_pass() -> None:
    assert Breaker().wait(NOON) == timedelta()


def test_each_failed_probe_doubles_the_pause_up_to_ten_minutes() -> None:
    breaker, pauses = Breaker(), []
    for _ in range(7):
        breaker = breaker.opened(NOON)
        pauses.append(int(breaker.pause.total_seconds()))
    assert pauses == [30, 60, 120, 240, 480, 600, 600]
