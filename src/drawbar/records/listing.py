"""What the unified list of each entity offers, told by its class."""

from datetime import date, datetime
from functools import cache

from drawbar.kit.listing import OWN_DATES, ListSpec
from drawbar.schema.registry import ENTITIES, Entity

COLUMNS = frozenset({"created_at", "modified_at", "deleted_at", "remote_modified_at"})


@cache
def list_spec(entity_name: str) -> ListSpec:
    """Return the filters and date ranges of an entity's list."""
    entity = ENTITIES[entity_name]
    filters = {name: (_text(name), "text[]") for name in entity.equality_filters}
    dates = {
        stem: _moment(entity, name)
        for stem, name in entity.date_filters.items()
        if name != "deleted_at"
    }
    return ListSpec(filters=filters, dates={**dates, **OWN_DATES})


def _text(name: str) -> str:
    return name if name == "remote_id" else f"(body->>'{name}')"


def _moment(entity: Entity, name: str) -> str:
    if name in COLUMNS:
        return name
    kind = entity.attributes[name].python_type
    if not issubclass(kind, date | datetime):
        raise TypeError(f"{entity.name}.{name} is no date")
    return f"((body->>'{name}')::timestamptz)"
