"""SQL about inspections beyond what every table offers."""

from uuid import UUID

import msgspec

from drawbar.kit.db import Reading

# A repair is judged once the template that found the defect passes; one reported by hand, any.
REPAIRERS = """
SELECT w.assignee, k.user_id
  FROM assettracs.work_orders w
  JOIN assettracs.defects d ON d.id = w.defect_id
  LEFT JOIN assettracs.inspections found ON found.id = d.inspection_id
  LEFT JOIN assettracs.order_workers k ON k.work_order_id = w.id
 WHERE d.asset_id = $1 AND w.deleted_at IS NULL AND w.status IN ('done', 'reviewed', 'closed')
   AND NOT EXISTS (
     SELECT FROM assettracs.inspections i
      WHERE i.asset_id = d.asset_id AND i.deleted_at IS NULL AND i.id IS DISTINCT FROM $2
        AND i.status = 'completed' AND i.result = 'pass' AND i.completed_at >= w.completed_at
        AND i.template_id = coalesce(found.template_id, i.template_id))
"""


class Repairers(msgspec.Struct, frozen=True):
    """Who repaired an asset: the names on the orders, and the accounts that moved them."""

    names: frozenset[str] = frozenset()
    user_ids: frozenset[UUID] = frozenset()

    def include(self, name: str, user_id: UUID | None) -> bool:
        """Whether somebody of this name or account is among them."""
        return name.strip().casefold() in self.names or user_id in self.user_ids


async def repairers(tx: Reading, asset_id: UUID, *, but: UUID | None = None) -> Repairers:
    """Return who did repairs of an asset that no inspection (`but` this one) has passed since."""
    rows = await tx.fetch(REPAIRERS, asset_id, but)
    return Repairers(
        frozenset(row["assignee"].strip().casefold() for row in rows if row["assignee"]),
        frozenset(row["user_id"] for row in rows if row["user_id"]),
    )
