"""Date filters take days, moments and durations, and say what they do not understand."""

from datetime import UTC, datetime, timedelta

import pytest

from drawbar.kit import dates
from drawbar.kit.errors import Problem

NOW = datetime(2026, 11, 23, 6, 41, 56, tzinfo=UTC)


def test_after_a_moment_leaves_that_moment_out() -> None:
    bound = dates.after("2026-11-23T06:00:00.000001Z", "modified_after", NOW)
    assert bound == dates.Bound(datetime(2026, 11, 23, 6, 0, 0, 1, UTC), inclusive=False)


def test_before_a_moment_takes_that_moment_in() -> None:
    bound = dates.before("2026-11-23T06:00:00Z", "modified_before", NOW)
    assert bound == dates.Bound(datetime(2026, 11, 23, 6, tzinfo=UTC), inclusive=True)


def test_a_bare_day_takes_in_the_whole_day_on_either_side() -> None:
    assert dates.after("2026-11-23", "x", NOW) == dates.Bound(
        datetime(2026, 11, 23, tzinfo=UTC), inclusive=True
    )
    assert dates.before("2026-11-23", "x", NOW) == dates.Bound(
        datetime(2026, 11, 24, tzinfo=UTC), inclusive=False
    )


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("-P7D", timedelta(days=7)),
        ("-PT15M", timedelta(minutes=15)),
        ("-P1W2DT3H4M5S", timedelta(weeks=1, days=2, hours=3, minutes=4, seconds=5)),
    ],
)
def test_a_duration_counts_back_from_now(text: str, back: timedelta) -> None:
    assert dates.after(text, "x", NOW).moment == NOW - back


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23T08:00:00+02:00",
        "2026-11-23T08:00:00 02:00",
        "2026-11-23T08:00:00+0200",
        "2026-11-23T06:00:00",
        "2026-11-23 06:00:00Z",
        "2026-11-23t06:00:00z",
    ],
)
def test_a_zone_may_be_written_in_any_common_way(text: str) -> None:
    assert dates.after(text, "x", NOW).moment == datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-13-01",
        "2026-02-30",
        "20261123",
        "2026-11-23T25:00:00Z",
        "-P",
        "-PT",
        "P7D",
        "-P1.5D",
        "-P99999999999D",
        "1763856000",
        "2026-11-23T06:00:00Z; DROP TABLE",
        "٢٠٢٦-١١-٢٣",
        "2026-11-23T06:00:00+99:00",
        "0001-01-01T00:00:00+10:00",
    ],
)
def test_anything_else_is_refused_by_the_parameters_name(text: str) -> None:
    with pytest.raises(Problem, match="modified_after") as refused:
        dates.after(text, "modified_after", NOW)
    assert (refused.value.status, refused.value.errors[0].field) == (400, "modified_after")
