"""Recurrence as planners mean it."""

from datetime import UTC, datetime

import pytest

from drawbar.assettracs.maintenance.recurrence import BadRuleError, next_occurrence, preview

START = datetime(2026, 3, 26, 7, 0, tzinfo=UTC)
"""08:00 in Berlin, three days before its clocks go forward."""


def test_eight_in_the_morning_stays_eight_when_clocks_go_forward() -> None:
    days = preview("FREQ=DAILY", START, "Europe/Berlin", START, count=4)
    assert [day.strftime("%d %H:%M") for day in days] == [
        "27 07:00",
        "28 07:00",
        "29 06:00",
        "30 06:00",
    ]


def test_eight_in_the_morning_stays_eight_when_clocks_go_back() -> None:
    start = datetime(2026, 10, 24, 6, 0, tzinfo=UTC)
    days = preview("FREQ=DAILY", start, "Europe/Berlin", start, count=2)
    assert [day.hour for day in days] == [7, 7]


def test_a_local_time_skipped_by_summer_time_falls_an_hour_later() -> None:
    start = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)
    days = preview("FREQ=DAILY", start, "Europe/Berlin", start, count=2)
    assert [day.strftime("%d %H:%M") for day in days] == ["29 01:30", "30 00:30"]


def test_the_next_occurrence_is_strictly_after_the_moment() -> None:
    assert next_occurrence("FREQ=WEEKLY", START, "UTC", START) == datetime(
        2026, 4, 2, 7, 0, tzinfo=UTC
    )


def test_a_preview_shows_twenty_four_dates() -> None:
    assert len(preview("FREQ=MONTHLY;BYDAY=-1FR", START, "UTC", START)) == 24


def test_the_last_day_of_each_month_is_found() -> None:
    days = preview("RRULE:FREQ=MONTHLY;BYMONTHDAY=-1", START, "UTC", START, count=3)
    assert [(day.month, day.day) for day in days] == [(3, 31), (4, 30), (5, 31)]


def test_count_and_until_end_a_rule() -> None:
    counted = preview("FREQ=DAILY;COUNT=3", START, "UTC", START)
    until_day = preview("FREQ=DAILY;UNTIL=20260328", START, "UTC", START)
    until_moment = preview("FREQ=DAILY;UNTIL=20260328T065900Z", START, "Europe/Berlin", START)
    assert (len(counted), len(until_day), len(until_moment)) == (2, 2, 1)


@pytest.mark.parametrize(
    ("rrule", "complaint"),
    [
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL"),
        ("FREQ=HOURLY", "FREQ"),
        ("FREQ=MINUTELY", "FREQ"),
        ("FREQ=SECONDLY", "FREQ"),
        ("INTERVAL=2", "FREQ"),
        ("FREQ=DAILY;FREQ=WEEKLY", "twice"),
        ("FREQ=DAILY;BYSECOND=1,2,3", "BYSECOND"),
        ("FREQ=DAILY;UNTIL=tomorrow", "UNTIL"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=999MO", "BYDAY"),
        ("FREQ=YEARLY;BYMONTH=12;BYDAY=53MO", "BYDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY"),
        ("FREQ=DAILY;BYMONTH=13", "BYMONTH"),
        ("FREQ=YEARLY;BYYEARDAY=99999999999999", "BYYEARDAY"),
        ("FREQ=DAILY\nDTSTART:19700101", "FREQ"),
        ("every day", "FREQ"),
    ],
)
def test_a_rule_nobody_can_plan_by_is_refused_with_the_part_at_fault(
    rrule: str, complaint: str
) -> None:
    with pytest.raises(BadRuleError, match=complaint):
        preview(rrule, START, "UTC", START)


def test_a_rule_that_never_occurs_has_no_next_occurrence() -> None:
    assert next_occurrence("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", START, "UTC", START) is None
