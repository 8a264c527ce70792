"""The model's closed enumerations; the source's own word stays beside them in `remote_<field>`."""

from enum import StrEnum


class SiteStatus(StrEnum):
    """Whether work still happens at a site."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    OTHER = "other"


class LocationType(StrEnum):
    """What kind of place a location is (functional locations as in MIMOSA CCOM segments)."""

    REGION = "region"
    BUILDING = "building"
    FLOOR = "floor"
    ROOM = "room"
    AREA = "area"
    FUNCTIONAL_LOCATION = "functional_location"
    BIN = "bin"
    VEHICLE = "vehicle"
    PERSON = "person"
    THIRD_PARTY = "third_party"
    OTHER = "other"


class Criticality(StrEnum):
    """How much harm the loss of an asset does."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
    OTHER = "other"


class AssetStatus(StrEnum):
    """Whether an asset may be used, and if not why."""

    IN_SERVICE = "in_service"
    RESTRICTED = "restricted"
    OUT_OF_SERVICE = "out_of_service"
    IN_REPAIR = "in_repair"
    IN_STORAGE = "in_storage"
    QUARANTINED = "quarantined"
    MISSING = "missing"
    RETIRED = "retired"
    OTHER = "other"


class ScanAction(StrEnum):
    """What a person did by scanning a tag."""

    LOOK_UP = "look_up"
    MOVE = "move"
    CHECK_OUT = "check_out"
    CHECK_IN = "check_in"
    COUNT = "count"
    INSPECT = "inspect"
    OTHER = "other"


class WorkOrderType(StrEnum):
    """Why work is done (ISO 14224 maintenance categories, shortened)."""

    CORRECTIVE = "corrective"
    PREVENTIVE = "preventive"
    PREDICTIVE = "predictive"
    INSPECTION = "inspection"
    PROJECT = "project"
    OTHER = "other"


class WorkOrderStatus(StrEnum):
    """How far work has come; `completed` is done by the technician, `closed` is final."""

    REQUESTED = "requested"
    APPROVED = "approved"
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    COMPLETED = "completed"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    OTHER = "other"


class Priority(StrEnum):
    """How soon work is wanted."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"
    OTHER = "other"


class TriggerKind(StrEnum):
    """What makes a maintenance plan due."""

    CALENDAR = "calendar"
    METER = "meter"
    CONDITION = "condition"
    OTHER = "other"


class PlanStatus(StrEnum):
    """Whether a maintenance plan makes work."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"
    OTHER = "other"


class InspectionStatus(StrEnum):
    """How far an inspection has come."""

    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    MISSED = "missed"
    CANCELLED = "cancelled"
    OTHER = "other"


class InspectionResult(StrEnum):
    """What an inspection found; `conditional` passes with a limit or a deadline."""

    PASS = "pass"  # noqa: S105  an outcome, no password
    FAIL = "fail"
    CONDITIONAL = "conditional"
    OTHER = "other"


class Severity(StrEnum):
    """How bad a defect is."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"
    OTHER = "other"


class DefectStatus(StrEnum):
    """How far the repair of a defect has come."""

    OPEN = "open"
    IN_REPAIR = "in_repair"
    CLOSED = "closed"
    OTHER = "other"


class CertificateStatus(StrEnum):
    """Whether a certificate still counts."""

    VALID = "valid"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    OTHER = "other"


class VendorStatus(StrEnum):
    """Whether a vendor may be bought from."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    INACTIVE = "inactive"
    OTHER = "other"


class PurchaseOrderStatus(StrEnum):
    """How far an order has come; `received` is all there, `closed` is final."""

    DRAFT = "draft"
    PENDING_APPROVAL = "pending_approval"
    APPROVED = "approved"
    SENT = "sent"
    PARTIALLY_RECEIVED = "partially_received"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    OTHER = "other"
