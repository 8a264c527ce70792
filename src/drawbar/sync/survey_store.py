"""SQL that reads the sync of many connections at once: as many queries for a hundred as for one."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import msgspec

from drawbar.kit.db import Reading
from drawbar.sync.model import EntityState, Run
from drawbar.sync.store import COLUMNS

STATES = """
SELECT connection_id, entity, permitted, watermark, records_total
  FROM sync_states
 WHERE connection_id = ANY($1::uuid[])
 ORDER BY connection_id, entity
"""
LATEST = f"""
SELECT latest.*
  FROM sync_states s
 CROSS JOIN LATERAL (
   SELECT {COLUMNS}
     FROM sync_runs r
    WHERE r.workspace_id = s.workspace_id AND r.connection_id = s.connection_id
      AND r.entity = s.entity
    ORDER BY queued_at DESC, id DESC
    LIMIT 1) latest
 WHERE s.connection_id = ANY($1::uuid[])
"""


async def states(tx: Reading, connections: Sequence[UUID]) -> dict[UUID, dict[str, EntityState]]:
    """Return what is kept of each connection's entities, by connection and entity."""
    found: dict[UUID, dict[str, EntityState]] = defaultdict(dict)
    for row in await tx.fetch(STATES, connections):
        fields = dict(row)
        found[fields.pop("connection_id")][row["entity"]] = msgspec.convert(fields, EntityState)
    return found


async def latest_runs(tx: Reading, connections: Sequence[UUID]) -> dict[UUID, dict[str, Run]]:
    """Return the newest run of each connection's entities, by connection and entity."""
    found: dict[UUID, dict[str, Run]] = defaultdict(dict)
    for row in await tx.fetch(LATEST, connections):
        run = msgspec.convert(dict(row), Run)
        found[run.connection_id][run.entity] = run
    return found
