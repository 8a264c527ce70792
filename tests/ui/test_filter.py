"""Times, numbers and days read as the reader would say them."""

from datetime import date, datetime, timedelta

from drawbar.ui import filters
from drawbar.ui.reader import Reader, locale_from, writing_for


def test_a_moment_five_minutes_back_reads_5_min_ago_and_tells_the_exact_time(
    alice: Reader, now: datetime
) -> None:
    with writing_for(alice):
        written = filters.ago(now - timedelta(minutes=5))
    assert written == (
        '<time datetime="2026-11-23T06:36:56.000000Z" title="23 Nov 2026, 06:36:56 WET" '
        'data-ago="just now">5 min ago</time>'
    )


def test_a_moment_is_told_in_the_readers_language_and_zone(bob: Reader, now: datetime) -> None:
    with writing_for(bob):
        written = filters.ago(now - timedelta(minutes=5))
    assert ">vor 5 Min.<" in written
    assert 'title="23.11.2026, 07:36:56 MEZ"' in written


def test_the_moment_it_is_measured_from_can_be_given(alice: Reader, now: datetime) -> None:
    with writing_for(alice):
        written = filters.ago(now, now + timedelta(hours=3))
    assert ">3 hr ago<" in written


def test_what_has_just_happened_is_not_counted_in_seconds(alice: Reader, now: datetime) -> None:
    with writing_for(alice):
        assert ">just now<" in filters.ago(now - timedelta(seconds=44))


def test_what_is_still_to_come_is_told_as_such(alice: Reader, now: datetime) -> None:
    with writing_for(alice):
        assert ">in 2 days<" in filters.ago(now + timedelta(days=2))


def test_seconds_ahead_are_counted_because_one_waits_for_them(
    alice: Reader, bob: Reader, now: datetime
) -> None:
    with writing_for(alice):
        assert ">in 20 sec<" in filters.ago(now + timedelta(seconds=20))
        assert ">just now<" in filters.ago(now + timedelta(seconds=1))
    with writing_for(bob):
        assert ">in 20 Sek.<" in filters.ago(now + timedelta(seconds=20))


def test_nothing_known_shows_a_dash(alice: Reader) -> None:
    with writing_for(alice):
        shown = {filters.ago(None), filters.at(None), filters.date(None), filters.number(None)}
    assert shown == {filters.NOTHING}


def test_numbers_are_grouped_as_the_reader_groups_them(alice: Reader, bob: Reader) -> None:
    with writing_for(alice):
        assert filters.number(20411.25, 1) == '<span class="number">20,411.2</span>'
    with writing_for(bob):
        assert filters.number(20411.25, 1) == '<span class="number">20.411,2</span>'


def test_the_day_of_a_moment_is_the_one_of_the_readers_zone(bob: Reader, now: datetime) -> None:
    late = now.replace(hour=23, minute=30)
    with writing_for(bob):
        assert filters.date(late) == '<time datetime="2026-11-24">24.11.2026</time>'
        assert filters.date(date(2026, 3, 1)) == '<time datetime="2026-03-01">01.03.2026</time>'


def test_a_flat_course_draws_a_level_line(alice: Reader) -> None:
    with writing_for(alice):
        drawn = filters.sparkline([4, 4, 4], "Records")
    assert 'points="0.0,25.0 60.0,25.0 120.0,25.0"' in drawn
    assert 'aria-label="Records"' in drawn


def test_the_language_is_the_persons_own_before_the_browsers() -> None:
    assert locale_from("en-GB,en;q=0.9", preferred="de") == "de"


def test_the_language_follows_the_order_the_browser_gives() -> None:
    assert locale_from("fr, en;q=0.4, de-AT;q=0.8") == "de"
    assert locale_from("fr, es-MX;q=0.9, de;q=0.8") == "es"


def test_a_language_without_a_catalogue_reads_english() -> None:
    assert locale_from("fr-FR") == "en"
    assert locale_from("") == "en"
