"""A prefix for a category's codes, made from its name."""

import unicodedata
from collections.abc import Collection, Iterator
from itertools import count

UNSORTED = "A"
"""Begins the codes of assets without a category."""
LONGEST = 8
SHORT = 2


def suggested_prefix(name: str, taken: Collection[str]) -> str:
    """Return initials, "CS" of "Chain slings", or a longer start of the name while they are taken.

    Letters and digits of the Latin alphabet only; a name without any begins with "C".
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    kept = "".join(letter if letter.isalnum() else " " for letter in plain)
    unfit = {UNSORTED, *taken}
    return next(prefix for prefix in _prefixes(kept.split() or ["C"]) if prefix not in unfit)


def _prefixes(words: list[str]) -> Iterator[str]:
    initials, first = "".join(word[0] for word in words)[:LONGEST], words[0]
    if len(words) > 1:
        yield initials
    for length in range(SHORT, LONGEST + 1):
        yield first[:length]
    for number in count(SHORT):
        yield f"{first[: LONGEST - len(str(number))]}{number}"
