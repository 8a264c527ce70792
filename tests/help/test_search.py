"""Searching the documentation."""

from pathlib import Path

import pytest

from drawbar.help.library import documents_of
from drawbar.help.search import Index, index
from tests.help.test_library import written

KEY = """# Keep the master key

Each secret has a data key.

## Exchange it

Run rotate-keys. It wraps every stored secret anew. See <b>mail</b> too.

## If it is lost

Look for a copy first.
"""
MAIL = """# Send mail

Letters go to a mail server, or into the mailbox folder. A key is a word here.
"""


@pytest.fixture
def found(tmp_path: Path) -> Index:
    return Index(documents_of(written(tmp_path, howto__key=KEY, howto__mail=MAIL)).values())


def test_a_title_outranks_a_mention(found: Index) -> None:
    assert [one.title for one in found.search("mail")][:1] == ["Send mail"]
    assert [one.title for one in found.search("key")][:1] == ["Keep the master key"]


def test_a_section_is_led_to_by_its_anchor(found: Index) -> None:
    first = found.search("exchange")[0]

    assert (first.heading, first.href) == ("Exchange it", "/help/docs/howto/key#exchange-it")


def test_the_beginning_of_a_word_finds_it(found: Index) -> None:
    assert found.search("excha")[0].heading == "Exchange it"


def test_a_slip_of_the_finger_is_forgiven(found: Index) -> None:
    assert found.search("exchnage")[0].heading == "Exchange it"
    assert found.search("lettres")[0].title == "Send mail"


def test_sections_with_every_word_come_before_those_with_one(found: Index) -> None:
    assert found.search("mail stored")[0].heading == "Exchange it"


def test_accents_and_case_do_not_matter(found: Index) -> None:
    assert found.search("ÉXCHANGE")[0].heading == "Exchange it"


def test_the_words_are_marked_and_the_rest_is_escaped(found: Index) -> None:
    shown = found.search("stored")[0].snippet

    assert "<mark>stored</mark>" in shown
    assert "&lt;b&gt;" in shown
    assert "<b>" not in shown


@pytest.mark.parametrize("query", ["", "   ", "?!", "xqzzy", "a" * 5000, "\x00", "'; DROP"])
def test_what_means_nothing_finds_nothing_and_breaks_nothing(found: Index, query: str) -> None:
    assert [one for one in found.search(query) if not one.href] == []


def test_the_shipped_documentation_answers_what_people_ask() -> None:
    assert index().search("lost master key")[0].href.startswith("/help/docs/howto/keep-the-master")
    assert index().search("webhook signature")[0].title.startswith("Webhooks")
