"""Reading a source's row: what fits, what is missing, what misfits."""

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest

from drawbar.connectors.sdk.raw import Raw, same_words
from drawbar.schema.word import Priority


@pytest.mark.parametrize(
    ("value", "text"),
    [("Pump 4", "Pump 4"), ("  P  ", "P"), ("", None), ("  ", None), (None, None), (7, "7")],
)
def test_a_text_is_trimmed_and_never_empty(value: object, text: str | None) -> None:
    raw = Raw({"name": value})

    assert raw.text("name") == text
    assert raw.problems == []


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("2026-11-23T06:41:56.000000Z", datetime(2026, 11, 23, 6, 41, 56, tzinfo=UTC)),
        ("2026-11-23T07:41:56+01:00", datetime(2026, 11, 23, 6, 41, 56, tzinfo=UTC)),
        ("2026-11-23T06:41:56", datetime(2026, 11, 23, 6, 41, 56, tzinfo=UTC)),
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=UTC)),
        ("", None),
    ],
)
def test_a_time_is_in_utc(value: str, moment: datetime | None) -> None:
    assert Raw({"at": value}).time("at") == moment


def test_a_day_is_the_day_as_written() -> None:
    raw = Raw({"day": "2026-11-23", "moment": "2026-11-23T23:30:00-05:00"})

    assert raw.day("day") == raw.day("moment") == date(2026, 11, 23)


def test_numbers_are_read_from_numbers_and_texts() -> None:
    raw = Raw({"cost": "18.40", "hours": 1.5, "lead": "7"})

    assert raw.decimal("cost") == Decimal("18.40")
    assert raw.number("hours") == 1.5
    assert raw.integer("lead") == 7


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        (True, True),
        (False, False),
        (1, True),
        (0, False),
        ("Yes", True),
        ("no", False),
        (None, None),
    ],
)
def test_a_flag_is_read_from_what_sources_write(value: object, flag: bool | None) -> None:
    raw = Raw({"done": value})

    assert raw.flag("done") is flag
    assert raw.problems == []


def test_a_word_is_translated() -> None:
    assert Raw({"p": "1"}).choice("p", {"1": Priority.URGENT}) is Priority.URGENT


def test_an_unknown_word_becomes_other() -> None:
    assert Raw({"p": "asap"}).choice("p", same_words(Priority)) is Priority.OTHER


def test_no_word_is_not_other() -> None:
    assert Raw({"p": None}).choice("p", same_words(Priority)) is None


def test_a_path_goes_inward() -> None:
    raw = Raw({"vendor": {"name": "Grundfos"}, "code": "x"})

    assert raw.text("vendor.name") == "Grundfos"
    assert raw.text("vendor.city.name") is None
    assert raw.text("code.name") is None


@pytest.mark.parametrize(
    ("read", "value", "wanted"),
    [
        ("time", "soon", "time"),
        ("time", "0001-01-01T00:00:00Z", "time"),
        ("time", "0001-01-01T00:00:00+14:00", "time"),
        ("day", 20261123, "day"),
        ("number", "many", "number"),
        ("number", "NaN", "number"),
        ("decimal", True, "number"),
        ("integer", 1.5, "whole number"),
        ("integer", "1e999999999", "number"),
        ("flag", "perhaps", "flag"),
        ("text", ["a"], "text"),
    ],
)
def test_what_does_not_fit_is_noted_and_left_out(read: str, value: object, wanted: str) -> None:
    raw = Raw({"field": value})

    assert getattr(raw, read)("field") is None
    assert len(raw.problems) == 1
    assert raw.problems[0].startswith("field: ")
    assert raw.problems[0].endswith(f"is no {wanted}")


def test_what_misfits_in_an_inner_object_is_noted_in_the_row() -> None:
    raw = Raw({"tasks": [{"done": "perhaps"}]})

    flags = [task.flag("done") for task in raw.items("tasks")]

    assert flags == [None]
    assert raw.problems == ["done: 'perhaps' is no flag"]


def test_a_list_that_is_none_is_empty() -> None:
    raw = Raw({"tasks": "none", "tags": None, "custom_fields": []})

    assert list(raw.items("tasks")) == []
    assert raw.texts("tags") == []
    assert raw.object("custom_fields") == {}
    assert raw.problems == ["tasks: 'none' is no list", "custom_fields: [] is no object"]


def test_a_row_that_is_no_object_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        Raw.parse(b"[1]")


def test_a_nul_which_no_list_could_be_filtered_with_is_left_out() -> None:
    raw = Raw.parse(b'{"name": "Pump\\u0000 4", "custom_fields": {"a\\u0000": ["b\\u0000"]}}')

    assert raw.text("name") == "Pump 4"
    assert raw.object("custom_fields") == {"a": ["b"]}
