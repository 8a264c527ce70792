"""Each AssetTracs row becomes its unified record, field by field."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from drawbar.connectors.assettracs import mapping
from drawbar.connectors.assettracs.manifest import MANIFEST
from drawbar.connectors.assettracs.mapping import MAPPINGS
from drawbar.connectors.sdk.raw import Raw
from drawbar.kit import json
from drawbar.schema.registry import ENTITIES, Fields, identified
from tests.connectors.asset_rows import COMMON, HEAD, REMOTE_ID, ROWS

CONNECTION = UUID("018f2a00-0000-7000-8000-000000000001")
SEEN_AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)

every_row = pytest.mark.parametrize("entity", ROWS)


def unified(entity: str, raw: Raw) -> Fields:
    fields = identified(ENTITIES[entity], CONNECTION, REMOTE_ID, MAPPINGS[entity](raw))
    record = ENTITIES[entity].record(
        fields, first_seen_at=SEEN_AT, modified_at=SEEN_AT, synced_at=SEEN_AT, version=1
    )
    valid = json.decode(json.encode(record), ENTITIES[entity].struct)
    assert valid == record
    plain: Fields = json.plain(valid)
    return plain


@every_row
def test_a_row_is_mapped_field_by_field(entity: str) -> None:
    row, expected = ROWS[entity]
    raw = Raw(HEAD | row)

    mapped = json.plain(MAPPINGS[entity](raw))

    assert mapped == COMMON | expected
    assert raw.problems == []


@every_row
def test_a_mapped_row_is_a_valid_record_of_its_entity(entity: str) -> None:
    row, expected = ROWS[entity]

    record = unified(entity, Raw(HEAD | row))

    assert expected.items() <= record.items()


@every_row
def test_every_mapped_field_is_a_field_of_the_entity(entity: str) -> None:
    mapped = MAPPINGS[entity](Raw({}))

    assert mapped.keys() <= ENTITIES[entity].attributes.keys()


@every_row
def test_an_empty_row_is_still_a_valid_record(entity: str) -> None:
    raw = Raw({})

    record = unified(entity, raw)

    assert record["created_at"] == "2026-11-23T07:00:00.000000Z"
    assert raw.problems == []


@every_row
def test_a_row_full_of_nonsense_is_noted_and_still_a_valid_record(entity: str) -> None:
    row, _ = ROWS[entity]
    raw = Raw({name: {"non": ["sense"]} for name in HEAD | row})

    record = unified(entity, raw)

    assert record["remote_id"] == REMOTE_ID
    assert len(raw.problems) > 3


def test_every_entity_of_the_manifest_has_a_mapping() -> None:
    assert set(MANIFEST.entities) == set(MAPPINGS) == set(ROWS)


def test_references_are_the_ids_of_the_records_they_point_at() -> None:
    order = unified("work_orders", Raw(HEAD | ROWS["work_orders"][0]))

    plan = identified(ENTITIES["maintenance_plans"], CONNECTION, "p-1", {})
    assert order["plan_id"] == str(plan["id"])


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("request", "requested"),
        ("triaged", "approved"),
        ("planned", "planned"),
        ("in_progress", "in_progress"),
        ("on_hold", "on_hold"),
        ("done", "completed"),
        ("reviewed", "completed"),
        ("closed", "closed"),
        ("cancelled", "cancelled"),
        ("snoozed", "other"),
    ],
)
def test_a_work_orders_status_is_translated_and_its_word_kept(word: str, status: str) -> None:
    order = mapping.work_order(Raw({"status": word}))

    assert (order["status"], order["remote_status"]) == (status, word)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (mapping.SITE_STATUS, "active retired"),
        (
            mapping.LOCATION_TYPE,
            "region building floor room area vehicle person third_party",
        ),
        (mapping.CRITICALITY, "low medium high critical"),
        (
            mapping.ASSET_STATUS,
            "in_service restricted out_of_service in_repair quarantined missing retired",
        ),
        (mapping.SCAN_ACTION, "look_up move check_out check_in count inspect"),
        (mapping.PLAN_STATUS, "active paused"),
        (mapping.WORK_ORDER_TYPE, "corrective preventive inspection other"),
        (mapping.PRIORITY, "low medium high urgent"),
        (mapping.INSPECTION_STATUS, "scheduled in_progress completed missed cancelled"),
        (mapping.INSPECTION_RESULT, "pass fail conditional"),
        (mapping.SEVERITY, "minor major critical"),
        (mapping.DEFECT_STATUS, "open in_repair closed"),
        (mapping.CERTIFICATE_STATUS, "valid expired superseded revoked"),
    ],
)
def test_every_word_of_the_asset_api_has_a_translation(
    table: dict[str, object], words: str
) -> None:
    assert set(words.split()) <= table.keys()


def test_a_deleted_row_keeps_when() -> None:
    asset = mapping.asset(Raw(HEAD | {"deleted_at": "2026-11-22T00:00:00.000000Z"}))

    assert asset["deleted_at"] == datetime(2026, 11, 22, tzinfo=UTC)


def test_a_warranty_ends_on_a_day() -> None:
    asset = mapping.asset(Raw({"warranty_ends_on": "2027-03-31"}))

    assert asset["warranty_ends_on"] == date(2027, 3, 31)
