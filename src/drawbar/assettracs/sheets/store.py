"""SQL of the lists: a page in any offered order, its count, and the names behind ids."""

from collections.abc import Iterable
from datetime import datetime
from types import NoneType
from typing import Any, TypeVar, get_args, get_type_hints
from uuid import UUID

import msgspec

from drawbar.assettracs.sheets.model import Reference
from drawbar.kit import json
from drawbar.kit.db import Reading
from drawbar.kit.listing import ListQuery
from drawbar.kit.tables import Row, Table

R = TypeVar("R", bound=Row)
MOST_OPTIONS = 200
"""A select with more choices than this is no help; such things are found by their code."""


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: the value it was sorted by, as text, and the id."""

    sorted_by: str
    id: UUID


class Order:
    """The order of a list: a column, and its direction; rows without a value come last."""

    def __init__(self, row: type[Row], sort: str) -> None:
        self.column = sort.removeprefix("-")
        self.down = sort.startswith("-")
        kinds = set(get_args(get_type_hints(row)[self.column])) or {
            get_type_hints(row)[self.column]
        }
        self.type = "timestamptz" if datetime in kinds else "text"
        last = "-infinity" if self.down else "infinity"
        self.missing = last if self.type == "timestamptz" else ""
        self.expression = (
            f"coalesce({self.column}, '{self.missing}')" if NoneType in kinds else self.column
        )

    def sql(self) -> str:
        """Return the ORDER BY clause."""
        direction = " DESC" if self.down else ""
        return f"ORDER BY {self.expression}{direction}, id{direction}"

    def beyond(self, first: int) -> str:
        """Return the condition of rows after a position whose values are `$first` and the next."""
        sign = "<" if self.down else ">"
        return f"({self.expression}, id) {sign} (${first}::text::{self.type}, ${first + 1})"

    def position(self, row: Row) -> Position:
        """Return where a page that ends with this row ends."""
        value: Any = getattr(row, self.column)
        if value is None:
            return Position(self.missing, row.id)
        return Position(json.timestamp(value) if isinstance(value, datetime) else value, row.id)


async def page_of_rows(
    tx: Reading, table: Table[R], query: ListQuery, order: Order, after: Position | None, limit: int
) -> list[R]:
    """Return one row more than the limit when there is a further page."""
    conditions, args = list(query.conditions), list(query.args)
    if after is not None:
        conditions.append(order.beyond(len(args) + 1))
        args += [after.sorted_by, after.id]
    where = " AND ".join(conditions) or "TRUE"
    return await table.where(tx, f"{where} {order.sql()} LIMIT {limit + 1}", *args)


async def count_of_rows(tx: Reading, table: Table[Any], query: ListQuery) -> int:
    """Return how many rows satisfy the query."""
    where = " AND ".join(("deleted_at IS NULL", *query.conditions))
    count: int = await tx.fetchval(f"SELECT count(*) FROM {table.name} WHERE {where}", *query.args)
    return count


async def options_of(tx: Reading, reference: Reference) -> dict[UUID, str] | None:
    """Return all things of a reference by label, or None when they are too many for a select."""
    rows = await tx.fetch(
        f"SELECT id, {reference.label} AS label FROM {reference.table.name} "
        f"WHERE deleted_at IS NULL ORDER BY {reference.label}, id LIMIT {MOST_OPTIONS + 1}"
    )
    return None if len(rows) > MOST_OPTIONS else {row["id"]: row["label"] for row in rows}


async def labels_of(tx: Reading, reference: Reference, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the labels of some things, deleted or not."""
    rows = await tx.fetch(
        f"SELECT id, {reference.label} AS label FROM {reference.table.name} WHERE id = ANY($1)",
        list(ids),
    )
    return {row["id"]: row["label"] for row in rows}


async def id_with_label(tx: Reading, reference: Reference, label: str) -> UUID | None:
    """Return the thing people know by this label, or None when none or several are."""
    rows = await tx.fetch(
        f"SELECT id FROM {reference.table.name} "
        f"WHERE deleted_at IS NULL AND lower({reference.label}) = lower($1) LIMIT 2",
        label.strip(),
    )
    return rows[0]["id"] if len(rows) == 1 else None
