"""SQL about inspections beyond what every table offers."""

from uuid import UUID

from drawbar.kit.db import Reading

REPAIRERS = """
SELECT DISTINCT w.assignee
  FROM assettracs.work_orders w
  JOIN assettracs.defects d ON d.id = w.defect_id
 WHERE d.asset_id = $1 AND w.deleted_at IS NULL AND w.assignee IS NOT NULL
   AND w.status IN ('done', 'reviewed', 'closed')
   AND w.completed_at >= coalesce(
     (SELECT max(i.completed_at)
        FROM assettracs.inspections i
       WHERE i.asset_id = $1 AND i.deleted_at IS NULL
         AND i.status = 'completed' AND i.result = 'pass'),
     '-infinity')
"""


async def repairers(tx: Reading, asset_id: UUID) -> list[str]:
    """Return who repaired defects of this asset since it last passed an inspection."""
    return [row["assignee"] for row in await tx.fetch(REPAIRERS, asset_id)]
