"""SQL of the tree of places."""

from uuid import UUID

import msgspec

from drawbar.kit.db import Reading

PATH = """
WITH RECURSIVE up AS (
  SELECT id, parent_id, name, 1 AS depth FROM assettracs.locations WHERE id = $1
  UNION ALL
  SELECT l.id, l.parent_id, l.name, up.depth + 1
    FROM assettracs.locations l JOIN up ON l.id = up.parent_id
   WHERE up.depth < 12
)
SELECT id, name FROM up ORDER BY depth DESC
"""
TREE = """
SELECT l.id, l.parent_id, l.name, l.type,
       (SELECT count(*) FROM assettracs.assets a
         WHERE a.location_id = l.id AND a.deleted_at IS NULL) AS assets
  FROM assettracs.locations l
 WHERE l.site_id = $1 AND l.deleted_at IS NULL
 ORDER BY l.name, l.id
"""
ASSETS_BY_STATUS = """
SELECT status, count(*) AS count
  FROM assettracs.assets
 WHERE site_id = $1 AND deleted_at IS NULL
 GROUP BY status
 ORDER BY count DESC, status
"""


class Branch(msgspec.Struct, frozen=True):
    """A location of a site's tree, and how many assets are right there."""

    id: UUID
    parent_id: UUID | None
    name: str
    type: str
    assets: int


async def path_to(tx: Reading, location_id: UUID) -> list[tuple[UUID, str]]:
    """Return a location with all above it, the outermost first."""
    return [(row["id"], row["name"]) for row in await tx.fetch(PATH, location_id)]


async def branches(tx: Reading, site_id: UUID) -> list[Branch]:
    """Return all locations of a site, by name."""
    return [msgspec.convert(dict(row), Branch) for row in await tx.fetch(TREE, site_id)]


async def assets_by_status(tx: Reading, site_id: UUID) -> list[tuple[str, int]]:
    """Return how many assets of a site are in which status, the most first."""
    rows = await tx.fetch(ASSETS_BY_STATUS, site_id)
    return [(row["status"], row["count"]) for row in rows]
