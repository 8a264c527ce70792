"""SQL of what a support bundle tells; the transaction says whose rows it sees."""

from typing import Any

from drawbar.kit.db import Reading

MOST = 20
"""Rows of a kind: the newest tell what is wrong now."""

CONNECTIONS = """
SELECT id, name, system, deployment, status, health, last_synced_at, next_sync_at,
       sync_interval_seconds, settings
  FROM connections
 WHERE deleted_at IS NULL AND status <> 'disconnected'
 ORDER BY health = 'online', modified_at DESC
 LIMIT $1
"""
FAILED_RUNS = """
SELECT connection_id, entity, mode, trigger, finished_at, attempt, error_code, error_message
  FROM sync_runs
 WHERE status = 'failed'
 ORDER BY finished_at DESC NULLS LAST
 LIMIT $1
"""
FAILED_MESSAGES = """
SELECT d.id, d.endpoint_id, e.type, d.attempts, d.finished_at, d.last_status, d.last_error,
       substring(p.url FROM '^[a-z]+://[^/@?#]*@?([^/?#]*)') AS host
  FROM webhook_deliveries AS d
  JOIN webhook_events AS e ON e.id = d.event_id
  JOIN webhook_endpoints AS p ON p.id = d.endpoint_id
 WHERE d.status = 'failed'
 ORDER BY d.finished_at DESC NULLS LAST
 LIMIT $1
"""
SEALED_ENDPOINTS = """
SELECT id, sealed_headers, sealed_secret FROM webhook_endpoints
 ORDER BY modified_at DESC LIMIT $1
"""
REQUEST_LINES = """
SELECT created_at, method, path, status, duration_ms, actor_kind, connection_id, response_body
  FROM request_logs
 WHERE request_id = $1
 ORDER BY created_at DESC
 LIMIT $2
"""
DATABASE = "SELECT current_setting('server_version') AS version, version_num FROM alembic_version"


async def connections(tx: Reading) -> list[dict[str, Any]]:
    """Return connections, those in trouble first."""
    return [dict(row) for row in await tx.fetch(CONNECTIONS, MOST)]


async def failed_runs(tx: Reading) -> list[dict[str, Any]]:
    """Return the sync runs that failed last."""
    return [dict(row) for row in await tx.fetch(FAILED_RUNS, MOST)]


async def failed_messages(tx: Reading) -> list[dict[str, Any]]:
    """Return the webhook messages that failed last, with the host they were for."""
    return [dict(row) for row in await tx.fetch(FAILED_MESSAGES, MOST)]


async def request_lines(tx: Reading, request_id: str) -> list[dict[str, Any]]:
    """Return what the request log has of one request."""
    return [dict(row) for row in await tx.fetch(REQUEST_LINES, request_id, MOST)]


async def sealed_endpoints(tx: Reading) -> list[dict[str, Any]]:
    """Return what is sealed of webhook endpoints, to keep it out of the bundle."""
    return [dict(row) for row in await tx.fetch(SEALED_ENDPOINTS, MOST * 10)]


async def database(tx: Reading) -> dict[str, Any]:
    """Return the server's version and the schema's revision."""
    row = await tx.fetchrow(DATABASE)
    return {"postgresql": row["version"], "revision": row["version_num"]} if row else {}
