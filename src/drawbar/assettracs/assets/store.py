"""SQL about assets beyond what every table offers."""

from uuid import UUID

from drawbar.kit.db import Reading

AWAITS_RELEASE = """
SELECT EXISTS (
  SELECT FROM assettracs.defects d
    LEFT JOIN assettracs.work_orders w ON w.id = d.work_order_id
    LEFT JOIN assettracs.inspections found ON found.id = d.inspection_id
   WHERE d.asset_id = $1 AND d.severity = 'critical' AND d.deleted_at IS NULL
     AND coalesce(found.template_id = $2, true)
     AND (d.status <> 'closed' OR NOT EXISTS (
       SELECT FROM assettracs.inspections i
        WHERE i.asset_id = d.asset_id AND i.deleted_at IS NULL AND i.status = 'completed'
          AND i.result = 'pass' AND i.completed_at >= w.completed_at
          AND i.id IS DISTINCT FROM $3
          AND i.template_id = coalesce(found.template_id, i.template_id)))
)
"""


async def awaits_release(
    tx: Reading, asset_id: UUID, *, template_id: UUID | None = None, but: UUID | None = None
) -> bool:
    """Whether a critical defect is open, or repaired but not yet passed by the same inspection.

    A defect reported by hand is released by any passed inspection after its repair. With a
    template only the defects it releases count; the inspection `but` counts as not yet passed.
    """
    waits: bool = await tx.fetchval(AWAITS_RELEASE, asset_id, template_id, but)
    return waits
