"""Lists: declared filters, keyset order, signed cursors that stay exact while rows change."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID

import msgspec

from drawbar.kit import dates, json
from drawbar.kit.errors import invalid_request

DEFAULT_LIMIT = 100
MOST = 500
SORTS = ("modified_at", "-modified_at", "created_at", "-created_at")
OWN_DATES = MappingProxyType(
    {"created": "created_at", "modified": "modified_at", "deleted": "deleted_at"}
)
_POLLS = frozenset({"modified_after", "deleted_after", "deleted_before"})
_SIGNATURE_BYTES = 16
P = TypeVar("P", bound=msgspec.Struct)


class ListSpec(msgspec.Struct, frozen=True, kw_only=True):
    """What a list offers: names the caller may use, and the SQL each stands for.

    `filters` maps a parameter to (column expression, SQL array type); `dates` maps the stem of
    `…_after` and `…_before` to a column expression of type timestamptz.
    """

    filters: Mapping[str, tuple[str, str]] = {}
    words: Mapping[str, tuple[str, ...]] = {}
    """The words a filter takes, where it takes only some."""
    prefixes: Mapping[str, str] = {}
    """Parameters that say how a column's text begins."""
    within: Mapping[str, str] = {}
    """Parameter to jsonb column: a list of texts that holds one of those given."""
    dates: Mapping[str, str] = OWN_DATES
    search: str = ""
    """Column expression that `q=` looks into; empty offers no `q`."""
    soft_deletes: bool = True

    def parameters(self) -> dict[str, str]:
        """Every query parameter the list takes, with a sentence about each."""
        offered = {
            "limit": f"Rows per page, 1 to {MOST}; default {DEFAULT_LIMIT}.",
            "cursor": "The `next_cursor` of the page before.",
            "sort": "One of " + ", ".join(f"`{name}`" for name in SORTS) + ".",
        }
        if self.soft_deletes:
            offered["include_deleted"] = (
                "Whether deleted rows are shown; default only with `modified_after`, "
                "`deleted_after` and `deleted_before`."
            )
        if self.search:
            offered["q"] = "Words to look for."
        for name in self.filters:
            words = f" One of {', '.join(self.words[name])}." if name in self.words else ""
            offered[name] = f"Only rows with this {name}; a comma means any of.{words}"
        for name in self.prefixes:
            offered[name] = f"Only rows whose {name} begins with it."
        for name in self.within:
            offered[name] = f"Only rows that have this {name}; a comma means any of."
        for stem in self.dates:
            offered[f"{stem}_after"] = f"Only rows {stem} after it: {dates.EXAMPLE}."
            offered[f"{stem}_before"] = f"Only rows {stem} at or before it: {dates.EXAMPLE}."
        return offered


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended, and the watermark its first page was read at."""

    sorted_by: datetime
    id: UUID
    as_of: datetime | None


class ListQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A caller's wishes, checked against a `ListSpec`."""

    limit: int = DEFAULT_LIMIT
    sort: str = "modified_at"
    conditions: tuple[str, ...] = ()
    args: tuple[object, ...] = ()
    position: Position | None = None
    fingerprint: bytes = b""

    def narrowed(self, condition: str, *values: object) -> "ListQuery":
        """Add a condition of our own; each `{}` in it stands for a value."""
        first = len(self.args) + 1
        places = [f"${number}" for number in range(first, first + len(values))]
        return msgspec.structs.replace(
            self,
            conditions=(condition.format(*places), *self.conditions),
            args=(*self.args, *values),
        )

    @property
    def sort_column(self) -> str:
        """The column the rows are ordered by."""
        return self.sort.removeprefix("-")

    def sql(self, select: str) -> str:
        """Complete `SELECT … FROM …` with conditions, order and a limit of one row too many."""
        down = self.sort.startswith("-")
        conditions = list(self.conditions)
        if self.position:
            first = len(self.args) + 1
            conditions.append(
                f"({self.sort_column}, id) {'<' if down else '>'} (${first}, ${first + 1})"
            )
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        direction = " DESC" if down else ""
        return (
            f"{select}{where} ORDER BY {self.sort_column}{direction}, id{direction} "
            f"LIMIT {self.limit + 1}"
        )

    def values(self) -> tuple[object, ...]:
        """Return the arguments of `sql`, in order."""
        if self.position is None:
            return self.args
        return (*self.args, self.position.sorted_by, self.position.id)


class Cursors:
    """Signs and opens cursors; a cursor fits only the list and the filters it came from.

    The first key signs, the others only open. They come from `source` where a rotation of the
    master key changes them while the process runs.
    """

    def __init__(self, *keys: bytes, source: Callable[[], Sequence[bytes]] | None = None) -> None:
        self._keys = source or (lambda: keys)

    def seal(self, position: msgspec.Struct, fingerprint: bytes) -> str:
        """Write a position as an opaque text."""
        body = json.encode(position)
        return (
            urlsafe_b64encode(_signed(self._keys()[0], body, fingerprint) + body)
            .decode()
            .rstrip("=")
        )

    def open(self, text: str, fingerprint: bytes, kind: type[P]) -> P:
        """Read a position back; raise 400 if it was altered or belongs to another query."""
        try:
            sealed = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
            signature, body = sealed[:_SIGNATURE_BYTES], sealed[_SIGNATURE_BYTES:]
            if any(
                hmac.compare_digest(signature, _signed(key, body, fingerprint))
                for key in self._keys()
            ):
                return json.decode(body, kind)
        except (ValueError, msgspec.MsgspecError):
            pass
        raise invalid_request(
            "This cursor does not belong to this query. Keep all other parameters as they were "
            "when you got it, or start again without a cursor.",
            "cursor",
        )


def _signed(key: bytes, body: bytes, fingerprint: bytes) -> bytes:
    return hmac.digest(key, fingerprint + body, "sha256")[:_SIGNATURE_BYTES]


def read_query(
    spec: ListSpec,
    parameters: Iterable[tuple[str, str]],
    cursors: Cursors,
    now: datetime,
    *,
    of: str,
) -> ListQuery:
    """Check query parameters against the spec; `of` names the list and its owner for the cursor.

    Raises 400 that names the parameter for anything unknown, repeated or unreadable.
    """
    given = _once(parameters)
    offered = spec.parameters()
    for name in given:
        if name not in offered:
            raise invalid_request(
                f"Unknown parameter {name!r}. This list takes {', '.join(sorted(offered))}.", name
            )
    sort = given.get("sort", "modified_at")
    if sort not in SORTS:
        raise invalid_request(
            f"sort={sort!r} is not offered; use one of {', '.join(SORTS)}.", "sort"
        )
    conditions, args = _conditions(spec, given, now)
    wishes = sorted((name, text) for name, text in given.items() if name not in {"cursor", "limit"})
    fingerprint = sha256(json.encode([of, wishes])).digest()
    cursor = given.get("cursor")
    return ListQuery(
        limit=whole_number(given.get("limit", str(DEFAULT_LIMIT)), "limit", MOST),
        sort=sort,
        conditions=tuple(conditions),
        args=tuple(args),
        position=cursors.open(cursor, fingerprint, Position) if cursor is not None else None,
        fingerprint=fingerprint,
    )


def _once(parameters: Iterable[tuple[str, str]]) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, text in parameters:
        if name in given:
            raise invalid_request(f"{name} is given twice; give it once.", name)
        if "\x00" in text:
            raise invalid_request(f"{name} holds a NUL character; leave it out.", name)
        given[name] = text
    return given


def whole_number(text: str, parameter: str, most: int) -> int:
    """Read a number from 1 to `most`; raise 400 that names the parameter."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    if is_number and 1 <= int(text) <= most:
        return int(text)
    raise invalid_request(f"{parameter}={text[:20]!r} is not a number from 1 to {most}.", parameter)


def _conditions(
    spec: ListSpec, given: Mapping[str, str], now: datetime
) -> tuple[list[str], list[object]]:
    conditions: list[str] = []
    args: list[object] = []

    def bind(value: object) -> str:
        args.append(value)
        return f"${len(args)}"

    for before, wanted, after in _chosen(spec, given):
        conditions.append(f"{before}{bind(wanted)}{after}")
    conditions += [
        f"starts_with({column}, {bind(given[name])})"
        for name, column in spec.prefixes.items()
        if name in given
    ]
    for stem, column in spec.dates.items():
        for name, sign, read in (
            (f"{stem}_after", ">", dates.after),
            (f"{stem}_before", "<", dates.before),
        ):
            if name in given:
                bound = read(given[name], name, now)
                conditions.append(f"{column} {sign}{bound.operator} {bind(bound.moment)}")
    if words := given.get("q"):
        conditions.append(f"{spec.search} ILIKE {bind('%' + _literal(words) + '%')}")
    if spec.soft_deletes and not _shows_deleted(given):
        conditions.append("deleted_at IS NULL")
    return conditions, args


def _chosen(spec: ListSpec, given: Mapping[str, str]) -> Iterator[tuple[str, list[object], str]]:
    for name, (column, array_type) in spec.filters.items():
        if name in given:
            wanted = _wanted(name, given[name], array_type, spec.words.get(name, ()))
            yield f"{column} = ANY(", wanted, f"::{array_type})"
    for name, column in spec.within.items():
        if name in given:
            yield f"{column} ?| ", _wanted(name, given[name], "text[]", ()), "::text[]"


def _wanted(name: str, text: str, array_type: str, words: tuple[str, ...]) -> list[object]:
    parts = [part for part in text.split(",") if part]
    if not parts:
        raise invalid_request(f"{name} is empty; give a value or leave it out.", name)
    for part in parts:
        if words and part not in words:
            raise invalid_request(
                f"{name}={part[:60]!r} is not offered; use one of {', '.join(words)}.", name
            )
    if array_type != "uuid[]":
        return list(parts)
    try:
        return [UUID(part) for part in parts]
    except ValueError as error:
        raise invalid_request(f"{name}={text[:60]!r} is not an id (UUID).", name) from error


def _shows_deleted(given: Mapping[str, str]) -> bool:
    text = given.get("include_deleted")
    if text is None:
        return not _POLLS.isdisjoint(given)
    if text in {"true", "false"}:
        return text == "true"
    raise invalid_request("include_deleted is true or false.", "include_deleted")


def _literal(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
