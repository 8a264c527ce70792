"""Reading a source's row, so that a mapping is a plain table.

Every reader returns None for what is absent, null or empty. What is there but does not fit is
None too and noted in `problems`: one odd value must not stop the other hundred thousand rows.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from math import isfinite
from typing import Any, Self, TypeVar

import msgspec

T = TypeVar("T")
Word = TypeVar("Word", bound=StrEnum)

_FLAGS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}

NUL = b"\\u0000"
"""How JSON writes a NUL."""
FIRST_MOMENT, LAST_MOMENT = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Raw:
    """One JSON object of the source; paths go inward by dots: `raw.text("vendor.name")`."""

    __slots__ = ("_values", "problems")

    def __init__(self, values: Mapping[str, Any], problems: list[str] | None = None) -> None:
        self._values = values
        self.problems: list[str] = [] if problems is None else problems

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read a stored row; raise `msgspec.ValidationError` if it is no JSON object.

        NULs are left out: one in a record, and PostgreSQL filters none of its list any more.
        """
        values = msgspec.json.decode(body, type=dict[str, Any])
        return cls(_without_nul(values) if NUL in body else values)

    def value(self, path: str) -> Any:
        """Return what stands at the path, as it is."""
        if "." not in path:
            return self._values.get(path)
        here: Any = self._values
        for step in path.split("."):
            if not isinstance(here, Mapping):
                return None
            here = here.get(step)
        return here

    def text(self, path: str) -> str | None:
        """Return a text; numbers are written out, blanks around it dropped."""
        value = self.value(path)
        if isinstance(value, str):
            return value.strip() or None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        self._note_misfit(path, value, "text")
        return None

    def texts(self, path: str) -> list[str]:
        """Return a list of texts, without empty ones."""
        rows = self._list(path)
        return [row.strip() for row in rows if isinstance(row, str) and row.strip()]

    def time(self, path: str) -> datetime | None:
        """Return a moment in UTC; no zone means UTC, a bare day means its first moment."""
        return self._moment(path, "time", _in_utc)

    def day(self, path: str) -> date | None:
        """Return a calendar day; of a moment, the day it is written with."""
        moment = self._moment(path, "day", datetime.fromisoformat)
        return moment.date() if moment else None

    def number(self, path: str) -> float | None:
        """Return a number, also from a text."""
        value = self.value(path)
        if type(value) is float:
            return value
        exact = self.decimal(path)
        return None if exact is None else float(exact)

    def decimal(self, path: str) -> Decimal | None:
        """Return an exact number (money, quantities), also from a text."""
        value = self.value(path)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        exact = _parsed(Decimal, str(value) if is_number else value)
        if exact is not None and isfinite(exact):
            return exact
        self._note_misfit(path, value, "number")
        return None

    def integer(self, path: str) -> int | None:
        """Return a whole number, also from a text."""
        exact = self.decimal(path)
        if exact is None or exact == int(exact):
            return None if exact is None else int(exact)
        self._note_misfit(path, exact, "whole number")
        return None

    def flag(self, path: str) -> bool | None:
        """Return yes or no, also from `true`, `1`, `yes` and their opposites."""
        value = self.value(path)
        flag = _FLAGS.get(str(value).strip().lower())
        if flag is None:
            self._note_misfit(path, value, "flag")
        return flag

    def choice(self, path: str, table: Mapping[str, Word]) -> Word | None:
        """Translate the source's word by a table; a word that is not in it becomes `other`."""
        word = self.text(path)
        if word is None:
            return None
        known = table.get(word)
        return known if known is not None else type(next(iter(table.values())))("other")

    def items(self, path: str) -> Iterator["Raw"]:
        """Return the objects of a list, each to be read like this one."""
        return (Raw(row, self.problems) for row in self._list(path) if isinstance(row, Mapping))

    def object(self, path: str) -> dict[str, Any]:
        """Return an object as it is; empty when absent."""
        value = self.value(path)
        if isinstance(value, Mapping):
            return dict(value)
        self._note_misfit(path, value, "object")
        return {}

    def _moment(self, path: str, wanted: str, read: Callable[[str], datetime]) -> datetime | None:
        value = self.value(path)
        if value is None:
            return None
        moment = _parsed(read, value)
        if moment is None:
            self._note_misfit(path, value, wanted)
        return moment

    def _list(self, path: str) -> list[Any]:
        value = self.value(path)
        if isinstance(value, list):
            return value
        self._note_misfit(path, value, "list")
        return []

    def _note_misfit(self, path: str, value: Any, wanted: str) -> None:
        if value is not None and value != "":
            self.problems.append(f"{path}: {value!r:.80} is no {wanted}")


def same_words(words: type[Word]) -> dict[str, Word]:
    """Return the table for a source that uses the model's own words."""
    return {word.value: word for word in words}


def _parsed(parse: Callable[[str], T], value: Any) -> T | None:
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        return parse(value.strip())
    except (ValueError, OverflowError, InvalidOperation):
        return None


def _in_utc(text: str) -> datetime:
    """Read a moment; the first and the last there is stand for none, in .NET as in PostgreSQL."""
    written = datetime.fromisoformat(text)
    moment = written.replace(tzinfo=written.tzinfo or UTC).astimezone(UTC)
    if moment in {FIRST_MOMENT, LAST_MOMENT}:
        raise ValueError(text)
    return moment


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nul(item) for item in value]
    return value
