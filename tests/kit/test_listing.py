"""Lists refuse what they do not offer, and cursors what they did not make."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from drawbar.kit.errors import Problem
from drawbar.kit.listing import Cursors, ListSpec, Position, read_query

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SPEC = ListSpec(
    filters={
        "status": ("status", "text[]"),
        "severity": ("severity", "text[]"),
        "site_id": ("site_id", "uuid[]"),
    },
    words={"severity": ("minor", "major")},
)
CURSORS = Cursors(b"k" * 32)


def refused(*parameters: tuple[str, str]) -> str:
    with pytest.raises(Problem) as problem:
        read_query(SPEC, parameters, CURSORS, NOW, of="here")
    assert problem.value.status == 400
    return problem.value.errors[0].field


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("modified_afer", "2026-11-23"),
        ("limit", "0"),
        ("limit", "501"),
        ("limit", "-1"),
        ("limit", "1e2"),
        ("limit", ""),
        ("sort", "name; DROP TABLE x"),
        ("site_id", "not-an-id"),
        ("status", ""),
        ("severity", "mayor"),
        ("severity", "minor,mayor"),
        ("include_deleted", "maybe"),
        ("modified_before", ""),
        ("cursor", "forged"),
        ("cursor", ""),
        ("status", "a\x00b"),
    ],
)
def test_a_parameter_that_is_not_offered_or_unreadable_is_named(name: str, text: str) -> None:
    assert refused((name, text)) == name


def test_a_parameter_given_twice_is_refused() -> None:
    assert refused(("limit", "1"), ("limit", "2")) == "limit"


def test_a_comma_means_any_of() -> None:
    query = read_query(SPEC, [("status", "a,b")], CURSORS, NOW, of="here")
    assert query.args == (["a", "b"],)


def test_a_word_that_is_not_offered_is_answered_with_those_that_are() -> None:
    with pytest.raises(Problem, match="severity='mayor' is not offered; use one of minor, major"):
        read_query(SPEC, [("severity", "mayor")], CURSORS, NOW, of="here")
    assert "minor, major" in SPEC.parameters()["severity"]


def test_a_cursor_opens_only_the_query_it_came_from() -> None:
    position = Position(NOW, uuid4(), NOW)
    mine = read_query(SPEC, [("status", "a")], CURSORS, NOW, of="mine")
    cursor = CURSORS.seal(position, mine.fingerprint)
    again = read_query(
        SPEC, [("status", "a"), ("limit", "7"), ("cursor", cursor)], CURSORS, NOW, of="mine"
    )
    assert again.position == position
    with pytest.raises(Problem, match="cursor"):
        read_query(SPEC, [("status", "b"), ("cursor", cursor)], CURSORS, NOW, of="mine")
    with pytest.raises(Problem, match="cursor"):
        read_query(SPEC, [("status", "a"), ("cursor", cursor)], CURSORS, NOW, of="theirs")
    with pytest.raises(Problem, match="cursor"):
        read_query(SPEC, [("status", "a"), ("cursor", cursor)], Cursors(b"x" * 32), NOW, of="mine")


def test_deleted_rows_are_shown_to_whoever_polls_by_change() -> None:
    plain = read_query(SPEC, [], CURSORS, NOW, of="x")
    polled = read_query(SPEC, [("modified_after", "-P1D")], CURSORS, NOW, of="x")
    gone = read_query(SPEC, [("deleted_before", "2026-11-23")], CURSORS, NOW, of="x")
    assert "deleted_at IS NULL" in plain.conditions
    assert "deleted_at IS NULL" not in polled.conditions
    assert "deleted_at IS NULL" not in gone.conditions
