"""SQL of an asset's story: what every module knows about it, on one line of time."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from drawbar.kit.db import Reading

STORY = """
SELECT * FROM (
  SELECT t.scanned_at AS at, 'scanned' AS what, t.action AS state, s.name AS text,
         t.scanned_by AS who, NULL AS path, NULL::uuid AS id, NULL::jsonb AS before,
         NULL::jsonb AS after
    FROM assettracs.tag_scans t LEFT JOIN assettracs.sites s ON s.id = t.site_id
   WHERE t.asset_id = $1 AND t.deleted_at IS NULL
  UNION ALL
  SELECT completed_at, 'inspected', result, title, inspector, 'inspections', id, NULL, NULL
    FROM assettracs.inspections
   WHERE asset_id = $1 AND deleted_at IS NULL AND status = 'completed'
  UNION ALL
  SELECT created_at, 'defect', severity, title, NULL, 'defects', id, NULL, NULL
    FROM assettracs.defects WHERE asset_id = $1 AND deleted_at IS NULL
  UNION ALL
  SELECT created_at, 'order_opened', priority, number || ' ' || title, NULL, 'work-orders', id,
         NULL, NULL
    FROM assettracs.work_orders WHERE asset_id = $1 AND deleted_at IS NULL
  UNION ALL
  SELECT completed_at, 'order_done', status, number || ' ' || title, assignee, 'work-orders', id,
         NULL, NULL
    FROM assettracs.work_orders
   WHERE asset_id = $1 AND deleted_at IS NULL AND completed_at IS NOT NULL
  UNION ALL
  SELECT issued_at, 'certified', status, number, NULL, 'certificates', id, NULL, NULL
    FROM assettracs.certificates WHERE asset_id = $1 AND deleted_at IS NULL
  UNION ALL
  SELECT at, 'changed', split_part(action, '.', 2), NULL, actor_label, NULL, NULL, before, after
    FROM audit_entries WHERE subject_id = $1
) story
 WHERE at <= $2
 ORDER BY at DESC,
       array_position(ARRAY['certified', 'changed', 'order_opened', 'defect', 'inspected'], what),
       id
 LIMIT $3
"""


class Chapter(msgspec.Struct, frozen=True):
    """Something that happened; `path` and `id` lead to it where it has a page of its own."""

    at: datetime
    what: str
    state: str | None
    text: str | None
    who: str | None
    path: str | None
    id: UUID | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


async def story(tx: Reading, asset_id: UUID, limit: int) -> list[Chapter]:
    """Return the last chapters of an asset's story, the newest first."""
    rows = await tx.fetch(STORY, asset_id, tx.now, limit)
    return [msgspec.convert(dict(row), Chapter) for row in rows]
