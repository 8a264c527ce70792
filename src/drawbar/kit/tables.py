"""Rows as frozen structs: the few statements every table needs, written once from its columns."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar, get_origin, get_type_hints
from uuid import UUID

import asyncpg
import msgspec

from drawbar.kit.db import Reading, Writing
from drawbar.kit.errors import conflict, invalid, not_found
from drawbar.kit.listing import Cursors, ListQuery, Position

LONGEST_EXTERNAL_ID = 500
"""Characters; PostgreSQL's indexes take 2,700 bytes."""

# Not FOR UPDATE: whoever stored a row that refers to this one shares its key until the commit, and
# two of them who then change this one would wait for each other.
LOCKED = " FOR NO KEY UPDATE"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What every stored thing has: identity, life and version."""

    id: UUID
    external_id: Annotated[str, msgspec.Meta(max_length=LONGEST_EXTERNAL_ID)] | None = None
    created_at: datetime
    modified_at: datetime
    deleted_at: datetime | None = None
    version: int = 1


R = TypeVar("R", bound=Row)
T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """One page of a list; `as_of` is the watermark its first page was read at."""

    data: list[T]
    next_cursor: str | None
    as_of: datetime


class Table(Generic[R]):
    """A tenant table whose columns are the fields of a `Row` struct, in the same order."""

    def __init__(self, name: str, row: type[R], what: str) -> None:
        self.name = name
        self.row = row
        self.what = what
        self.columns = tuple(row.__struct_fields__)
        types = get_type_hints(row)
        self._documents = {field for field in self.columns if _is_document(types[field])}
        numbered = ", ".join(f"${number}" for number in range(1, len(self.columns) + 2))
        sets = ", ".join(f"{field} = ${place}" for place, field in enumerate(self.columns, 1))
        self.select = f"SELECT {', '.join(self.columns)} FROM {name}"
        self.insert_sql = (
            f"INSERT INTO {name} ({', '.join(self.columns)}, workspace_id) VALUES ({numbered})"
        )
        last = len(self.columns) + 1
        self.update_sql = f"UPDATE {name} SET {sets} WHERE id = $1 AND version = ${last}"

    @property
    def one(self) -> str:
        """The thing with its article: `an asset`."""
        return f"{'an' if self.what[0] in 'aeio' else 'a'} {self.what}"

    async def insert(self, tx: Writing, row: R) -> None:
        """Store a new row; raise 409 when its id, code or external id is taken."""
        with self._refusals():
            await tx.execute(self.insert_sql, *self._values(row), tx.workspace_id)

    async def insert_new(self, tx: Writing, rows: Iterable[R]) -> None:
        """Store rows by the thousand; those whose key is there already stay as they are."""
        await tx.executemany(
            f"{self.insert_sql} ON CONFLICT DO NOTHING",
            [(*self._values(row), tx.workspace_id) for row in rows],
        )

    async def insert_all(self, tx: Writing, rows: Iterable[R]) -> None:
        """Store rows by the thousand that nobody can have stored yet."""
        with self._refusals():
            await tx.executemany(
                self.insert_sql, [(*self._values(row), tx.workspace_id) for row in rows]
            )

    async def update(self, tx: Writing, row: R, *, expected_version: int) -> None:
        """Store a changed row; raise 409 when somebody else changed it meanwhile."""
        with self._refusals():
            tag = await tx.execute(self.update_sql, *self._values(row), expected_version)
        if tag != "UPDATE 1":
            raise conflict(f"This {self.what} was changed by somebody else. Read it again.")

    async def find(self, tx: Reading, id: UUID, *, lock: bool = False) -> R | None:
        """Return the row with this id, deleted or not, or None; `lock` holds it until the end."""
        suffix = LOCKED if lock else ""
        return self._row(await tx.fetchrow(f"{self.select} WHERE id = $1{suffix}", id))

    async def get(self, tx: Reading, id: UUID, *, lock: bool = False) -> R:
        """Return the row with this id; raise 404 when there is none or it was deleted."""
        row = await self.find(tx, id, lock=lock)
        if row is None or row.deleted_at is not None:
            raise not_found(self.what)
        return row

    async def find_by_external_id(self, tx: Reading, external_id: str) -> R | None:
        """Return the row another system knows by this id, deleted or not, or None."""
        return self._row(
            await tx.fetchrow(f"{self.select} WHERE external_id = $1{LOCKED}", external_id)
        )

    async def where(self, tx: Reading, condition: str, *args: Any) -> list[R]:
        """Return the live rows that satisfy a condition, `asset_id = $1 ORDER BY …`."""
        rows = await tx.fetch(f"{self.select} WHERE deleted_at IS NULL AND {condition}", *args)
        return [self._build(row) for row in rows]

    async def page(self, tx: Reading, query: ListQuery, cursors: Cursors) -> Page[R]:
        """Return one page of a list."""
        began = query.position.as_of if query.position else None
        as_of = began or await tx.watermark()
        rows = await tx.fetch(query.sql(self.select), *query.values())
        shown = [self._build(row) for row in rows[: query.limit]]
        cursor = None
        if len(rows) > query.limit:
            last = shown[-1]
            position = Position(getattr(last, query.sort_column), last.id, as_of)
            cursor = cursors.seal(position, query.fingerprint)
        return Page(shown, cursor, as_of)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Turn what PostgreSQL refuses into what the caller can mend."""
        try:
            yield
        except asyncpg.UniqueViolationError as error:
            key = _key_of(error.constraint_name or "")
            words = key.replace("_", " ")
            raise conflict(f"There is {self.one} with this {words} already.", key) from error
        except asyncpg.ForeignKeyViolationError as error:
            column = (error.constraint_name or "").removesuffix("_fkey").partition("workspace_id_")
            raise invalid(
                column[2], "refers to something that is not in this workspace."
            ) from error
        except asyncpg.CheckViolationError as error:
            raise invalid(error.constraint_name or "body", "is out of its range.") from error
        except asyncpg.DataError as error:
            raise invalid("body", f"holds a value that cannot be stored: {error}.") from error

    def _values(self, row: R) -> list[Any]:
        return [
            msgspec.to_builtins(value, builtin_types=(datetime,))
            if field in self._documents
            else _storable(field, value)
            for field, value in ((field, getattr(row, field)) for field in self.columns)
        ]

    def _row(self, record: asyncpg.Record | None) -> R | None:
        return None if record is None else self._build(record)

    def _build(self, record: asyncpg.Record) -> R:
        return msgspec.convert(dict(record), self.row)


def _is_document(kind: Any) -> bool:
    return get_origin(kind) in {list, tuple, dict} or (
        isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    )


def _key_of(constraint: str) -> str:
    """Name the column a unique index keeps apart, by the index's name; RLS hides its detail."""
    if constraint.endswith("_pkey"):
        return "id"
    named = constraint.partition("_per_")[2]  # one_asset_per_code
    return named or constraint.partition("workspace_id_")[2].removesuffix("_idx")


def _storable(field: str, value: Any) -> Any:
    """Refuse the first and the last moment there is: asyncpg stores and reads them as infinite."""
    if isinstance(value, datetime):
        try:
            moment = value.astimezone(UTC).replace(tzinfo=None)
        except OverflowError:
            moment = datetime.min  # noqa: DTZ901 - compared without a zone below
        if not datetime.min < moment < datetime.max:  # noqa: DTZ901
            raise invalid(field, "lies before the year 1 or after the year 9999; leave it out.")
    return value
