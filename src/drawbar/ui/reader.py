"""Who reads a page: the language, time zone and moment its words and times are written for."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from gettext import NullTranslations, translation
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from babel import Locale, negotiate_locale

LANGUAGES = (("en", "English"), ("de", "Deutsch"), ("es", "Español"))
"""Each in its own words, for who reads only that one."""
LOCALES = tuple(tag for tag, _ in LANGUAGES)
"""English is the language of the sources; the others have a catalogue in `locale/`."""
REGIONS = {"en": "en_GB"}
"""Plain English would mean AM and PM; people at work read a 24-hour clock."""
CATALOGUES = Path(__file__).parent / "locale"


class Reader(msgspec.Struct, frozen=True):
    """Language (one of `LOCALES`), IANA time zone and the moment (aware) a page is written for."""

    now: datetime
    locale: str = "en"
    time_zone: str = "UTC"

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are written out."""
        return ZoneInfo(self.time_zone)

    @property
    def babel(self) -> Locale:
        """The locale's rules for numbers, days and plurals."""
        return Locale.parse(REGIONS.get(self.locale, self.locale))


_reader: ContextVar[Reader] = ContextVar("reader")


def reader() -> Reader:
    """Return the one the current page is written for; English at the epoch outside a page."""
    return _reader.get(Reader(now=datetime.fromtimestamp(0, UTC)))


@contextmanager
def writing_for(someone: Reader) -> Iterator[None]:
    """Write everything inside for this reader."""
    token = _reader.set(someone)
    try:
        yield
    finally:
        _reader.reset(token)


def locale_from(accept_language: str, preferred: str = "") -> str:
    """Choose from `LOCALES`: the person's own setting, else the Accept-Language header's order."""
    weighted = []
    for place, part in enumerate(accept_language.split(",")):
        tag, _, parameters = part.strip().partition(";")
        weight = parameters.strip().removeprefix("q=").strip()
        rank = float(weight) if weight.replace(".", "", 1).isdigit() else 1.0
        weighted.append((-rank, place, tag.strip()))
    wanted = [preferred, *(tag for _, _, tag in sorted(weighted))]
    return negotiate_locale([tag for tag in wanted if tag], LOCALES, sep="-") or "en"


@cache
def _translations(locale: str, domain: str = "messages") -> NullTranslations:
    return translation(domain, CATALOGUES, languages=[locale], fallback=locale == "en")


def gettext(message: str) -> str:
    """Translate a sentence into the reader's language."""
    return _translations(reader().locale).gettext(message)


def state_word(word: str) -> str:
    """Translate a status written as a word; those have a catalogue of their own."""
    return _translations(reader().locale, "states").gettext(word)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Translate a sentence whose form depends on a number."""
    return _translations(reader().locale).ngettext(singular, plural, number)


def pgettext(context: str, message: str) -> str:
    """Translate a word that means different things in different places."""
    return _translations(reader().locale).pgettext(context, message)


def npgettext(context: str, singular: str, plural: str, number: int) -> str:
    """Translate a counted word that means different things in different places."""
    return _translations(reader().locale).npgettext(context, singular, plural, number)
