"""The model's reference page, written from the registry: `python -m drawbar.schema.reference`."""

import sys
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from drawbar.schema.record import Record
from drawbar.schema.registry import ENTITIES, Attribute, Entity, attributes_of, first_line

_TYPE_WORDS: dict[type, str] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "flag",
    datetime: "time",
    date: "day",
    Decimal: "decimal (as text)",
    UUID: "uuid",
    dict: "object",
    object: "any",
}

_OPENING = """\
# The unified model

Written from the code by `python -m drawbar.schema.reference`; do not edit by hand.

Every record is a JSON object in snake_case. Times are RFC 3339 in UTC with six fractional digits,
days are `YYYY-MM-DD`, money and quantities are decimal texts. A field that the source does not
have is `null` (a list: empty). A reference is a `<name>_id` (our id, whether or not that record is
readable) with the source's key in `remote_<name>_id`. Enumerations are closed; a word of the
source without a match becomes `other` and always stays readable in `remote_<field>`.
"""


def markdown() -> str:
    """Return the page: common fields once, then one section for each entity."""
    parts = [_OPENING, "## Fields of every record\n", *_table(_common())]
    for entity in ENTITIES.values():
        parts += _section(entity)
    parts.append("\n# Parts of records")
    for part in dict.fromkeys(part for entity in ENTITIES.values() for part in entity.parts):
        parts += [f"\n## {part.__name__}\n", f"{first_line(part)}\n"]
        parts += _table(list(attributes_of(part).values()))
    return "\n".join(parts).rstrip("\n") + "\n"


def type_word(attribute: Attribute) -> str:
    """Name an attribute's type as the page does: `text`, `list of Task`, `uuid of assets`."""
    plain = attribute.python_type
    word = "word" if issubclass(plain, StrEnum) else _TYPE_WORDS.get(plain, plain.__name__)
    if attribute.references:
        word += f" of {attribute.references}"
    return f"list of {word}" if attribute.is_list else word


def _section(entity: Entity) -> Iterator[str]:
    own = [a for a in entity.attributes.values() if a.name not in Record.__struct_fields__]
    yield f"\n## {entity.name}\n"
    yield f"{entity.description} `GET /api/v1/{entity.path}`\n"
    yield from _table(own)
    yield f"\nDate filters (`_after`, `_before`): {_codes(entity.date_filters)}.\n"
    yield f"Equality filters: {_codes(entity.equality_filters)}."


def _common() -> list[Attribute]:
    anything = next(iter(ENTITIES.values()))
    return [anything.attributes[name] for name in Record.__struct_fields__]


def _table(attributes: list[Attribute]) -> Iterator[str]:
    yield "| field | type | meaning | example |"
    yield "|---|---|---|---|"
    for attribute in attributes:
        cells = (f"`{attribute.name}`", type_word(attribute), _meaning(attribute))
        yield f"| {' | '.join(cells)} | {_example(attribute.examples[0])} |"


def _meaning(attribute: Attribute) -> str:
    if not attribute.words:
        return attribute.description
    return f"{attribute.description} One of {_codes(attribute.words)}."


def _example(value: Any) -> str:
    return f"`{msgspec.json.encode(value).decode()}`"


def _codes(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    sys.stdout.write(markdown())
