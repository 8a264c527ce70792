"""The unified model as JSON Schema, for the OpenAPI document; names begin with `Unified`."""

from typing import Any

import msgspec

from drawbar.schema.registry import ENTITIES, Entity

PREFIX = "Unified"
"""Keeps the hub's `Asset` apart from the asset platform's."""
_PLACE = "#/components/schemas/"


def components() -> dict[str, Any]:
    """Return every entity, what it is made of, and the page its list answers with."""
    structs = [entity.struct for entity in ENTITIES.values()]
    _, found = msgspec.json.schema_components(structs, ref_template=f"{_PLACE}{PREFIX}{{name}}")
    named = {
        f"{PREFIX}{name}": {**_timed(schema), "title": f"{PREFIX}{name}"}
        for name, schema in found.items()
    }
    return named | {_page_name(entity): _page(entity) for entity in ENTITIES.values()}


def one_of(entity: Entity) -> dict[str, Any]:
    """Refer to the schema of a record."""
    return {"$ref": f"{_PLACE}{PREFIX}{entity.struct.__name__}"}


def page_of(entity: Entity) -> dict[str, Any]:
    """Refer to the schema of a page of records."""
    return {"$ref": f"{_PLACE}{_page_name(entity)}"}


def _page_name(entity: Entity) -> str:
    return f"{PREFIX}{entity.struct.__name__}Page"


def _page(entity: Entity) -> dict[str, Any]:
    watermark = "Until when this list is complete; null before the first sync has ended."
    return {
        "title": _page_name(entity),
        "description": f"One page of {entity.name.replace('_', ' ')}.",
        "type": "object",
        "required": ["data", "next_cursor", "as_of"],
        "properties": {
            "data": {"type": "array", "items": one_of(entity)},
            "next_cursor": {"type": ["string", "null"], "description": "Null on the last page."},
            "as_of": {
                "type": ["string", "null"],
                "format": "date-time",
                "description": watermark,
            },
        },
    }


def _timed(schema: dict[str, Any]) -> dict[str, Any]:
    """Mark the times: msgspec leaves the format out for a datetime that may lack a zone."""
    properties = {
        name: {**one, "format": "date-time"} if name.endswith("_at") else one
        for name, one in schema.get("properties", {}).items()
    }
    return {**schema, "properties": properties} if properties else schema
