"""AssetTracs rows to unified fields: pure tables (asset API, version 1)."""

from collections.abc import Callable, Mapping

from drawbar.connectors.sdk.raw import Raw, same_words
from drawbar.schema.inspection import Answer, Requirement, Template
from drawbar.schema.maintenance import Trigger
from drawbar.schema.record import Address, Person, Task
from drawbar.schema.registry import Fields
from drawbar.schema.word import (
    AssetStatus,
    CertificateStatus,
    Criticality,
    DefectStatus,
    InspectionResult,
    InspectionStatus,
    LocationType,
    PlanStatus,
    Priority,
    ScanAction,
    Severity,
    SiteStatus,
    TriggerKind,
    WorkOrderStatus,
    WorkOrderType,
)

SITE_STATUS = {"active": SiteStatus.ACTIVE, "retired": SiteStatus.INACTIVE}

WORK_ORDER_STATUS = {
    "request": WorkOrderStatus.REQUESTED,
    "triaged": WorkOrderStatus.APPROVED,
    "planned": WorkOrderStatus.PLANNED,
    "in_progress": WorkOrderStatus.IN_PROGRESS,
    "on_hold": WorkOrderStatus.ON_HOLD,
    "done": WorkOrderStatus.COMPLETED,
    "reviewed": WorkOrderStatus.COMPLETED,
    "closed": WorkOrderStatus.CLOSED,
    "cancelled": WorkOrderStatus.CANCELLED,
}

LOCATION_TYPE = same_words(LocationType)
CRITICALITY = same_words(Criticality)
ASSET_STATUS = same_words(AssetStatus)
SCAN_ACTION = same_words(ScanAction)
PLAN_STATUS = same_words(PlanStatus)
WORK_ORDER_TYPE = same_words(WorkOrderType)
PRIORITY = same_words(Priority)
INSPECTION_STATUS = same_words(InspectionStatus)
INSPECTION_RESULT = same_words(InspectionResult)
SEVERITY = same_words(Severity)
DEFECT_STATUS = same_words(DefectStatus)
CERTIFICATE_STATUS = same_words(CertificateStatus)


def site(raw: Raw) -> Fields:
    """Map a site; its address is one text."""
    address = raw.text("address")
    return _named(raw) | {
        "name": raw.text("name"),
        "code": raw.text("code"),
        "description": raw.text("description"),
        "address": Address(text=address) if address else None,
        "latitude": raw.number("latitude"),
        "longitude": raw.number("longitude"),
        "time_zone": raw.text("time_zone"),
        "status": raw.choice("status", SITE_STATUS),
        "remote_status": raw.text("status"),
    }


def location(raw: Raw) -> Fields:
    """Map a location in the tree of a site."""
    return _named(raw) | {
        "remote_site_id": raw.text("site_id"),
        "remote_parent_id": raw.text("parent_id"),
        "name": raw.text("name"),
        "code": raw.text("code"),
        "type": raw.choice("type", LOCATION_TYPE),
        "remote_type": raw.text("type"),
        "description": raw.text("description"),
    }


def asset(raw: Raw) -> Fields:
    """Map an asset; the day it went into service begins at midnight UTC."""
    return _named(raw) | {
        "remote_site_id": raw.text("site_id"),
        "remote_location_id": raw.text("location_id"),
        "remote_parent_id": raw.text("parent_id"),
        "name": raw.text("name"),
        "code": raw.text("code"),
        "description": raw.text("description"),
        "category": raw.text("category"),
        "make": raw.text("make"),
        "model": raw.text("model"),
        "serial_number": raw.text("serial_number"),
        "tags": raw.texts("tags"),
        "criticality": raw.choice("criticality", CRITICALITY),
        "remote_criticality": raw.text("criticality"),
        "status": raw.choice("status", ASSET_STATUS),
        "remote_status": raw.text("status"),
        "is_physical": True,
        "activated_at": raw.time("activated_on"),
        "warranty_ends_on": raw.day("warranty_ends_on"),
        "custom_fields": raw.object("custom_fields"),
    }


def tag_scan(raw: Raw) -> Fields:
    """Map one scan of a tag."""
    return _common(raw) | {
        "display_name": raw.text("payload"),
        "remote_asset_id": raw.text("asset_id"),
        "tag": raw.text("payload"),
        "scanned_at": raw.time("scanned_at"),
        "remote_location_id": raw.text("location_id"),
        "latitude": raw.number("latitude"),
        "longitude": raw.number("longitude"),
        "action": raw.choice("action", SCAN_ACTION),
        "remote_action": raw.text("action"),
        "user": _person(raw, "scanned_by"),
    }


def maintenance_plan(raw: Raw) -> Fields:
    """Map a plan: one asset, one recurrence."""
    asset_id = raw.text("asset_id")
    return _common(raw) | {
        "display_name": raw.text("title"),
        "remote_asset_ids": [asset_id] if asset_id else [],
        "title": raw.text("title"),
        "description": raw.text("description"),
        "triggers": [
            Trigger(
                kind=TriggerKind.CALENDAR,
                rrule=raw.text("rrule"),
                starts_at=raw.time("starts_at"),
                time_zone=raw.text("time_zone"),
                lead_days=raw.integer("lead_days"),
            )
        ],
        "tasks": [Task(title=title) for title in raw.texts("tasks")],
        "status": raw.choice("status", PLAN_STATUS),
        "remote_status": raw.text("status"),
        "next_due_at": raw.time("next_due_at"),
    }


def work_order(raw: Raw) -> Fields:
    """Map a work order with its checklist."""
    assignee = _person(raw, "assignee")
    return _common(raw) | {
        "display_id": raw.text("number"),
        "display_name": raw.text("title"),
        "remote_asset_id": raw.text("asset_id"),
        "remote_location_id": raw.text("location_id"),
        "remote_site_id": raw.text("site_id"),
        "remote_plan_id": raw.text("plan_id"),
        "title": raw.text("title"),
        "description": raw.text("description"),
        "type": raw.choice("type", WORK_ORDER_TYPE),
        "remote_type": raw.text("type"),
        "priority": raw.choice("priority", PRIORITY),
        "remote_priority": raw.text("priority"),
        "status": raw.choice("status", WORK_ORDER_STATUS),
        "remote_status": raw.text("status"),
        "assignees": [assignee] if assignee else [],
        "scheduled_start_at": raw.time("scheduled_start_at"),
        "due_at": raw.time("due_at"),
        "started_at": raw.time("started_at"),
        "completed_at": raw.time("completed_at"),
        "estimated_hours": raw.number("estimated_hours"),
        "actual_hours": raw.number("actual_hours"),
        "tasks": [
            Task(title=task.text("title") or "", is_done=task.flag("done"))
            for task in raw.items("tasks")
        ],
        "completion_notes": raw.text("completion_notes"),
    }


def inspection(raw: Raw) -> Fields:
    """Map an inspection with its answers."""
    return _common(raw) | {
        "display_name": raw.text("title"),
        "remote_asset_id": raw.text("asset_id"),
        "template": Template(
            remote_id=raw.text("template_id"),
            name=raw.text("template_name"),
            version=raw.text("template_version"),
        ),
        "title": raw.text("title"),
        "status": raw.choice("status", INSPECTION_STATUS),
        "remote_status": raw.text("status"),
        "result": raw.choice("result", INSPECTION_RESULT),
        "remote_result": raw.text("result"),
        "score": raw.number("score"),
        "inspector": _person(raw, "inspector"),
        "scheduled_at": raw.time("scheduled_at"),
        "due_at": raw.time("due_at"),
        "started_at": raw.time("started_at"),
        "completed_at": raw.time("completed_at"),
        "answers": [
            Answer(
                question=answer.text("question"),
                value=answer.value("value"),
                result=answer.text("result"),
                note=answer.text("note"),
            )
            for answer in raw.items("answers")
        ],
        "remote_certificate_id": raw.text("certificate_id"),
    }


def defect(raw: Raw) -> Fields:
    """Map a defect and the order that repairs it."""
    return _common(raw) | {
        "display_name": raw.text("title"),
        "remote_asset_id": raw.text("asset_id"),
        "remote_inspection_id": raw.text("inspection_id"),
        "title": raw.text("title"),
        "severity": raw.choice("severity", SEVERITY),
        "remote_severity": raw.text("severity"),
        "status": raw.choice("status", DEFECT_STATUS),
        "remote_status": raw.text("status"),
        "due_at": raw.time("due_at"),
        "remote_work_order_id": raw.text("work_order_id"),
    }


def certificate(raw: Raw) -> Fields:
    """Map a certificate; the duty it meets is known by its key only."""
    requirement_id = raw.text("requirement_id")
    return _common(raw) | {
        "display_id": raw.text("number"),
        "display_name": raw.text("number"),
        "remote_asset_id": raw.text("asset_id"),
        "requirement": Requirement(remote_id=requirement_id) if requirement_id else None,
        "number": raw.text("number"),
        "issued_at": raw.time("issued_at"),
        "expires_at": raw.time("expires_at"),
        "status": raw.choice("status", CERTIFICATE_STATUS),
        "remote_status": raw.text("status"),
    }


def _common(raw: Raw) -> Fields:
    return {
        "created_at": raw.time("created_at"),
        "remote_modified_at": raw.time("modified_at"),
        "deleted_at": raw.time("deleted_at"),
    }


def _named(raw: Raw) -> Fields:
    return _common(raw) | {"display_id": raw.text("code"), "display_name": raw.text("name")}


def _person(raw: Raw, field: str) -> Person | None:
    name = raw.text(field)
    return Person(name=name) if name else None


MAPPINGS: Mapping[str, Callable[[Raw], Fields]] = {
    "sites": site,
    "locations": location,
    "assets": asset,
    "tag_scans": tag_scan,
    "maintenance_plans": maintenance_plan,
    "work_orders": work_order,
    "inspections": inspection,
    "defects": defect,
    "certificates": certificate,
}
