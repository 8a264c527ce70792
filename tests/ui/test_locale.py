"""What holds for the catalogue of every language but English, whose sentences are the ids."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

import drawbar
from drawbar.connectors.sdk.words import every_word
from drawbar.dashboard import navigation as hub
from drawbar.dashboard.frame import PRODUCTS, SEARCHES
from drawbar.dashboard.link.pages import CATEGORIES
from drawbar.identity.account_pages import WAIT
from drawbar.identity.people_pages import TOO_MANY
from drawbar.link.consent_pages import DENIED, NOT_GRANTED
from drawbar.ui.reader import CATALOGUES, LOCALES
from drawbar.ui.states import TONES, words_for

PACKAGES = Path(drawbar.__file__).parent
OTHERS = LOCALES[1:]
PLACEHOLDER = re.compile(r"%\(\w+\)s")
FILES = [(locale, domain) for locale in OTHERS for domain in ("messages", "states")]
KEPT = frozenset(
    (
        *(label for label, *_ in (*hub.SECTIONS, *hub.SETTINGS)),
        *(label for _, label, _ in PRODUCTS),
        *(label for _, label in SEARCHES.values()),
        *CATEGORIES.values(),
        *every_word(),
        *(WAIT, TOO_MANY, DENIED, NOT_GRANTED),
    )
)
"""Sentences that stand in a constant first and are translated where they are shown."""


def catalogue(locale: str, domain: str) -> Catalog:
    with (CATALOGUES / locale / "LC_MESSAGES" / f"{domain}.po").open("rb") as text:
        return read_po(text, locale=locale)


def forms(written: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    return (written or "",) if isinstance(written, str | None) else tuple(written)


def translated(locale: str, domain: str) -> set[str]:
    """The ids whose every form is there."""
    return {forms(message.id)[0] for message in messages(locale, domain) if is_whole(message)}


def messages(locale: str, domain: str) -> list[Message]:
    return [message for message in catalogue(locale, domain) if message.id]


def is_whole(message: Message) -> bool:
    return not message.fuzzy and all(forms(message.string))


@cache
def written() -> frozenset[str]:
    """Every sentence of every package: of templates, manifests, and calls in Python."""
    with (CATALOGUES / "mapping.cfg").open() as text:
        methods, options = parse_mapping_cfg(text)  # type: ignore[no-untyped-call]
    keywords = {**DEFAULT_KEYWORDS, "go_on": (3,)}
    found = extract_from_dir(PACKAGES, methods, options, keywords)
    return frozenset(forms(message)[0] for _, _, message, _, _ in found if message)


@pytest.mark.parametrize("locale", OTHERS)
def test_every_sentence_is_in_the_language(locale: str) -> None:
    assert len(written()) > 800
    assert written() - translated(locale, "messages") == set()


@pytest.mark.parametrize("locale", OTHERS)
def test_every_sentence_kept_in_a_constant_is_in_the_language(locale: str) -> None:
    assert KEPT - translated(locale, "messages") == set()


@pytest.mark.parametrize("locale", OTHERS)
def test_every_status_is_in_the_language(locale: str) -> None:
    statuses = {status for tone in TONES.values() for status in tone.split()}
    assert {words_for(status) for status in statuses} - translated(locale, "states") == set()


@pytest.mark.parametrize(("locale", "domain"), FILES)
def test_a_translation_names_what_its_sentence_names(locale: str, domain: str) -> None:
    """A placeholder that is lost says less; one that is made up breaks the page."""
    for message in messages(locale, domain):
        wanted = set(PLACEHOLDER.findall(" ".join(forms(message.id))))
        for form in forms(message.string):
            assert set(PLACEHOLDER.findall(form)) == wanted, message.id


@pytest.mark.parametrize(("locale", "domain"), FILES)
def test_no_sentence_is_translated_twice(locale: str, domain: str) -> None:
    text = (CATALOGUES / locale / "LC_MESSAGES" / f"{domain}.po").read_text()
    ids = re.findall(r'^msgid "(.+)"$', text, re.MULTILINE)
    assert len(ids) == len(set(ids))
