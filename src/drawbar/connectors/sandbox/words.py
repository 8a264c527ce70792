"""The sandbox's words for what the unified model has a closed list of."""

from drawbar.schema.word import (
    AssetStatus,
    Criticality,
    LocationType,
    Priority,
    PurchaseOrderStatus,
    SiteStatus,
    VendorStatus,
    WorkOrderStatus,
    WorkOrderType,
)

SITE_STATUS = {"OPEN": SiteStatus.ACTIVE, "CLOSED": SiteStatus.INACTIVE}
LOCATION_TYPE = {
    "HALL": LocationType.BUILDING,
    "LINE": LocationType.FUNCTIONAL_LOCATION,
    "ROOM": LocationType.ROOM,
}
VENDOR_STATUS = {"OK": VendorStatus.ACTIVE, "BLOCKED": VendorStatus.BLOCKED}
CRITICALITY = {"A": Criticality.CRITICAL, "B": Criticality.HIGH, "C": Criticality.LOW}
ASSET_STATUS = {
    "RUN": AssetStatus.IN_SERVICE,
    "LIMITED": AssetStatus.RESTRICTED,
    "DOWN": AssetStatus.OUT_OF_SERVICE,
    "REPAIR": AssetStatus.IN_REPAIR,
    "STORED": AssetStatus.IN_STORAGE,
    "SCRAPPED": AssetStatus.RETIRED,
}
WORK_ORDER_TYPE = {
    "CM": WorkOrderType.CORRECTIVE,
    "PM": WorkOrderType.PREVENTIVE,
    "PDM": WorkOrderType.PREDICTIVE,
    "INSP": WorkOrderType.INSPECTION,
}
PRIORITY = {"1": Priority.URGENT, "2": Priority.HIGH, "3": Priority.MEDIUM, "4": Priority.LOW}
WORK_ORDER_STATUS = {
    "WREQ": WorkOrderStatus.REQUESTED,
    "APPR": WorkOrderStatus.APPROVED,
    "PLAN": WorkOrderStatus.PLANNED,
    "INPRG": WorkOrderStatus.IN_PROGRESS,
    "HOLD": WorkOrderStatus.ON_HOLD,
    "COMP": WorkOrderStatus.COMPLETED,
    "CLOSED": WorkOrderStatus.CLOSED,
    "CANC": WorkOrderStatus.CANCELLED,
}
PURCHASE_ORDER_STATUS = {
    "DRAFT": PurchaseOrderStatus.DRAFT,
    "PENDING": PurchaseOrderStatus.PENDING_APPROVAL,
    "APPROVED": PurchaseOrderStatus.APPROVED,
    "SENT": PurchaseOrderStatus.SENT,
    "PART_RECEIVED": PurchaseOrderStatus.PARTIALLY_RECEIVED,
    "RECEIVED": PurchaseOrderStatus.RECEIVED,
    "CLOSED": PurchaseOrderStatus.CLOSED,
    "CANCELLED": PurchaseOrderStatus.CANCELLED,
}
UNITS = {"PC": "{piece}", "L": "L", "M": "m", "BOX": "{box}"}
"""The sandbox's units to UCUM; one that is not here stays as it is."""
