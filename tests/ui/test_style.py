"""The colours can be read: every text on every ground, light and dark (WCAG 2.2 AA)."""

import re

import pytest

from drawbar.ui.bundle import DIST

STYLES = DIST.parent.parent / "styles"
TOKEN = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)")
TOKENS = {name: shades for name, *shades in TOKEN.findall((STYLES / "tokens.css").read_text())}
TONES = ("good", "attention", "bad", "idle")
PAIRS = [
    *(
        (text, ground)
        for text in ("text", "muted", "accent-text")
        for ground in ("canvas", "rail", "surface", "sunken", "hover")
    ),
    ("accent-text", "accent-soft"),
    ("bad", "surface"),
    *((tone, f"{tone}-soft") for tone in TONES),
    *(("text", f"{tone}-soft") for tone in TONES),
    *(("muted", f"{tone}-soft") for tone in TONES),
]


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(text: str, ground: str, scheme: int) -> None:
    assert contrast(TOKENS[text][scheme], TOKENS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_the_words_of_the_primary_button_can_be_read(scheme: int) -> None:
    assert contrast("#ffffff", TOKENS["accent"][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_the_edges_of_fields_can_be_seen(scheme: int) -> None:
    assert contrast(TOKENS["control-line"][scheme], TOKENS["surface"][scheme]) >= 3
