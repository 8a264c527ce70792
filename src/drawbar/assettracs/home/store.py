"""SQL of the day's numbers."""

import msgspec

from drawbar.kit.db import Reading

NUMBERS = """
SELECT (SELECT count(*) FROM assettracs.assets WHERE deleted_at IS NULL) AS assets,
       (SELECT count(*) FROM assettracs.assets
         WHERE deleted_at IS NULL AND status = 'quarantined') AS quarantined,
       (SELECT count(*) FROM assettracs.inspections
         WHERE deleted_at IS NULL AND status IN ('scheduled', 'in_progress', 'missed')
           AND due_at <= $1) AS overdue_inspections,
       (SELECT count(*) FROM assettracs.inspections
         WHERE deleted_at IS NULL
           AND status IN ('scheduled', 'in_progress', 'missed')) AS open_inspections,
       (SELECT count(*) FROM assettracs.work_orders
         WHERE deleted_at IS NULL AND due_at <= $1
           AND status NOT IN ('done', 'reviewed', 'closed', 'cancelled')) AS overdue_orders,
       (SELECT count(*) FROM assettracs.work_orders
         WHERE deleted_at IS NULL
           AND status NOT IN ('done', 'reviewed', 'closed', 'cancelled')) AS open_orders
"""


class Numbers(msgspec.Struct, frozen=True):
    """How many there are right now."""

    assets: int
    quarantined: int
    overdue_inspections: int
    open_inspections: int
    overdue_orders: int
    open_orders: int


async def numbers(tx: Reading) -> Numbers:
    """Count what waits."""
    row = await tx.fetchrow(NUMBERS, tx.now)
    return msgspec.convert(dict(row or {}), Numbers)
