"""A logged body as its page shows it: decoded where it is JSON, with the mark of a cut apart."""

from typing import Any

import msgspec

from drawbar.kit import json
from drawbar.requests.masking import CUT


class Body(msgspec.Struct, frozen=True):
    """`value` where the text is JSON, else `text`; `cut` says what of a long body is missing."""

    value: Any
    text: str
    cut: str


def body_of(logged: str | None) -> Body | None:
    """Take a logged body apart; None stays None."""
    if logged is None:
        return None
    text, _, cut = logged.partition(f"\n{CUT} ")
    try:
        return Body(json.decode(text), "", cut)
    except ValueError:
        return Body(None, text, cut)
