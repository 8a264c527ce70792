"""What the registry reads from the classes."""

from datetime import UTC, datetime
from typing import get_type_hints
from uuid import UUID

import msgspec
import pytest

from drawbar.kit import json
from drawbar.schema.maintenance import WorkOrder
from drawbar.schema.record import Part, Record
from drawbar.schema.registry import (
    ENTITIES,
    Entity,
    attributes_of,
    identified,
    reference_id,
)

ALICES = UUID("018f2a00-0000-7000-8000-000000000001")
MALLORYS = UUID("018f2a00-0000-7000-8000-000000000002")
SEEN_AT = datetime(2026, 11, 23, 6, 41, 56, tzinfo=UTC)
# Entities of later slices of the model, which records may already point at.
LATER = {"service_requests", "teams", "accounts"}

every_entity = pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda one: one.name)
every_class = pytest.mark.parametrize(
    "struct",
    dict.fromkeys(
        struct for entity in ENTITIES.values() for struct in (entity.struct, *entity.parts)
    ),
    ids=lambda struct: struct.__name__,
)


@every_class
def test_every_field_says_what_it_means_in_a_sentence(struct: type[Record | Part]) -> None:
    described = attributes_of(struct).values()

    assert [one.name for one in described if not one.description.endswith(".")] == []


@every_class
def test_every_example_is_a_value_of_its_field(struct: type[Record | Part]) -> None:
    hints = get_type_hints(struct, include_extras=True)

    values = [
        msgspec.convert(example, hints[attribute.name])
        for attribute in attributes_of(struct).values()
        for example in attribute.examples
    ]

    assert len(values) >= len(hints)


@every_class
def test_every_field_has_an_example(struct: type[Record | Part]) -> None:
    assert [one.name for one in attributes_of(struct).values() if not one.examples] == []


@every_class
def test_every_enumeration_can_be_other(struct: type[Record | Part]) -> None:
    enumerations = [one.words for one in attributes_of(struct).values() if one.words]

    assert [words for words in enumerations if "other" not in words] == []


@every_entity
def test_every_enumeration_keeps_the_sources_own_word_beside_it(entity: Entity) -> None:
    enumerations = {f"remote_{a.name}" for a in entity.attributes.values() if a.words}

    assert enumerations <= entity.attributes.keys()


@every_entity
def test_every_reference_keeps_the_sources_own_key_beside_it(entity: Entity) -> None:
    assert {f"remote_{name}" for name in entity.references} <= entity.attributes.keys()


@every_entity
def test_every_remote_key_has_a_reference_of_ours(entity: Entity) -> None:
    keys = {
        name.removeprefix("remote_")
        for name in entity.attributes
        if name.startswith("remote_") and name != "remote_id" and name.endswith(("_id", "_ids"))
    }

    assert keys == set(entity.references)


@every_entity
def test_every_reference_points_at_an_entity(entity: Entity) -> None:
    assert set(entity.references.values()) <= ENTITIES.keys() | LATER


@every_entity
def test_every_date_field_has_its_own_filter(entity: Entity) -> None:
    dates = [name for name in entity.attributes if name.endswith(("_at", "_on", "_date"))]

    assert sorted(entity.date_filters.values()) == sorted(dates)


def test_a_date_filter_drops_at_and_on() -> None:
    assert ENTITIES["work_orders"].date_filters["due"] == "due_at"
    assert ENTITIES["work_orders"].date_filters["scheduled_start"] == "scheduled_start_at"
    assert ENTITIES["assets"].date_filters["warranty_ends"] == "warranty_ends_on"


def test_work_orders_are_narrowed_by_words_and_references() -> None:
    filters = set(ENTITIES["work_orders"].equality_filters)

    assert {"status", "type", "priority", "asset_id", "site_id", "location_id"} <= filters
    assert {"remote_id", "display_id", "remote_status", "remote_asset_id"} <= filters
    assert not {"title", "due_at", "tasks", "id"} & filters


def test_an_entitys_path_is_kebab_case() -> None:
    assert ENTITIES["work_orders"].path == "work-orders"


def test_a_field_without_a_description_is_refused() -> None:
    class Nameless(Record, frozen=True, kw_only=True):
        mystery: str

    with pytest.raises(TypeError, match="mystery has no description"):
        Entity("nameless", Nameless)


def test_a_reference_is_the_id_of_the_record_it_points_at() -> None:
    fields = identified(ENTITIES["work_orders"], ALICES, "wo-1", {"remote_asset_id": "a-1"})

    asset = identified(ENTITIES["assets"], ALICES, "a-1", {})
    assert fields["asset_id"] == asset["id"]
    assert fields["id"] == reference_id(ALICES, "work_orders", "wo-1")


def test_a_list_of_references_keeps_its_order() -> None:
    plan = identified(
        ENTITIES["maintenance_plans"], ALICES, "p-1", {"remote_asset_ids": ["a-1", "a-2"]}
    )

    assert plan["asset_ids"] == [
        reference_id(ALICES, "assets", "a-1"),
        reference_id(ALICES, "assets", "a-2"),
    ]


def test_an_absent_reference_stays_absent() -> None:
    fields = identified(ENTITIES["work_orders"], ALICES, "wo-1", {"remote_asset_id": None})

    assert "asset_id" not in fields


def test_the_same_key_in_another_connection_is_another_record() -> None:
    assert reference_id(ALICES, "assets", "a-1") != reference_id(MALLORYS, "assets", "a-1")


def test_the_same_key_of_another_entity_is_another_record() -> None:
    assert reference_id(ALICES, "assets", "1") != reference_id(ALICES, "sites", "1")


def test_a_record_is_its_fields_and_what_the_hub_knows() -> None:
    fields = identified(ENTITIES["work_orders"], ALICES, "wo-1", {"title": "Replace seal"})

    record = ENTITIES["work_orders"].record(
        fields, first_seen_at=SEEN_AT, modified_at=SEEN_AT, synced_at=SEEN_AT, version=1
    )

    assert json.decode(json.encode(record), WorkOrder) == record
    assert record.created_at == SEEN_AT


def test_a_record_refuses_a_field_that_its_entity_does_not_have() -> None:
    fields = identified(ENTITIES["sites"], ALICES, "s-1", {"colour": "red"})

    with pytest.raises(TypeError, match="colour"):
        ENTITIES["sites"].record(
            fields, first_seen_at=SEEN_AT, modified_at=SEEN_AT, synced_at=SEEN_AT, version=1
        )
