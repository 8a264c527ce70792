"""How often a plan repeats, in words and in the form's fields."""

from datetime import UTC, datetime

import pytest

from drawbar.assettracs.maintenance.repeating import in_words, rule_of, texts_of_rule
from drawbar.ui.reader import Reader, gettext, writing_for

GERMAN = Reader(now=datetime(2026, 11, 23, tzinfo=UTC), locale="de")
ENGLISH = Reader(now=datetime(2026, 11, 23, tzinfo=UTC), locale="en")
RULES = [
    ("FREQ=DAILY", "every day", "jeden Tag"),
    ("FREQ=MONTHLY;INTERVAL=3", "every 3 months", "alle 3 Monate"),
    ("FREQ=MONTHLY;INTERVAL=1", "every month", "jeden Monat"),
    ("RRULE:FREQ=YEARLY;INTERVAL=2", "every 2 years", "alle 2 Jahre"),
    ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "every 2 weeks on Monday", "alle 2 Wochen am Montag"),
    (
        "freq=weekly;byday=FR,MO,WE;wkst=mo",
        "every week on Monday, Wednesday and Friday",
        "jede Woche am Montag, Mittwoch und Freitag",
    ),
    ("FREQ=MONTHLY;BYMONTHDAY=15", "every month on day 15", "jeden Monat am 15."),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "every month on the last day", "jeden Monat am letzten Tag"),
    (
        "FREQ=MONTHLY;INTERVAL=6;BYDAY=1MO",
        "every 6 months on the first Monday",
        "alle 6 Monate am ersten Montag",
    ),
    (
        "FREQ=MONTHLY;BYDAY=-1FR",
        "every month on the last Friday",
        "jeden Monat am letzten Freitag",
    ),
]
WITHOUT_WORDS = [
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=SU",
    "FREQ=DAILY;COUNT=3",
    "FREQ=MONTHLY;BYDAY=MO",
    "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
    "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1",
    "FREQ=WEEKLY;INTERVAL=often",
    "FREQ=WEEKLY;INTERVAL=0",
    "twice a week",
]


@pytest.mark.parametrize(("rule", "english", "german"), RULES)
def test_a_rule_is_said_in_both_languages(rule: str, english: str, german: str) -> None:
    with writing_for(ENGLISH):
        assert in_words(rule, gettext) == english
    with writing_for(GERMAN):
        assert in_words(rule, gettext) == german


@pytest.mark.parametrize("rule", WITHOUT_WORDS)
def test_a_rule_without_words_is_shown_as_it_is(rule: str) -> None:
    assert in_words(rule, gettext) == rule


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
        "FREQ=MONTHLY;INTERVAL=3",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=YEARLY;INTERVAL=5",
    ],
)
def test_a_rule_the_form_can_say_is_taken_apart_and_put_together_again(rule: str) -> None:
    texts = texts_of_rule(rule)
    assert texts["rrule"] == ""
    assert rule_of(texts) == rule


@pytest.mark.parametrize("rule", [*WITHOUT_WORDS, "FREQ=MONTHLY;BYMONTHDAY=31"])
def test_a_rule_the_form_cannot_say_is_kept_as_written(rule: str) -> None:
    texts = texts_of_rule(rule)
    assert texts == {"rrule": rule}
    assert rule_of(texts) == rule


def test_days_that_do_not_fit_the_unit_are_left_out() -> None:
    texts = {"rrule-every": "1", "rrule-unit": "DAILY", "rrule-MO": "true", "rrule-day": "3"}
    assert rule_of(texts) == "FREQ=DAILY"
