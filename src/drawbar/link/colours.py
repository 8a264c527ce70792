"""Colours that can be read: an application's own, and those of initials drawn as a logo.

Contrast is WCAG 2.2's (relative luminance); AA asks for 4.5 between text and ground.
"""

import colorsys
import hashlib
import re

READABLE = 4.5
VISIBLE = 1.5
"""Of a button against the page: its words are what has to be read, its edge only to be seen."""
LIGHT_GROUNDS = ("#ffffff", "#eceff2")
DARK_GROUNDS = ("#0d1114", "#1c252b")
"""The brightest and the darkest ground of each scheme that links stand on (tokens.css)."""
WHITE, INK = "#ffffff", "#000000"
"""Nothing lighter than black will do: between the two, some greys can be read on neither."""
STEPS = 100
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def is_colour(text: str) -> bool:
    """Say whether a text is a colour as applications have it, `#0f6b6b`."""
    return _COLOUR.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(ground: str) -> str:
    """Return white or black, whichever is read better on the ground."""
    return max((WHITE, INK), key=lambda ink: contrast(ink, ground))


def readable(colour: str, grounds: tuple[str, ...], toward: str, *, least: float = READABLE) -> str:
    """Move a colour toward another, in hundredths, until it stands out from all the grounds."""
    for step in range(STEPS + 1):
        moved = mixed(colour, toward, step / STEPS)
        if all(contrast(moved, ground) >= least for ground in grounds):
            return moved
    return toward


def mixed(one: str, other: str, share: float) -> str:
    """Mix two colours; `share` is the other's, 0 to 1."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def style_of(colour: str) -> str:
    """Write the style sheet that puts an application's colour in place of ours."""
    soft = mixed(WHITE, colour, 0.1), mixed(DARK_GROUNDS[0], colour, 0.22)
    accent = (
        readable(colour, LIGHT_GROUNDS, INK, least=VISIBLE),
        readable(colour, DARK_GROUNDS, WHITE, least=VISIBLE),
    )
    pairs = {
        "accent": accent,
        "accent-hover": tuple(map(_pressed, accent)),
        "on-accent": tuple(map(text_on, accent)),
        "accent-text": (
            readable(colour, (*LIGHT_GROUNDS, soft[0]), INK),
            readable(colour, (*DARK_GROUNDS, soft[1]), WHITE),
        ),
        "accent-soft": soft,
    }
    rules = (f"--{name}:light-dark({light},{dark})" for name, (light, dark) in pairs.items())
    return ":root{" + ";".join(rules) + "}"


def colour_of(slug: str) -> str:
    """Return the ground for a system's initials: always the same, and white reads well on it."""
    digest = hashlib.sha256(slug.encode()).digest()
    hue, depth = digest[0] / 256, 0.30 + digest[1] / 256 * 0.12
    red, green, blue = colorsys.hls_to_rgb(hue, depth, 0.45)
    drawn = "#" + "".join(f"{round(part * 255):02x}" for part in (red, green, blue))
    return readable(drawn, (WHITE,), INK)


def _pressed(ground: str) -> str:
    """Move a button's ground away from its words."""
    return mixed(ground, INK if text_on(ground) == WHITE else WHITE, 0.14)


def _luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        part = channel / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  sRGB's own numbers

    red, green, blue = (linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
