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
    filters = {name: _column(entity, name) for name in entity.equality_filters}
    words = {name: _words(entity, name) for name in entity.equality_filters}
    dates = {stem: _moment(entity, name) for stem, name in entity.date_filters.items()}
    return ListSpec(
        filters=filters,
        words={name: offered for name, offered in words.items() if offered},
        dates={**dates, **OWN_DATES},
    )


def _column(entity: Entity, name: str) -> tuple[str, str]:
    if name == "remote_id":
        return name, "text[]"
    if name in entity.references:
        return f"((body->>'{name}')::uuid)", "uuid[]"
    return f"(body->>'{name}')", "text[]"


def _words(entity: Entity, name: str) -> tuple[str, ...]:
    attribute = entity.attributes[name]
    return ("true", "false") if attribute.python_type is bool else attribute.words


def _moment(entity: Entity, name: str) -> str:
    if name in COLUMNS:
        return name
    kind = entity.attributes[name].python_type
    if not issubclass(kind, date | datetime):
        raise TypeError(f"{entity.name}.{name} is no date")
    return f"((body->>'{name}')::timestamptz)"
