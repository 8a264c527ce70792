"""Each AssetTracs row becomes its unified record, field by field."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from drawbar.connectors.assettracs import mapping
from drawbar.connectors.assettracs.manifest import MANIFEST
from drawbar.connectors.assettracs.mapping import MAPPINGS
from drawbar.connectors.sdk.raw import Raw
from drawbar.kit import json
from drawbar.schema.registry import ENTITIES, Fields, identified

CONNECTION = UUID("018f2a00-0000-7000-8000-000000000001")
SEEN_AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
REMOTE_ID = "0190a3f0-0000-7000-8000-000000000001"
HEAD = {
    "id": REMOTE_ID,
    "external_id": None,
    "created_at": "2026-11-01T08:00:00.000000Z",
    "modified_at": "2026-11-20T09:30:00.000000Z",
    "deleted_at": None,
    "version": 4,
}
COMMON = {
    "created_at": "2026-11-01T08:00:00.000000Z",
    "remote_modified_at": "2026-11-20T09:30:00.000000Z",
    "deleted_at": None,
}

ROWS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "sites": (
        {
            "name": "Hamburg depot",
            "code": "HAM",
            "description": "Two halls",
            "address": "Hafenstr. 12, 20457 Hamburg",
            "latitude": 53.5413,
            "longitude": 9.9841,
            "time_zone": "Europe/Berlin",
            "status": "retired",
        },
        {
            "display_id": "HAM",
            "display_name": "Hamburg depot",
            "name": "Hamburg depot",
            "code": "HAM",
            "description": "Two halls",
            "address": {
                "text": "Hafenstr. 12, 20457 Hamburg",
                "street": None,
                "city": None,
                "region": None,
                "postal_code": None,
                "country": None,
            },
            "latitude": 53.5413,
            "longitude": 9.9841,
            "time_zone": "Europe/Berlin",
            "status": "inactive",
            "remote_status": "retired",
        },
    ),
    "locations": (
        {
            "site_id": "s-1",
            "parent_id": "l-0",
            "name": "Pump room",
            "code": "HAM-H1-P",
            "type": "room",
            "description": "Behind gate 3",
        },
        {
            "display_id": "HAM-H1-P",
            "display_name": "Pump room",
            "remote_site_id": "s-1",
            "remote_parent_id": "l-0",
            "name": "Pump room",
            "code": "HAM-H1-P",
            "type": "room",
            "remote_type": "room",
            "description": "Behind gate 3",
        },
    ),
    "assets": (
        {
            "code": "SLG-0018",
            "name": "Chain sling 18",
            "description": "4-leg",
            "category_id": "c-1",
            "category": "Slings",
            "make": "RUD",
            "model": "VIP 100",
            "serial_number": "96123-88",
            "criticality": "high",
            "status": "quarantined",
            "site_id": "s-1",
            "location_id": "l-1",
            "parent_id": None,
            "activated_on": "2025-04-01",
            "warranty_ends_on": "2027-03-31",
            "custom_fields": {"wll_kg": 5300},
            "tags": ["https://t.example.com/9QK2", ""],
        },
        {
            "display_id": "SLG-0018",
            "display_name": "Chain sling 18",
            "remote_site_id": "s-1",
            "remote_location_id": "l-1",
            "remote_parent_id": None,
            "name": "Chain sling 18",
            "code": "SLG-0018",
            "description": "4-leg",
            "category": "Slings",
            "make": "RUD",
            "model": "VIP 100",
            "serial_number": "96123-88",
            "tags": ["https://t.example.com/9QK2"],
            "criticality": "high",
            "remote_criticality": "high",
            "status": "quarantined",
            "remote_status": "quarantined",
            "is_physical": True,
            "activated_at": "2025-04-01T00:00:00.000000Z",
            "warranty_ends_on": "2027-03-31",
            "custom_fields": {"wll_kg": 5300},
        },
    ),
    "tag_scans": (
        {
            "tag_id": "t-1",
            "asset_id": "a-1",
            "payload": "https://t.example.com/9QK2",
            "action": "check_out",
            "scanned_at": "2026-11-20T09:30:00.000000Z",
            "site_id": "s-1",
            "location_id": "l-1",
            "latitude": 53.5,
            "longitude": 9.9,
            "scanned_by": "Bob",
        },
        {
            "display_name": "https://t.example.com/9QK2",
            "remote_asset_id": "a-1",
            "tag": "https://t.example.com/9QK2",
            "scanned_at": "2026-11-20T09:30:00.000000Z",
            "remote_location_id": "l-1",
            "latitude": 53.5,
            "longitude": 9.9,
            "action": "check_out",
            "remote_action": "check_out",
            "user": {"remote_id": None, "name": "Bob", "email": None},
        },
    ),
    "maintenance_plans": (
        {
            "title": "Monthly pump check",
            "description": "By the manual",
            "asset_id": "a-1",
            "rrule": "FREQ=MONTHLY;BYDAY=1MO",
            "starts_at": "2026-01-05T07:00:00.000000Z",
            "time_zone": "Europe/Berlin",
            "lead_days": 7,
            "status": "paused",
            "next_due_at": "2026-12-07T07:00:00.000000Z",
            "tasks": ["Check the oil level", "Listen"],
        },
        {
            "display_name": "Monthly pump check",
            "remote_asset_ids": ["a-1"],
            "title": "Monthly pump check",
            "description": "By the manual",
            "triggers": [
                {
                    "kind": "calendar",
                    "rrule": "FREQ=MONTHLY;BYDAY=1MO",
                    "starts_at": "2026-01-05T07:00:00.000000Z",
                    "time_zone": "Europe/Berlin",
                    "lead_days": 7,
                    "every": None,
                    "unit": None,
                    "condition": None,
                }
            ],
            "tasks": [
                {"title": "Check the oil level", "is_done": None},
                {"title": "Listen", "is_done": None},
            ],
            "status": "paused",
            "remote_status": "paused",
            "next_due_at": "2026-12-07T07:00:00.000000Z",
        },
    ),
    "work_orders": (
        {
            "number": "WO-10042",
            "asset_id": "a-1",
            "site_id": "s-1",
            "location_id": "l-1",
            "plan_id": "p-1",
            "defect_id": "d-1",
            "title": "Replace hook latch",
            "description": "Bent",
            "type": "corrective",
            "priority": "urgent",
            "status": "reviewed",
            "assignee": "Bob",
            "due_at": "2026-11-24T12:00:00.000000Z",
            "scheduled_start_at": "2026-11-23T08:00:00.000000Z",
            "started_at": "2026-11-23T08:10:00.000000Z",
            "completed_at": "2026-11-23T09:00:00.000000Z",
            "estimated_hours": 1,
            "actual_hours": 0.8,
            "tasks": [{"title": "Swap latch", "done": True}, {"title": "Test", "done": False}],
            "completion_notes": "New latch",
        },
        {
            "display_id": "WO-10042",
            "display_name": "Replace hook latch",
            "remote_asset_id": "a-1",
            "remote_location_id": "l-1",
            "remote_site_id": "s-1",
            "remote_plan_id": "p-1",
            "title": "Replace hook latch",
            "description": "Bent",
            "type": "corrective",
            "remote_type": "corrective",
            "priority": "urgent",
            "remote_priority": "urgent",
            "status": "completed",
            "remote_status": "reviewed",
            "assignees": [{"remote_id": None, "name": "Bob", "email": None}],
            "scheduled_start_at": "2026-11-23T08:00:00.000000Z",
            "due_at": "2026-11-24T12:00:00.000000Z",
            "started_at": "2026-11-23T08:10:00.000000Z",
            "completed_at": "2026-11-23T09:00:00.000000Z",
            "estimated_hours": 1.0,
            "actual_hours": 0.8,
            "tasks": [
                {"title": "Swap latch", "is_done": True},
                {"title": "Test", "is_done": False},
            ],
            "completion_notes": "New latch",
        },
    ),
    "inspections": (
        {
            "asset_id": "a-1",
            "template_id": "t-12",
            "template_name": "Chain sling, 6 months",
            "template_version": 3,
            "title": "Sling 18, autumn check",
            "status": "completed",
            "result": "fail",
            "score": 62.5,
            "inspector": "Bob",
            "scheduled_at": "2026-11-20T08:00:00.000000Z",
            "due_at": "2026-11-27T08:00:00.000000Z",
            "started_at": "2026-11-20T09:00:00.000000Z",
            "completed_at": "2026-11-20T09:30:00.000000Z",
            "answers": [
                {"question": "Latch closes?", "value": False, "result": "fail", "note": "bent"},
                {"question": "Wear in mm", "value": 1.5, "result": "pass", "note": None},
            ],
            "certificate_id": None,
        },
        {
            "display_name": "Sling 18, autumn check",
            "remote_asset_id": "a-1",
            "template": {"remote_id": "t-12", "name": "Chain sling, 6 months", "version": "3"},
            "title": "Sling 18, autumn check",
            "status": "completed",
            "remote_status": "completed",
            "result": "fail",
            "remote_result": "fail",
            "score": 62.5,
            "inspector": {"remote_id": None, "name": "Bob", "email": None},
            "scheduled_at": "2026-11-20T08:00:00.000000Z",
            "due_at": "2026-11-27T08:00:00.000000Z",
            "started_at": "2026-11-20T09:00:00.000000Z",
            "completed_at": "2026-11-20T09:30:00.000000Z",
            "answers": [
                {"question": "Latch closes?", "value": False, "result": "fail", "note": "bent"},
                {"question": "Wear in mm", "value": 1.5, "result": "pass", "note": None},
            ],
            "remote_certificate_id": None,
        },
    ),
    "defects": (
        {
            "asset_id": "a-1",
            "inspection_id": "i-1",
            "title": "Hook latch bent",
            "severity": "critical",
            "status": "in_repair",
            "due_at": "2026-11-21T09:30:00.000000Z",
            "work_order_id": "w-1",
        },
        {
            "display_name": "Hook latch bent",
            "remote_asset_id": "a-1",
            "remote_inspection_id": "i-1",
            "title": "Hook latch bent",
            "severity": "critical",
            "remote_severity": "critical",
            "status": "in_repair",
            "remote_status": "in_repair",
            "due_at": "2026-11-21T09:30:00.000000Z",
            "remote_work_order_id": "w-1",
        },
    ),
    "certificates": (
        {
            "number": "C-2026-000123",
            "asset_id": "a-1",
            "requirement_id": "r-5",
            "inspection_id": "i-2",
            "issued_at": "2026-11-20T10:00:00.000000Z",
            "expires_at": "2027-05-20T10:00:00.000000Z",
            "status": "superseded",
        },
        {
            "display_id": "C-2026-000123",
            "display_name": "C-2026-000123",
            "remote_asset_id": "a-1",
            "requirement": {"remote_id": "r-5", "regulation": None, "title": None},
            "number": "C-2026-000123",
            "issued_at": "2026-11-20T10:00:00.000000Z",
            "expires_at": "2027-05-20T10:00:00.000000Z",
            "status": "superseded",
            "remote_status": "superseded",
        },
    ),
}

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
        (mapping.CERTIFICATE_STATUS, "valid superseded revoked"),
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
