"""SQL of the register's pages: one asset's duties, and how many there are."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.assettracs.compliance.model import DUE_SOON, State
from drawbar.assettracs.compliance.store import OBLIGATIONS, Obligation
from drawbar.kit.db import Reading

OF_ASSET = f"""
SELECT * FROM ({OBLIGATIONS} AND a.id = $3) o ORDER BY o.expires_at NULLS FIRST, o.requirement
"""
TOTAL = f"""
SELECT count(*)
  FROM ({OBLIGATIONS}) o
 WHERE ($3::uuid IS NULL OR o.site_id = $3)
   AND (cardinality($4::text[]) = 0 OR o.state = ANY($4))
"""


async def obligations_of_asset(tx: Reading, asset_id: UUID, at: datetime) -> list[Obligation]:
    """Return what one asset must prove, and where each duty stands; the first to expire first."""
    rows = await tx.fetch(OF_ASSET, at, DUE_SOON, asset_id)
    return [msgspec.convert(dict(row), Obligation) for row in rows]


async def count_of_obligations(
    tx: Reading, at: datetime, site_id: UUID | None, states: Sequence[State]
) -> int:
    """Return how many duties are in these states; all when none is named."""
    count: int = await tx.fetchval(TOTAL, at, DUE_SOON, site_id, list(states))
    return count
