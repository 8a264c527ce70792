"""What a page needs to know about a kind: its columns, filters, form and references."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from drawbar.assettracs.kind import Kind
from drawbar.kit.db import Reading
from drawbar.kit.tables import Row, Table

R = TypeVar("R", bound=Row)
Show = Literal[
    "title",
    "code",
    "state",
    "rank",
    "words",
    "text",
    "number",
    "date",
    "at",
    "ago",
    "due",
    "reference",
]
Control = Literal[
    "line", "area", "lines", "number", "date", "moment", "select", "code", "check", "repeat"
]
Texts = Mapping[str, str]


@dataclass(frozen=True)
class Reference:
    """What a field of ids points to: its table, the column people know it by, its page.

    A `typed` one has too many rows for a select: people enter the label itself, its code.
    """

    table: Table[Any]
    label: str
    path: str
    typed: bool = False

    def href(self, id: UUID) -> str:
        """Return the address of the thing's page."""
        return f"{self.path}/{id}"


@dataclass(frozen=True)
class Column:
    """A column of a list; `note` names the field shown small beneath a title.

    A `minor` one is left out on phones. `said` puts a value into the reader's words.
    """

    name: str
    label: str
    show: Show = "text"
    note: str = ""
    sorts: bool = False
    minor: bool = False
    said: Callable[[Any], str] | None = None


@dataclass(frozen=True)
class Ask:
    """A field of the form; without a control its type decides.

    `read` and `write` turn what is no text by itself into lines and back; `compose` makes the text
    out of several inputs, `split` takes it apart for them.
    """

    name: str
    label: str
    help: str = ""
    unit: str = ""
    control: Control | None = None
    read: Callable[[str], Any] | None = None
    write: Callable[[Any], str] | None = None
    compose: Callable[[Texts], str] | None = None
    split: Callable[[str], Texts] | None = None


@dataclass(frozen=True)
class Sheet(Generic[R]):
    """A kind's pages. Words are English and keys of the catalogue.

    `path` is where its things live (`/assets/work-orders`), `list_path` where they are listed.
    `zone` names the field whose time zone the form's times are written in, where that is not the
    reader's; `fill` completes texts that were left empty.
    """

    kind: Kind[R]
    path: str
    one: str
    many: str
    new: str
    icon: str
    title: str
    columns: tuple[Column, ...]
    asks: tuple[Ask, ...]
    empty: tuple[str, str]
    filters: tuple[tuple[str, str], ...] = ()
    dates: tuple[tuple[str, str], ...] = ()
    references: Mapping[str, Reference] = field(default_factory=dict)
    search: str = ""
    sort: str = "-created_at"
    listed_at: str = ""
    landing: Callable[[R], str] | None = None
    zone: str = ""
    fill: Callable[[Reading, Texts, str], Awaitable[Texts]] | None = None

    @property
    def list_path(self) -> str:
        """The address of the list."""
        return self.listed_at or self.path

    def after_saving(self, row: R) -> str:
        """Return where a saved form leads."""
        return self.landing(row) if self.landing else f"{self.path}/{row.id}"

    @property
    def sortable(self) -> frozenset[str]:
        """The fields a reader may sort by."""
        own = self.sort.removeprefix("-")
        return frozenset({own, *(column.name for column in self.columns if column.sorts)})
