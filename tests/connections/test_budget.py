"""However processes share a budget, the source is never called more often than it allows."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawbar.connections.budget import Bucket, capacity, grant, lease_life
from drawbar.connectors.sdk.manifest import Rate

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
RATES = st.builds(
    Rate, requests_per_second=st.sampled_from([0.2, 1.0, 5.0, 20.0]), burst=st.integers(1, 50)
)
ASKED = st.lists(st.tuples(st.floats(0, 3), st.floats(0, 1)), max_size=80)


@given(rate=RATES, asked=ASKED)
def test_no_stretch_of_time_holds_more_calls_than_the_source_allows(
    rate: Rate, asked: list[tuple[float, float]]
) -> None:
    bucket: Bucket | None = None
    at, calls = 0.0, []
    for passed, put_off in asked:
        at += passed
        given_ = grant(bucket, rate, NOON + timedelta(seconds=at))
        bucket = given_.bucket
        calls += [at + put_off * lease_life(rate)] * given_.calls
        assert (given_.wait > timedelta()) == (given_.calls == 0)
    calls.sort()
    for first, began in enumerate(calls):
        for last in range(first, len(calls)):
            allowed = rate.burst + rate.requests_per_second * (calls[last] - began)
            assert last - first + 1 <= allowed + 1e-3


@given(rate=RATES)
def test_whoever_waits_as_long_as_told_gets_a_call(rate: Rate) -> None:
    empty = Bucket(0.0, NOON)
    refused = grant(empty, rate, NOON)
    later = grant(refused.bucket, rate, NOON + refused.wait + timedelta(microseconds=1))
    assert refused.calls == 0
    assert later.calls >= 1


@given(rate=RATES)
def test_a_bucket_always_has_room_for_a_call(rate: Rate) -> None:
    assert 1 <= capacity(rate) <= rate.burst


def test_a_clock_that_steps_back_grants_nothing_twice() -> None:
    rate = Rate(requests_per_second=1, burst=1)
    first = grant(None, rate, NOON)
    back = grant(first.bucket, rate, NOON - timedelta(minutes=1))
    again = grant(back.bucket, rate, NOON + timedelta(milliseconds=10))
    assert (first.calls, back.calls, again.calls) == (1, 0, 0)


@pytest.mark.parametrize(("burst", "batch"), [(1, 1), (3, 1), (50, 20)])
def test_a_lease_is_small_enough_to_be_used_in_time(burst: int, batch: int) -> None:
    rate = Rate(requests_per_second=20, burst=burst)
    assert grant(None, rate, NOON).calls == batch
