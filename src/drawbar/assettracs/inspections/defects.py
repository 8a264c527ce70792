"""Defects: what is wrong with an asset; only finished work closes them."""

from datetime import timedelta
from types import MappingProxyType
from typing import Literal
from uuid import UUID

import msgspec

from drawbar.assettracs import actions
from drawbar.assettracs.assets.kinds import ASSET_TABLE, ASSETS
from drawbar.assettracs.fields import Moment, Name
from drawbar.assettracs.inspections.model import INSPECTION_TABLE
from drawbar.assettracs.kind import Kind
from drawbar.assettracs.references import referred
from drawbar.audit import Actor
from drawbar.kit.db import Writing
from drawbar.kit.errors import conflict, invalid
from drawbar.kit.tables import Row, Table

Severity = Literal["minor", "major", "critical"]

DAYS_TO_REPAIR: MappingProxyType[Severity, int] = MappingProxyType(
    {"critical": 1, "major": 7, "minor": 30}
)
"""Default time limits by severity: our own, for want of one in the statutes we cover."""

OUT_OF_REACH = frozenset({"quarantined", "retired", "missing"})
"""States a critical defect leaves as they are: nobody uses the asset anyway."""


class Defect(Row, frozen=True, kw_only=True):
    """A fault of an asset, found by an inspection or reported by hand.

    Its status follows its work order: open, in_repair while somebody works, closed when done.
    """

    asset_id: UUID
    inspection_id: UUID | None = None
    title: Name
    severity: Severity = "minor"
    status: Literal["open", "in_repair", "closed"] = "open"
    due_at: Moment | None = None
    work_order_id: UUID | None = None


DEFECT_TABLE = Table("assettracs.defects", Defect, "defect")


async def _limit(tx: Writing, before: Defect | None, after: Defect) -> Defect:
    """Give the defect its time limit; keep it on its asset, and a critical one critical."""
    if before is None:
        await referred(tx, ASSET_TABLE, after.asset_id, "asset_id")
        await _check_origin(tx, after)
    elif (before.asset_id, before.inspection_id) != (after.asset_id, after.inspection_id):
        raise conflict("A defect stays with its asset and its inspection. Report a new one.")
    elif before.severity == "critical" != after.severity:
        raise conflict("A critical defect stays critical until it is repaired and inspected again.")
    limit = after.created_at + timedelta(days=DAYS_TO_REPAIR[after.severity])
    return msgspec.structs.replace(after, due_at=after.due_at or limit)


async def _check_origin(tx: Writing, defect: Defect) -> None:
    if defect.inspection_id is None:
        return
    found_by = await referred(tx, INSPECTION_TABLE, defect.inspection_id, "inspection_id")
    if found_by.asset_id != defect.asset_id:
        raise invalid("inspection_id", "is an inspection of another asset.")


async def _quarantine(tx: Writing, actor: Actor, before: Defect | None, after: Defect) -> None:
    """A critical defect takes its asset out of use the moment it is known."""
    if after.deleted_at or after.severity != "critical" or after.status == "closed":
        return
    if before is not None and before.severity == "critical" and before.status != "closed":
        return
    asset = await ASSET_TABLE.find(tx, after.asset_id, lock=True)
    if asset is not None and asset.deleted_at is None and asset.status not in OUT_OF_REACH:
        await actions.change(tx, actor, ASSETS, asset.id, {"status": "quarantined"})


async def _stay(_tx: Writing, defect: Defect) -> None:
    if defect.inspection_id is not None or defect.severity == "critical":
        raise conflict("A defect found by an inspection, or a critical one, cannot be deleted.")


DEFECTS = Kind(
    DEFECT_TABLE,
    server_set=frozenset({"status", "work_order_id"}),
    filters=("asset_id", "inspection_id", "severity", "status", "work_order_id"),
    search="title",
    rule=_limit,
    effect=_quarantine,
    parting=_stay,
)
