"""No key ever gets more than its burst and its rate, and many keys need little memory."""

from hypothesis import given
from hypothesis import strategies as some

from drawbar.kit.http.limits import SECOND, Limits, Verdict

MINUTE = 60 * SECOND


class Ticks:
    """A clock in nanoseconds that moves only when told."""

    def __init__(self) -> None:
        self.now = 1_000 * SECOND

    def __call__(self) -> int:
        return self.now


def limits(ticks: Ticks, per_minute: int = 600, **wishes: int) -> Limits:
    return Limits(per_minute, clock=ticks, **wishes)


def allowed(bucket: Limits, times: int, key: str = "connection:a") -> int:
    return sum(bucket.take(key).allowed for _ in range(times))


@given(
    per_minute=some.integers(1, 5_000),
    processes=some.integers(1, 8),
    pauses=some.lists(some.integers(0, 3 * SECOND), min_size=1, max_size=300),
)
def test_nobody_ever_gets_more_than_the_burst_and_the_rate_times_the_time(
    per_minute: int, processes: int, pauses: list[int]
) -> None:
    ticks = Ticks()
    bucket = limits(ticks, per_minute, processes=processes)
    began, granted, burst = ticks.now, 0, bucket.look("connection:a").burst
    for pause in pauses:
        ticks.now += pause
        granted += bucket.take("connection:a").allowed
        most = burst + per_minute * (ticks.now - began) / (MINUTE * processes)
        assert granted <= most


@given(
    per_minute=some.integers(1, 5_000),
    pauses=some.lists(some.integers(0, 30 * SECOND), min_size=1, max_size=100),
)
def test_a_refused_caller_who_waits_as_told_is_let_through(
    per_minute: int, pauses: list[int]
) -> None:
    ticks = Ticks()
    bucket = limits(ticks, per_minute)
    for pause in pauses:
        ticks.now += pause
        verdict = bucket.take("connection:a")
        ticks.now += verdict.wait * SECOND
        assert verdict.allowed or bucket.take("connection:a").allowed
        assert verdict.allowed == (verdict.wait == 0)
        assert 0 <= verdict.remaining <= verdict.burst
        assert verdict.reset >= verdict.wait


def test_a_burst_is_a_quarter_of_a_minute_and_refills_at_the_rate() -> None:
    ticks = Ticks()
    bucket = limits(ticks)
    assert allowed(bucket, 200) == 150
    ticks.now += SECOND
    assert allowed(bucket, 200) == 10
    ticks.now += 15 * SECOND
    assert allowed(bucket, 200) == 150


def test_each_of_several_processes_grants_its_share() -> None:
    ticks = Ticks()
    shares = [limits(ticks, processes=3) for _ in range(3)]
    assert sum(allowed(share, 200) for share in shares) == 150
    ticks.now += SECOND
    assert sum(allowed(share, 200) for share in shares) == 9


def test_one_key_does_not_empty_the_bucket_of_another() -> None:
    bucket = limits(Ticks())
    allowed(bucket, 200, "connection:a")
    assert bucket.take("connection:b").allowed
    assert not bucket.take("connection:a").allowed


def test_looking_takes_nothing_and_what_is_given_back_may_be_taken_again() -> None:
    bucket = limits(Ticks(), 10)
    assert [bucket.look("login:a").remaining for _ in range(3)] == [10, 10, 10]
    assert allowed(bucket, 20, "login:a") == 10
    bucket.give_back("login:a")
    assert allowed(bucket, 20, "login:a") == 1


def test_a_flood_of_keys_forgets_the_fullest_buckets_and_never_the_emptied_one() -> None:
    bucket = limits(Ticks(), most_keys=1_000)
    allowed(bucket, 200, "connection:greedy")
    for number in range(10_000):
        bucket.take(f"connection:{number}")
    assert len(bucket) <= 1_000
    assert not bucket.take("connection:greedy").allowed


def test_credentials_that_open_are_remembered_up_to_a_limit_and_forgotten_when_they_end() -> None:
    bucket = limits(Ticks(), most_keys=100)
    for number in range(300):
        bucket.note(bytes([number % 256, number // 256]), accepted=True)
    last = bytes([299 % 256, 1])
    assert len(bucket.accepted) == 100
    assert last in bucket.accepted
    bucket.note(last, accepted=False)
    assert last not in bucket.accepted


def test_a_verdict_is_told_in_the_drafts_structured_fields() -> None:
    verdict = Verdict("connection", True, 150, 15, 149, 1, 0)
    assert verdict.headers() == (
        ("RateLimit-Policy", '"connection";q=150;w=15'),
        ("RateLimit", '"connection";r=149;t=1'),
    )
