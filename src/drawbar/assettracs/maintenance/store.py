"""SQL about plans beyond what every table offers."""

from datetime import datetime
from uuid import UUID

from drawbar.kit.db import Reading, System

DUE_PLANS = """
SELECT p.workspace_id, p.id
  FROM assettracs.maintenance_plans p
  JOIN assettracs.assets a ON a.workspace_id = p.workspace_id AND a.id = p.asset_id
 WHERE p.status = 'active' AND p.deleted_at IS NULL
   AND p.next_due_at <= $1::timestamptz + interval '365 days'
   AND p.next_due_at <= $1::timestamptz + make_interval(days => p.lead_days)
   AND a.deleted_at IS NULL AND a.status <> 'retired'
 ORDER BY p.next_due_at, p.id
"""
ZONE_AT_ASSET = """
SELECT s.time_zone
  FROM assettracs.assets a JOIN assettracs.sites s ON s.id = a.site_id
 WHERE a.deleted_at IS NULL AND s.deleted_at IS NULL
   AND (a.id::text = lower($1) OR lower(a.code) = lower($1))
 LIMIT 1
"""


async def zone_at_asset(tx: Reading, asset: str) -> str | None:
    """Return the time zone of the site of an asset, named by its id or code; None without one."""
    zone: str | None = await tx.fetchval(ZONE_AT_ASSET, asset)
    return zone


async def due_plans(tx: System, now: datetime) -> list[tuple[UUID, UUID]]:
    """Return (workspace, plan) of every plan whose next order is to be made by now."""
    return [(row["workspace_id"], row["id"]) for row in await tx.fetch(DUE_PLANS, now)]
