"""SQL of what an operator wants to know about an installation."""

import msgspec

from drawbar.kit.db import System

COUNTS = """
SELECT (SELECT count(*) FROM workspaces) AS workspaces,
       (SELECT count(*) FROM users) AS people,
       (SELECT count(*) FROM assettracs.assets WHERE deleted_at IS NULL) AS assets,
       (SELECT count(*) FROM connections WHERE status <> 'disconnected') AS connections,
       (SELECT count(*) FROM webhook_deliveries WHERE status = 'pending') AS waiting_deliveries,
       (SELECT count(*) FROM webhook_deliveries WHERE status = 'failed') AS failed_deliveries,
       (SELECT count(*) FROM pgqueuer) AS jobs
"""
WORKERS = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND application_name = 'drawbar worker'
"""


class Counts(msgspec.Struct, frozen=True):
    """How much there is, over all workspaces."""

    workspaces: int
    people: int
    assets: int
    connections: int
    waiting_deliveries: int
    failed_deliveries: int
    jobs: int


async def counts(tx: System) -> Counts:
    """Count what there is."""
    row = await tx.fetchrow(COUNTS)
    return msgspec.convert(dict(row or {}), Counts)


async def live_workers(tx: System) -> int:
    """Return how many workers are connected, on all hosts."""
    found: int = await tx.fetchval(WORKERS)
    return found
