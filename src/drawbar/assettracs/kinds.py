"""Every kind of the platform, in the order a copy of it would be loaded."""

from typing import Any

from drawbar.assettracs.assets.kinds import ASSETS, CATEGORIES
from drawbar.assettracs.compliance.kinds import CERTIFICATES, REQUIREMENTS
from drawbar.assettracs.inspections.defects import DEFECTS
from drawbar.assettracs.inspections.kinds import INSPECTION_TEMPLATES, INSPECTIONS
from drawbar.assettracs.kind import Kind
from drawbar.assettracs.maintenance.kinds import MAINTENANCE_PLANS, WORK_ORDERS
from drawbar.assettracs.places.kinds import LOCATIONS, SITES
from drawbar.assettracs.tags.kinds import TAG_SCANS, TAGS

KINDS: tuple[Kind[Any], ...] = (
    SITES,
    LOCATIONS,
    CATEGORIES,
    ASSETS,
    TAGS,
    TAG_SCANS,
    INSPECTION_TEMPLATES,
    REQUIREMENTS,
    MAINTENANCE_PLANS,
    INSPECTIONS,
    DEFECTS,
    WORK_ORDERS,
    CERTIFICATES,
)
EVENT_TYPES = tuple(
    f"assettracs.{kind.name}.{verb}" for kind in KINDS for verb in ("created", "updated", "deleted")
)
