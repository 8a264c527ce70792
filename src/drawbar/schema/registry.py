"""The list of entities, and what can be told from each class: references, filters, dates."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, get_args, get_origin, get_type_hints
from uuid import UUID

from msgspec import Meta, Struct

from drawbar.kit.ids import derived_id
from drawbar.schema.asset import Asset, TagScan
from drawbar.schema.inspection import Certificate, Defect, Inspection
from drawbar.schema.maintenance import MaintenancePlan, WorkOrder
from drawbar.schema.place import Location, Organization, Site
from drawbar.schema.purchasing import PurchaseOrder, Vendor
from drawbar.schema.record import Part, Record
from drawbar.schema.stock import Material, Stock, Storeroom

Fields = dict[str, Any]
"""A unified record without what only the hub knows: `modified_at`, `synced_at`, `version`."""


@dataclass(frozen=True)
class Attribute:
    """One field of an entity, read from its class."""

    name: str
    python_type: type
    is_list: bool
    description: str
    examples: tuple[Any, ...]
    references: str | None

    @property
    def words(self) -> tuple[str, ...]:
        """Allowed values of an enumeration, else nothing."""
        if not issubclass(self.python_type, StrEnum):
            return ()
        return tuple(word.value for word in self.python_type)


@dataclass(frozen=True)
class Entity:
    """A kind of record: its names, its class, and what follows from the class."""

    name: str
    struct: type[Record]
    attributes: Mapping[str, Attribute] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributes", MappingProxyType(attributes_of(self.struct)))

    @cached_property
    def path(self) -> str:
        """The entity in an address, kebab case: `work-orders`."""
        return self.name.replace("_", "-")

    @cached_property
    def one(self) -> str:
        """One of them in words: `work order`."""
        return re.sub(r"(?<!^)(?=[A-Z])", " ", self.struct.__name__).lower()

    @cached_property
    def description(self) -> str:
        """First line of the class's docstring."""
        return first_line(self.struct)

    @cached_property
    def references(self) -> Mapping[str, str]:
        """Reference field (`asset_id`) to the entity it points at (`assets`)."""
        return {a.name: a.references for a in self.attributes.values() if a.references}

    @cached_property
    def date_filters(self) -> Mapping[str, str]:
        """Filter name (`due`, as in `due_after`) to field (`due_at`)."""
        return {
            attribute.name.removesuffix("_at").removesuffix("_on"): attribute.name
            for attribute in self.attributes.values()
            if issubclass(attribute.python_type, date) and not attribute.is_list
        }

    @cached_property
    def equality_filters(self) -> tuple[str, ...]:
        """Fields a list can be narrowed to: keys, references, enumerations, flags.

        An enumeration and a reference can be asked for by the source's own word or key too.
        """
        own = [a.name for a in self.attributes.values() if not a.is_list and _is_filterable(a)]
        beside = [f"remote_{name}" for name in own if f"remote_{name}" in self.attributes]
        return ("remote_id", "display_id", *own, *beside)

    @cached_property
    def parts(self) -> tuple[type[Part], ...]:
        """Classes of the values inside a record (`Task`, `Person`, …), parts of parts too."""
        return tuple(_parts_within(self.struct))

    def record(
        self,
        fields: Fields,
        *,
        first_seen_at: datetime,
        modified_at: datetime,
        synced_at: datetime,
        version: int,
    ) -> Record:
        """Add what the hub knows to what a connector unified; `TypeError` for unknown fields."""
        return self.struct(
            **fields | {"created_at": fields.get("created_at") or first_seen_at},
            modified_at=modified_at,
            synced_at=synced_at,
            version=version,
        )


def reference_id(connection_id: UUID, entity: str, remote_id: str) -> UUID:
    """Return the id of a record from its key in the source, without looking it up."""
    return derived_id(connection_id, entity, remote_id)


def identified(entity: Entity, connection_id: UUID, remote_id: str, fields: Fields) -> Fields:
    """Give mapped fields their `id` and, beside each remote reference, the reference's id."""
    keyed: Fields = {"id": reference_id(connection_id, entity.name, remote_id)}
    keyed["remote_id"] = remote_id
    keyed |= fields
    for name, target in _REFERENCES[entity.name]:
        remote = fields.get(f"remote_{name}")
        if isinstance(remote, list):
            keyed[name] = [_cached_reference_id(connection_id, target, key) for key in remote]
        elif remote is not None:
            keyed[name] = _cached_reference_id(connection_id, target, remote)
    return keyed


def first_line(struct: type[Struct]) -> str:
    """Return what a class's docstring says first."""
    return (struct.__doc__ or "").strip().splitlines()[0]


def attributes_of(struct: type[Struct]) -> dict[str, Attribute]:
    """Read a class's fields in order; `TypeError` for one without a description."""
    hints = get_type_hints(struct, include_extras=True)
    return {name: _attribute(name, hints[name]) for name in struct.__struct_fields__}


# A page's rows point at few sites, plans and assets: asking the cache is 10 times cheaper.
@lru_cache(maxsize=16_384)
def _cached_reference_id(connection_id: UUID, entity: str, remote_id: str) -> UUID:
    return reference_id(connection_id, entity, remote_id)


def _parts_within(struct: type[Struct]) -> dict[type[Part], None]:
    found: dict[type[Part], None] = {}
    for attribute in attributes_of(struct).values():
        if issubclass(attribute.python_type, Part):
            found |= {attribute.python_type: None} | _parts_within(attribute.python_type)
    return found


def _attribute(name: str, hint: Any) -> Attribute:
    if get_origin(hint) is not Annotated:
        raise TypeError(f"field {name} has no description: annotate it with described(…)")
    value_hint, *notes = get_args(hint)
    meta = next(note for note in notes if isinstance(note, Meta))
    python_type, is_list = _plain_type(value_hint)
    return Attribute(
        name=name,
        python_type=python_type,
        is_list=is_list,
        description=meta.description or "",
        examples=tuple(meta.examples or ()),
        references=(meta.extra or {}).get("references"),
    )


def _plain_type(hint: Any) -> tuple[type, bool]:
    """Strip `| None` and `list[…]`: the type of one value, and whether there are many."""
    if get_origin(hint) is UnionType:
        hint = next(option for option in get_args(hint) if option is not NoneType)
    if get_origin(hint) is list:
        return _plain_type(get_args(hint)[0])[0], True
    if hint is Any:
        return object, False
    return get_origin(hint) or hint, False


def _is_filterable(attribute: Attribute) -> bool:
    is_word_or_flag = issubclass(attribute.python_type, StrEnum | bool)
    return is_word_or_flag or attribute.references is not None


ENTITIES: Mapping[str, Entity] = MappingProxyType(
    {
        name: Entity(name, struct)
        for name, struct in (
            ("organizations", Organization),
            ("sites", Site),
            ("locations", Location),
            ("vendors", Vendor),
            ("materials", Material),
            ("storerooms", Storeroom),
            ("stocks", Stock),
            ("assets", Asset),
            ("tag_scans", TagScan),
            ("maintenance_plans", MaintenancePlan),
            ("work_orders", WorkOrder),
            ("inspections", Inspection),
            ("defects", Defect),
            ("certificates", Certificate),
            ("purchase_orders", PurchaseOrder),
        )
    }
)
"""Every entity by its snake-case name; places come first, so a sync in this order finds parents."""

_REFERENCES = {name: tuple(entity.references.items()) for name, entity in ENTITIES.items()}
