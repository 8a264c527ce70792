"""Whatever colour a vendor has, its Link page can be read; initials can be too."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawbar.link.colours import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    colour_of,
    contrast,
    is_colour,
    style_of,
)

RULE = re.compile(r"--([\w-]+):light-dark\((#\w{6}),(#\w{6})\)")
GROUNDS = (LIGHT_GROUNDS, DARK_GROUNDS)
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def rules(colour: str) -> dict[str, tuple[str, str]]:
    return {name: (light, dark) for name, light, dark in RULE.findall(style_of(colour))}


@given(colours)
def test_the_words_of_a_button_in_any_colour_can_be_read(colour: str) -> None:
    written = rules(colour)
    for scheme in (0, 1):
        assert contrast(written["on-accent"][scheme], written["accent"][scheme]) >= 4.5
        assert contrast(written["on-accent"][scheme], written["accent-hover"][scheme]) >= 4.5


@given(colours)
def test_a_link_in_any_colour_can_be_read_on_every_ground(colour: str) -> None:
    written = rules(colour)
    for scheme in (0, 1):
        for ground in (*GROUNDS[scheme], written["accent-soft"][scheme]):
            assert contrast(written["accent-text"][scheme], ground) >= 4.5


def test_a_colour_that_is_fine_as_it_is_stays_as_it_is() -> None:
    assert rules("#0f6b6b")["accent"] == ("#0f6b6b", "#0f6b6b")
    assert rules("#0f6b6b")["accent-text"][0] == "#0f6b6b"


@given(st.text(min_size=1))
def test_white_initials_can_be_read_on_every_systems_colour(slug: str) -> None:
    assert contrast("#ffffff", colour_of(slug)) >= 4.5


@pytest.mark.parametrize("text", ["", "#fff", "red", "#0f6b6b;}", "#gggggg", "0f6b6b"])
def test_only_six_hexadecimal_digits_are_a_colour(text: str) -> None:
    assert not is_colour(text)
