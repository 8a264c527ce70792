"""Searching the documentation: ranked, from the first letters on, forgiving a slip of the finger.

An index of sections in memory. A section scores by how rare a word is, how often it stands there
(saturating, as BM25 does) and where: in the title, a heading or the text.
"""

import difflib
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

import msgspec
from markupsafe import Markup, escape

from drawbar.help.library import Document, Section, library

MOST_RESULTS = 12
MOST_OF_ONE = 3
"""Sections of one document among the results."""
LONGEST_QUERY = 200
SNIPPET = 200
IN_TITLE, IN_HEADING, IN_TEXT = 6.0, 4.0, 1.0
EXACT, BEGINNING, SLIP = 1.0, 0.6, 0.35
SHORTEST_SLIP = 4
"""Letters a word needs before a wrong one is forgiven."""
LIKENESS = 0.78
_WORD = re.compile(r"[^\W_]+")


class Result(msgspec.Struct, frozen=True):
    """A section that answers; `snippet` has the words that were found marked."""

    title: str
    heading: str
    href: str
    snippet: Markup


class _Entry(msgspec.Struct, frozen=True):
    document: Document
    section: Section
    weights: dict[str, float]


class Index:
    """All sections and the words in them."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._entries = [
            _Entry(document, section, _weights(document, section))
            for document in documents
            for section in document.sections
            if section.text or section.heading
        ]
        self._holding: dict[str, list[int]] = defaultdict(list)
        for number, entry in enumerate(self._entries):
            for word in entry.weights:
                self._holding[word].append(number)
        self._words = sorted(self._holding)

    def search(self, query: str) -> list[Result]:
        """Return the best sections; those with every word of the query come before all others."""
        terms = list(dict.fromkeys(words_of(query[:LONGEST_QUERY])))
        scores: dict[int, float] = defaultdict(float)
        matched: dict[int, int] = defaultdict(int)
        marked: set[str] = set()
        for term in terms:
            meant = self._meant(term)
            marked |= meant.keys()
            best: dict[int, float] = {}
            for word, nearness in meant.items():
                rarity = math.log(1 + len(self._entries) / len(self._holding[word]))
                for number in self._holding[word]:
                    value = nearness * rarity * self._entries[number].weights[word]
                    best[number] = max(best.get(number, 0.0), value)
            for number, value in best.items():
                scores[number] += value
                matched[number] += 1
        order = sorted(scores, key=lambda number: (-matched[number], -scores[number], number))
        return self._shown(order, marked)

    def _meant(self, term: str) -> dict[str, float]:
        """Return the words the documents have for a term, and how near each is to it."""
        found = {
            word: EXACT if word == term else BEGINNING
            for word in self._words
            if word.startswith(term)
        }
        if found or len(term) < SHORTEST_SLIP:
            return found
        alike = difflib.get_close_matches(term, self._words, n=3, cutoff=LIKENESS)
        return dict.fromkeys(alike, SLIP)

    def _shown(self, order: list[int], marked: set[str]) -> list[Result]:
        shown: list[Result] = []
        taken: dict[str, int] = defaultdict(int)
        for number in order:
            document, section = self._entries[number].document, self._entries[number].section
            if taken[document.path] == MOST_OF_ONE:
                continue
            taken[document.path] += 1
            anchor = f"#{section.anchor}" if section.anchor else ""
            shown.append(
                Result(
                    document.title,
                    section.heading,
                    document.href + anchor,
                    snippet(section.text, marked),
                )
            )
            if len(shown) == MOST_RESULTS:
                break
        return shown


@cache
def index() -> Index:
    """Return the index of the shipped documentation; the first call makes it."""
    return Index(library().values())


def words_of(text: str) -> list[str]:
    """Return the words of a text, without case and accents."""
    return _WORD.findall(_folded(text))


def snippet(text: str, marked: set[str]) -> Markup:
    """Cut a text to where it speaks of the words, and mark them."""
    places = list(_WORD.finditer(text))
    hit = next((one for one in places if _folded(one.group()) in marked), None)
    begin = max(0, hit.start() - SNIPPET // 4) if hit else 0
    begin = next((one.start() for one in places if one.start() >= begin), 0) if begin else 0
    end = begin + SNIPPET
    parts: list[Markup] = [Markup("… ")] if begin else []
    position = begin
    for one in places:
        if one.start() < begin or one.end() > end or _folded(one.group()) not in marked:
            continue
        parts += [escape(text[position : one.start()]), Markup("<mark>%s</mark>") % one.group()]
        position = one.end()
    rest = text[position:end]
    parts.append(escape(rest.rpartition(" ")[0] + " …" if len(text) > end else rest))
    return Markup("").join(parts)


def _weights(document: Document, section: Section) -> dict[str, float]:
    """Return each word's weight in a section; a title counts for the section that opens it."""
    weights: dict[str, float] = defaultdict(float)
    counts: dict[str, int] = defaultdict(int)
    for word in words_of(section.text):
        counts[word] += 1
    for word, count in counts.items():
        weights[word] += IN_TEXT * (2.2 * count / (count + 1.2))
    for word in set(words_of(section.heading)):
        weights[word] += IN_HEADING
    title = IN_TITLE if section.anchor == "" else IN_TEXT
    for word in set(words_of(document.title)):
        weights[word] += title
    return dict(weights)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    return "".join(one for one in plain if not unicodedata.combining(one)).casefold()
