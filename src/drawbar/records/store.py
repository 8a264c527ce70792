"""SQL of records and their changes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.kit.db import Reading, Writing
from drawbar.kit.listing import ListQuery
from drawbar.records.model import Revision, Stored

STORED = """
SELECT id, content_hash, created_at, version
  FROM records
 WHERE connection_id = $1 AND entity = $2 AND id = ANY($3::uuid[])
"""
SAVE = """
INSERT INTO records (workspace_id, connection_id, entity, id, remote_id, body, raw, content_hash,
                     created_at, modified_at, remote_modified_at, deleted_at, synced_at, version)
SELECT $1, $2, $3, id, remote_id, convert_from(body, 'UTF8')::json, convert_from(raw, 'UTF8')::json,
       content_hash, created_at, modified_at, remote_modified_at, deleted_at, $4, version
  FROM unnest($5::uuid[], $6::text[], $7::bytea[], $8::bytea[], $9::bytea[], $10::timestamptz[],
              $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::integer[])
    AS page (id, remote_id, body, raw, content_hash, created_at,
             modified_at, remote_modified_at, deleted_at, version)
ON CONFLICT (workspace_id, connection_id, entity, id) DO UPDATE
SET body = excluded.body, raw = excluded.raw, content_hash = excluded.content_hash,
    created_at = excluded.created_at, modified_at = excluded.modified_at,
    remote_modified_at = excluded.remote_modified_at, deleted_at = excluded.deleted_at,
    synced_at = excluded.synced_at, version = excluded.version
"""
NEXT_SEQUENCE = """
INSERT INTO change_feeds (workspace_id, connection_id, last_sequence) VALUES ($1, $2, $3)
ON CONFLICT (workspace_id, connection_id) DO UPDATE
SET last_sequence = change_feeds.last_sequence + excluded.last_sequence
RETURNING last_sequence
"""
ADD_CHANGES = """
INSERT INTO changes (workspace_id, connection_id, sequence, entity, record_id, kind, at)
SELECT $1, $2, $3 + place, $4, id, kind, $5
  FROM unnest($6::uuid[], $7::text[]) WITH ORDINALITY AS page (id, kind, place)
"""
BODIES = "SELECT id, created_at, modified_at, body FROM records"
CHANGES = """
SELECT sequence, entity, record_id, kind, at
  FROM changes
 WHERE connection_id = $1 AND sequence > $2
 ORDER BY sequence
 LIMIT $3
"""


class Change(msgspec.Struct, frozen=True):
    """One entry of the changes feed; `sequence` rises without gaps in the order of commits."""

    sequence: int
    entity: str
    record_id: UUID
    kind: str
    at: datetime


class Body(msgspec.Struct, frozen=True):
    """A stored record: the exact JSON it is answered with, and the columns it is sorted by."""

    id: UUID
    created_at: datetime
    modified_at: datetime
    body: bytes


ERASE_RECORDS = """
DELETE FROM records WHERE (workspace_id, connection_id, entity, id) IN (
  SELECT workspace_id, connection_id, entity, id FROM records WHERE connection_id = $1 LIMIT $2)
"""
ERASE_CHANGES = """
DELETE FROM changes WHERE (workspace_id, connection_id, sequence) IN (
  SELECT workspace_id, connection_id, sequence FROM changes WHERE connection_id = $1 LIMIT $2)
"""


async def stored(
    tx: Reading, connection_id: UUID, entity: str, ids: Sequence[UUID]
) -> dict[UUID, Stored]:
    """Return what is known of these records."""
    rows = await tx.fetch(STORED, connection_id, entity, ids)
    return {
        row["id"]: Stored(row["content_hash"], row["created_at"], row["version"]) for row in rows
    }


async def save(
    tx: Writing, connection_id: UUID, entity: str, revisions: Sequence[Revision]
) -> None:
    """Store changed records and feed their changes on, in one order for the whole connection."""
    if not revisions:
        return
    columns = zip(
        *(
            (
                one.id,
                one.remote_id,
                one.body,
                one.raw,
                one.content_hash,
                one.created_at,
                one.modified_at,
                one.remote_modified_at,
                one.deleted_at,
                one.version,
            )
            for one in revisions
        ),
        strict=True,
    )
    await tx.execute(SAVE, tx.workspace_id, connection_id, entity, tx.now, *map(list, columns))
    last = await tx.fetchval(NEXT_SEQUENCE, tx.workspace_id, connection_id, len(revisions))
    await tx.execute(
        ADD_CHANGES,
        tx.workspace_id,
        connection_id,
        last - len(revisions),
        entity,
        tx.now,
        [one.id for one in revisions],
        [one.kind for one in revisions],
    )


async def page_of_bodies(tx: Reading, query: ListQuery) -> list[Body]:
    """Return up to `limit + 1` stored bodies of a list."""
    rows = await tx.fetch(query.sql(BODIES), *query.values())
    return [Body(row["id"], row["created_at"], row["modified_at"], row["body"]) for row in rows]


async def body(tx: Reading, connection_id: UUID, entity: str, id: UUID) -> bytes | None:
    """Return one stored body, deleted or not, or None."""
    found: bytes | None = await tx.fetchval(
        "SELECT body FROM records WHERE connection_id = $1 AND entity = $2 AND id = $3",
        connection_id,
        entity,
        id,
    )
    return found


async def count(tx: Reading, connection_id: UUID, entity: str) -> int:
    """Return how many records of an entity exist, deleted ones left out."""
    found: int = await tx.fetchval(
        "SELECT count(*) FROM records "
        "WHERE connection_id = $1 AND entity = $2 AND deleted_at IS NULL",
        connection_id,
        entity,
    )
    return found


async def changes(tx: Reading, connection_id: UUID, after: int, most: int) -> list[Change]:
    """Return what happened after a place in the feed."""
    rows = await tx.fetch(CHANGES, connection_id, after, most)
    return msgspec.convert([dict(row) for row in rows], list[Change])


async def erase_some(tx: Writing, connection_id: UUID, most: int) -> int:
    """Delete up to so many records and changes of a connection for good; how many."""
    tags = [await tx.execute(sql, connection_id, most) for sql in (ERASE_RECORDS, ERASE_CHANGES)]
    return sum(int(tag.rpartition(" ")[2]) for tag in tags)
