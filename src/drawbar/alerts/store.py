"""SQL of alerts.

It runs as the system, for people's addresses are no workspace's rows; so every query names its
workspace by a parameter.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from drawbar.alerts.model import FAILURES_TO_TELL, KINDS, Choices, Kind, Member, Notice
from drawbar.kit.db import Reading, System, Writing

OVERLAP = timedelta(minutes=2)
"""Deliveries settle without a workspace's lock, so what committed late is looked for again."""

BUSY = """
SELECT w.workspace_id
  FROM workspaces AS w
  LEFT JOIN alert_cursors AS c USING (workspace_id)
 WHERE 'hub' = ANY(w.products)
   AND (c.workspace_id IS NULL
        OR EXISTS (SELECT FROM alert_notices n
                    WHERE n.workspace_id = w.workspace_id
                      AND n.at > $1::timestamptz - interval '3 days')
        OR EXISTS (SELECT FROM webhook_events e
                    WHERE e.workspace_id = w.workspace_id AND e.created_at > c.until - $2::interval
                      AND e.type = ANY($3))
        OR EXISTS (SELECT FROM webhook_deliveries d
                    WHERE d.workspace_id = w.workspace_id AND d.status = 'failed'
                      AND d.finished_at > c.until - $2::interval))
"""
BEGIN_CURSOR = "INSERT INTO alert_cursors VALUES ($1, $2) ON CONFLICT DO NOTHING"
HOLD_CURSOR = "SELECT until FROM alert_cursors WHERE workspace_id = $1 FOR UPDATE"
MOVE_CURSOR = "UPDATE alert_cursors SET until = greatest(until, $2) WHERE workspace_id = $1"
ADD_EVENTS = """
INSERT INTO alert_notices (workspace_id, id, kind, subject_id, at, facts)
SELECT e.workspace_id, e.id,
       CASE e.type WHEN 'connection.auth_required' THEN 'reauthorization'
                   WHEN 'sync.failed' THEN 'syncs_failing'
                   ELSE 'credits_low' END,
       e.connection_id, e.created_at,
       jsonb_build_object('name', c.name) || (convert_from(e.payload, 'UTF8')::jsonb -> 'data')
  FROM webhook_events AS e
  LEFT JOIN connections AS c ON c.workspace_id = e.workspace_id AND c.id = e.connection_id
 WHERE e.workspace_id = $1 AND e.created_at > $2 AND e.created_at <= $3
   AND (e.type IN ('connection.auth_required', 'credits.low') OR e.type = 'sync.failed' AND (
     SELECT count(*) = $4
       FROM sync_runs AS own
       JOIN sync_runs AS run ON run.workspace_id = own.workspace_id
            AND run.connection_id = own.connection_id AND run.entity = own.entity
            AND run.status = 'failed' AND run.queued_at <= own.queued_at
            AND run.queued_at > coalesce((
              SELECT max(done.queued_at) FROM sync_runs AS done
               WHERE done.workspace_id = own.workspace_id
                 AND done.connection_id = own.connection_id AND done.entity = own.entity
                 AND done.status = 'completed' AND done.queued_at < own.queued_at), '-infinity')
      WHERE own.workspace_id = e.workspace_id
        AND own.id = (convert_from(e.payload, 'UTF8')::jsonb -> 'data' ->> 'run_id')::uuid))
 ORDER BY e.created_at, e.id
    ON CONFLICT DO NOTHING
"""
ADD_FAILED_MESSAGES = """
INSERT INTO alert_notices (workspace_id, id, kind, subject_id, at, facts)
SELECT d.workspace_id, md5(d.id::text || d.generation)::uuid, 'webhooks_failed', d.endpoint_id,
       d.finished_at,
       jsonb_build_object(
         'name', substring(p.url FROM '^[a-z]+://(?:[^/@?#]*@)?([^/?#]*)'),
         'message', d.last_error,
         'disabled', NOT p.enabled)
  FROM webhook_deliveries AS d
  JOIN webhook_endpoints AS p ON p.workspace_id = d.workspace_id AND p.id = d.endpoint_id
 WHERE d.workspace_id = $1 AND d.status = 'failed' AND d.finished_at > $2 AND d.finished_at <= $3
   AND p.deleted_at IS NULL AND p.event_types->>0 NOT LIKE 'assettracs.%'
 ORDER BY d.finished_at, d.id
    ON CONFLICT DO NOTHING
"""
# After the others, so that a trouble and its end in one look are told in their order.
ADD_RECOVERIES = """
INSERT INTO alert_notices (workspace_id, id, kind, subject_id, at, facts)
SELECT e.workspace_id, e.id, 'recovered', e.connection_id, e.created_at,
       jsonb_build_object('name', c.name)
  FROM webhook_events AS e
  JOIN connections AS c ON c.workspace_id = e.workspace_id AND c.id = e.connection_id
 WHERE e.workspace_id = $1 AND e.created_at > $2 AND e.created_at <= $3
   AND e.type = 'connection.status_changed'
   AND convert_from(e.payload, 'UTF8')::jsonb #>> '{data,health}' IN ('online', 'degraded')
   AND (SELECT n.kind IN ('reauthorization', 'syncs_failing')
          FROM alert_notices AS n
         WHERE n.workspace_id = e.workspace_id AND n.subject_id = e.connection_id
           AND n.kind <> 'webhooks_failed' AND n.at <= e.created_at
         ORDER BY n.at DESC, n.sequence DESC LIMIT 1)
 ORDER BY e.created_at, e.id
    ON CONFLICT DO NOTHING
"""
MEMBERS = """
SELECT m.user_id, u.email, u.name, m.hub_role,
       m.created_at AS since, coalesce(a.since, '{}') AS since_of,
       CASE WHEN a.user_id IS NOT NULL THEN jsonb_build_object(
         'kinds', a.kinds, 'digest_every', a.digest_every, 'digest_hour', a.digest_hour,
         'time_zone', a.time_zone) END AS chosen
  FROM memberships AS m
  JOIN users AS u ON u.id = m.user_id
  JOIN workspaces AS w ON w.workspace_id = m.workspace_id
  LEFT JOIN alert_choices AS a ON a.workspace_id = m.workspace_id AND a.user_id = m.user_id
 WHERE m.workspace_id = $1 AND m.hub_role IS NOT NULL AND u.disabled_at IS NULL
   AND 'hub' = ANY(w.products)
 ORDER BY m.user_id
"""
NOTICE = "n.sequence, n.kind, n.subject_id, n.at, n.facts"
# What was told about the same thing lately waits; it is told together when that is over.
AT_ONCE = f"""
SELECT {NOTICE}
  FROM alert_notices AS n
  JOIN unnest($3::text[], $4::timestamptz[]) AS wanted(kind, since) ON wanted.kind = n.kind
  LEFT JOIN alert_told AS t ON t.workspace_id = n.workspace_id AND t.user_id = $2
       AND t.kind = n.kind AND t.subject_id = coalesce(n.subject_id, n.workspace_id)
 WHERE n.workspace_id = $1 AND n.at >= wanted.since
   AND n.sequence > coalesce(t.sequence, 0) AND coalesce(t.at, '-infinity') <= $5
 ORDER BY n.sequence
"""
TELL = """
INSERT INTO alert_told (workspace_id, user_id, kind, subject_id, sequence, at)
VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (workspace_id, user_id, kind, subject_id)
    DO UPDATE SET sequence = excluded.sequence, at = excluded.at
"""
DIGESTED = "SELECT sequence, due_at FROM alert_digests WHERE workspace_id = $1 AND user_id = $2"
IN_DIGEST = f"""
SELECT {NOTICE}
  FROM alert_notices AS n
  JOIN unnest($2::text[], $3::timestamptz[]) AS wanted(kind, since) ON wanted.kind = n.kind
 WHERE n.workspace_id = $1 AND n.at >= wanted.since AND n.sequence > $4
 ORDER BY n.sequence
"""
DIGEST = """
INSERT INTO alert_digests (workspace_id, user_id, sequence, due_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (workspace_id, user_id)
    DO UPDATE SET sequence = greatest(alert_digests.sequence, excluded.sequence),
                  due_at = excluded.due_at
"""
CHOOSE = """
INSERT INTO alert_choices
       (workspace_id, user_id, kinds, digest_every, digest_hour, time_zone, since)
VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (workspace_id, user_id)
    DO UPDATE SET kinds = excluded.kinds, digest_every = excluded.digest_every,
                  digest_hour = excluded.digest_hour, time_zone = excluded.time_zone,
                  since = excluded.since
"""
CHOSEN = """
SELECT kinds, digest_every, digest_hour, time_zone, since FROM alert_choices WHERE user_id = $1
"""
TYPES = (
    "connection.auth_required",
    "connection.status_changed",
    "credits.low",
    "sync.failed",
)


class Digested(msgspec.Struct, frozen=True):
    """Up to which notice, and for which due moment, a member's digest was made."""

    sequence: int
    due_at: datetime


async def busy_workspaces(tx: System) -> list[UUID]:
    """Return the workspaces in which something may have to be told."""
    rows = await tx.fetch(BUSY, tx.now, OVERLAP, list(TYPES))
    return [row["workspace_id"] for row in rows]


async def hold_cursor(tx: System, workspace_id: UUID) -> datetime:
    """Return up to when facts became notices, and keep other workers out until the commit.

    A workspace seen for the first time begins now: nobody is told old stories.
    """
    await tx.execute(BEGIN_CURSOR, workspace_id, tx.now)
    until: datetime = await tx.fetchval(HOLD_CURSOR, workspace_id)
    return until


async def add_notices(tx: System, workspace_id: UUID, since: datetime, until: datetime) -> None:
    """Make notices of what happened; a fact found again makes no second one."""
    span = (workspace_id, since - OVERLAP, until)
    await tx.execute(ADD_EVENTS, *span, FAILURES_TO_TELL)
    await tx.execute(ADD_FAILED_MESSAGES, *span)
    await tx.execute(ADD_RECOVERIES, *span)
    await tx.execute(MOVE_CURSOR, workspace_id, until)


async def members(tx: System, workspace_id: UUID) -> list[Member]:
    """Return everybody the hub is open to."""
    rows = await tx.fetch(MEMBERS, workspace_id)
    return msgspec.convert([dict(row) for row in rows], list[Member])


async def untold(
    tx: System, workspace_id: UUID, member: Member, kinds: Sequence[Kind], quiet_since: datetime
) -> list[Notice]:
    """Return what a member is to be told at once, less what was told lately."""
    rows = await tx.fetch(
        AT_ONCE,
        workspace_id,
        member.user_id,
        list(kinds),
        [member.told_since(kind) for kind in kinds],
        quiet_since,
    )
    return _notices(rows)


async def tell(tx: System, workspace_id: UUID, member: Member, told: Sequence[Notice]) -> None:
    """Note what a member was told at once."""
    last = {(one.kind, one.subject_id or workspace_id): one.sequence for one in told}
    for (kind, subject_id), sequence in last.items():
        await tx.execute(TELL, workspace_id, member.user_id, kind, subject_id, sequence, tx.now)


async def digested(tx: System, workspace_id: UUID, user_id: UUID) -> Digested | None:
    """Return how far a member's digest is; None when there was none yet."""
    row = await tx.fetchrow(DIGESTED, workspace_id, user_id)
    return msgspec.convert(dict(row), Digested) if row else None


async def for_digest(
    tx: System, workspace_id: UUID, member: Member, kinds: Sequence[Kind], after: int
) -> list[Notice]:
    """Return what belongs into a member's next digest."""
    sinces = [member.told_since(kind) for kind in kinds]
    rows = await tx.fetch(IN_DIGEST, workspace_id, list(kinds), sinces, after)
    return _notices(rows)


async def digest(
    tx: System, workspace_id: UUID, user_id: UUID, sequence: int, due_at: datetime
) -> None:
    """Note how far a member's digest is."""
    await tx.execute(DIGEST, workspace_id, user_id, sequence, due_at)


async def workspace_name(tx: System, workspace_id: UUID) -> str:
    """Return what the workspace is called."""
    name: str = await tx.fetchval(
        "SELECT name FROM workspaces WHERE workspace_id = $1", workspace_id
    )
    return name


async def forget_old(tx: System, before: datetime) -> None:
    """Forget notices everybody was told of long ago."""
    await tx.execute("DELETE FROM alert_notices WHERE at < $1", before)


async def choices(tx: Reading, user_id: UUID) -> Choices | None:
    """Return a member's own choices in the transaction's workspace."""
    row = await tx.fetchrow(CHOSEN, user_id)
    return msgspec.convert(dict(row), Choices) if row else None


async def choose(tx: Writing, user_id: UUID, before: Choices, wish: Choices) -> None:
    """Keep a member's choices; a kind told in another way is told of from now on."""
    row = await tx.fetchrow(CHOSEN, user_id)
    since = dict(row["since"]) if row else {}
    changed = [kind for kind in KINDS if before.kinds.get(kind) != wish.kinds.get(kind)]
    since |= dict.fromkeys(changed, tx.now)
    fields: tuple[Any, ...] = (wish.kinds, wish.digest_every, wish.digest_hour, wish.time_zone)
    await tx.execute(CHOOSE, tx.workspace_id, user_id, *fields, since)


def _notices(rows: Sequence[Any]) -> list[Notice]:
    return msgspec.convert([dict(row) for row in rows], list[Notice])
