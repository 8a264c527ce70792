"""A kind of thing on the platform: its table, what callers may set, its rule and its effect."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from drawbar.audit import Actor
from drawbar.kit.db import Writing
from drawbar.kit.listing import OWN_DATES, ListSpec
from drawbar.kit.tables import Row, Table

R = TypeVar("R", bound=Row)


async def _keep(_tx: Writing, _before: Any, after: Any) -> Any:
    return after


async def _let_go(_tx: Writing, _row: Any) -> None:
    return


async def _nothing_else(_tx: Writing, _actor: Actor, _before: Any, _after: Any) -> None:
    return


@dataclass(frozen=True)
class Kind(Generic[R]):
    """One kind, `assets` or `work_orders`, and how it behaves.

    `rule` completes or refuses a row before it is saved; `effect` does what follows from it,
    in the same transaction; `parting` refuses a removal. `server_set` fields are shown to callers
    but never taken from them. `only_server_makes` is why callers can neither add nor remove rows;
    empty where they can.
    """

    table: Table[R]
    server_set: frozenset[str] = frozenset()
    filters: tuple[str, ...] = ()
    search: str = ""
    rule: Callable[[Writing, R | None, R], Awaitable[R]] = _keep
    effect: Callable[[Writing, Actor, R | None, R], Awaitable[None]] = _nothing_else
    parting: Callable[[Writing, R], Awaitable[None]] = _let_go
    only_server_makes: str = ""
    used_by: tuple[tuple[str, str], ...] = ()
    """(table, column) whose live rows refer to it: while there are any it cannot be removed."""

    @property
    def name(self) -> str:
        """The plural in snake case, `work_orders`."""
        return self.table.name.rpartition(".")[2]

    @property
    def path(self) -> str:
        """The plural in kebab case, `work-orders`."""
        return self.name.replace("_", "-")

    @cached_property
    def spec(self) -> ListSpec:
        """What its list offers: equality on `filters`, and a range on every date it has."""
        types = get_type_hints(self.table.row)
        filters = {
            name: (name, "uuid[]" if UUID in _alternatives(types[name]) else "text[]")
            for name in ("external_id", *self.filters)
        }
        dates = {
            name.rpartition("_")[0]: f"({name}::timestamptz)"
            for name in self.table.columns
            if name.endswith(("_at", "_on"))
        }
        return ListSpec(
            filters=filters,
            words={name: words for name, words in self.words.items() if name in filters},
            dates={**dates, **OWN_DATES},
            search=self.search,
        )

    @cached_property
    def words(self) -> Mapping[str, tuple[str, ...]]:
        """The fields that hold one of a few words, and those words."""
        return {
            name: get_args(kind)
            for name, hint in get_type_hints(self.table.row).items()
            for kind in (hint, *get_args(hint))
            if get_origin(kind) is Literal
        }

    @cached_property
    def fields(self) -> tuple[msgspec.structs.FieldInfo, ...]:
        """The fields a caller may set."""
        own = set(Row.__struct_fields__) - {"external_id"} | self.server_set
        return tuple(
            field for field in msgspec.structs.fields(self.table.row) if field.name not in own
        )

    @cached_property
    def new(self) -> type[msgspec.Struct]:
        """The body of POST: fields without a default are required, unknown ones refused."""
        return self._body("New", required=True)

    @cached_property
    def patch(self) -> type[msgspec.Struct]:
        """The body of PATCH: whatever is left out stays as it is."""
        return self._body("Changed", required=False)

    def _body(self, prefix: str, *, required: bool) -> type[msgspec.Struct]:
        types = get_type_hints(self.table.row, include_extras=True)
        does = "makes" if required else "changes"
        fields: list[Any] = []
        for field in self.fields:
            kind = types[field.name]
            if required and field.required:
                fields.append((field.name, kind))
            else:
                fields.append((field.name, kind | msgspec.UnsetType, msgspec.UNSET))
        return msgspec.defstruct(
            f"{prefix}{self.table.row.__name__}",
            fields,
            forbid_unknown_fields=True,
            kw_only=True,
            frozen=True,
            namespace={"__doc__": f"The body that {does} {self.table.one}."},
            module=self.table.row.__module__,
        )


def given(body: msgspec.Struct) -> dict[str, Any]:
    """Return the fields the caller sent."""
    sent = {name: getattr(body, name) for name in body.__struct_fields__}
    return {name: value for name, value in sent.items() if value is not msgspec.UNSET}


def _alternatives(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) else (kind,)
