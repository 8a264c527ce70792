"""One page of a kind's list, as the address of the page describes it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from drawbar.assettracs.sheets import store
from drawbar.assettracs.sheets.model import Column, Sheet
from drawbar.kit.db import Reading
from drawbar.kit.errors import invalid_request
from drawbar.kit.listing import Cursors, read_query
from drawbar.kit.tables import Row

R = TypeVar("R", bound=Row)
Parameters = dict[str, str]
PAGE_SIZE = 50
Names = dict[UUID, str]


@dataclass(frozen=True)
class Chip:
    """A filter in use. `values` are words of statuses, or names as they are when `named`."""

    label: str
    values: tuple[str, ...]
    named: bool
    remove_href: str


@dataclass(frozen=True)
class Choice:
    """A select above the list; its options are words of statuses, or names when `named`."""

    name: str
    label: str
    options: tuple[tuple[str, tuple[str, ...]], ...]
    value: str
    named: bool


@dataclass(frozen=True)
class Listing(Generic[R]):
    """Rows of one page, and everything around them."""

    rows: Sequence[R]
    total: int
    names: dict[str, Names]
    choices: tuple[Choice, ...]
    chips: tuple[Chip, ...]
    kept: Parameters = field(default_factory=dict)
    words: str = ""
    sort: str = ""
    next_href: str | None = None
    first_href: str | None = None
    sort_hrefs: dict[str, str] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        """Whether a filter hides rows."""
        return bool(self.chips or self.words)


async def listing(
    tx: Reading, sheet: Sheet[R], parameters: Parameters, cursors: Cursors
) -> Listing[R]:
    """Read the page the parameters describe; raise 400 for one that is not offered."""
    wishes = {name: text for name, text in parameters.items() if text}
    cursor, sort = wishes.pop("cursor", None), wishes.pop("sort", sheet.sort)
    if sort.removeprefix("-") not in sheet.sortable:
        raise invalid_request(f"sort={sort!r} is not offered here.", "sort")
    query = read_query(
        sheet.kind.spec, wishes.items(), cursors, tx.now, of=f"{sheet.list_path} {tx.workspace_id}"
    )
    order = store.Order(sheet.kind.table.row, sort)
    seal = query.fingerprint + sort.encode()
    after = cursors.open(cursor, seal, store.Position) if cursor else None
    table = sheet.kind.table
    found = await store.page_of_rows(tx, table, query, order, after, PAGE_SIZE)
    rows = found[:PAGE_SIZE]
    options = {
        name: await store.options_of(tx, sheet.references[name])
        for name, _ in sheet.filters
        if name in sheet.references and not sheet.references[name].typed
    }
    wanted = {**wishes, **({"sort": sort} if sort != sheet.sort else {})}
    names = await _names(tx, sheet, rows, options, wishes)
    choices = tuple(_choices(sheet, wishes, options))
    shown = {choice.name for choice in choices} | {"q"}
    return Listing(
        rows=rows,
        total=await store.count_of_rows(tx, table, query),
        names=names,
        choices=choices,
        chips=tuple(_chips(sheet, wanted, names)),
        kept={name: text for name, text in wanted.items() if name not in shown},
        words=wishes.get("q", ""),
        sort=sort,
        next_href=(
            _address(sheet, {**wanted, "cursor": cursors.seal(order.position(rows[-1]), seal)})
            if len(found) > PAGE_SIZE
            else None
        ),
        first_href=_address(sheet, wanted) if cursor else None,
        sort_hrefs={
            column.name: _address(sheet, {**wanted, "sort": _turned(column, sort)})
            for column in sheet.columns
            if column.sorts
        },
    )


def words_of(sheet: Sheet[Any], name: str) -> tuple[str, ...]:
    """Return the statuses a field may have; none for a field that is no list of words."""
    return sheet.kind.words.get(name, ())


async def _names(
    tx: Reading,
    sheet: Sheet[R],
    rows: Sequence[R],
    options: dict[str, Names | None],
    wishes: Parameters,
) -> dict[str, Names]:
    names: dict[str, Names] = {}
    shown = {column.name for column in sheet.columns}
    for name, reference in sheet.references.items():
        ids = {getattr(row, name) for row in rows} - {None} if name in shown else set()
        ids |= {UUID(text) for text in wishes.get(name, "").split(",") if text}
        known = options.get(name) or {}
        missing = ids - known.keys()
        names[name] = known | (await store.labels_of(tx, reference, missing) if missing else {})
    return names


def _choices(
    sheet: Sheet[Any], wishes: Parameters, options: dict[str, Names | None]
) -> list[Choice]:
    choices = []
    for name, label in sheet.filters:
        value = wishes.get(name, "")
        if name in sheet.references:
            named = options.get(name)
            if named is None:
                continue
            pairs = tuple((str(id), (text,)) for id, text in named.items())
            choices.append(Choice(name, label, pairs, value, named=True))
            continue
        words: list[tuple[str, tuple[str, ...]]] = [(w, (w,)) for w in words_of(sheet, name)]
        if "," in value:
            words.append((value, tuple(value.split(","))))
        choices.append(Choice(name, label, tuple(words), value, named=False))
    return choices


def _chips(sheet: Sheet[Any], wishes: Parameters, names: dict[str, Names]) -> list[Chip]:
    chips = []
    for name, label in (*sheet.filters, *sheet.dates):
        if name not in wishes:
            continue
        values = tuple(wishes[name].split(","))
        named = name in sheet.references
        if named:
            values = tuple(names[name].get(UUID(value), value) for value in values)
        rest = {other: text for other, text in wishes.items() if other != name}
        is_date = name.endswith(("_after", "_before"))
        chips.append(Chip(label, values, named or is_date, _address(sheet, rest)))
    return chips


def _turned(column: Column, sort: str) -> str:
    return f"-{column.name}" if sort == column.name else column.name


def _address(sheet: Sheet[Any], parameters: Parameters) -> str:
    return sheet.list_path + (f"?{urlencode(parameters)}" if parameters else "")
