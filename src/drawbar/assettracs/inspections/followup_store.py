"""SQL of what followed from a completed inspection."""

from uuid import UUID

import msgspec

from drawbar.kit.db import Reading

FOUND = """
SELECT d.id, d.title, d.severity, d.status, d.due_at, w.id AS order_id, w.number AS order_number
  FROM assettracs.defects d
  LEFT JOIN assettracs.work_orders w ON w.id = d.work_order_id
 WHERE d.inspection_id = $1 AND d.deleted_at IS NULL
 ORDER BY d.severity = 'critical' DESC, d.created_at, d.id
"""
ISSUED = """
SELECT c.id, c.number, c.expires_at, r.title AS requirement
  FROM assettracs.certificates c
  JOIN assettracs.requirements r ON r.id = c.requirement_id
 WHERE c.inspection_id = $1
 ORDER BY c.number
"""


class Found(msgspec.Struct, frozen=True):
    """A defect, and the order that repairs it."""

    id: UUID
    title: str
    severity: str
    status: str
    due_at: object
    order_id: UUID | None
    order_number: str | None


async def found_by(tx: Reading, inspection_id: UUID) -> list[Found]:
    """Return the defects of an inspection, the critical ones first."""
    return [Found(**dict(row)) for row in await tx.fetch(FOUND, inspection_id)]


async def issued_by(tx: Reading, inspection_id: UUID) -> list[dict[str, object]]:
    """Return the certificates of an inspection: id, number, expires_at, requirement."""
    return [dict(row) for row in await tx.fetch(ISSUED, inspection_id)]
