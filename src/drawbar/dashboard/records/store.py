"""SQL of what the records browser shows: names instead of whole bodies."""

from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.kit.db import Reading

SHOWN = """
SELECT id, body->>'display_id' AS number, body->>'display_name' AS name, body->>'status' AS status,
       modified_at, deleted_at
  FROM records
"""


class RecordLine(msgspec.Struct, frozen=True):
    """A record in a line."""

    id: UUID
    number: str | None
    name: str | None
    status: str | None
    modified_at: datetime
    deleted_at: datetime | None


async def newest_records(
    tx: Reading, connection_id: UUID, entity: str, most: int
) -> list[RecordLine]:
    """Return an entity's records that changed last."""
    rows = await tx.fetch(
        f"{SHOWN} WHERE connection_id = $1 AND entity = $2 AND deleted_at IS NULL "
        "ORDER BY modified_at DESC, id DESC LIMIT $3",
        connection_id,
        entity,
        most,
    )
    return msgspec.convert([dict(row) for row in rows], list[RecordLine])


async def records_after(
    tx: Reading,
    connection_id: UUID,
    entity: str,
    words: str,
    before: tuple[datetime, UUID] | None,
    most: int,
) -> list[RecordLine]:
    """Return an entity's records, deleted ones too, whose number or name holds the words.

    Newest first, from the position `before` (time and id of the last one shown) on.
    """
    moment, id = before or (None, None)
    rows = await tx.fetch(
        f"{SHOWN} WHERE connection_id = $1 AND entity = $2 "
        "AND ($3 = '' OR strpos(lower(concat_ws(' ', body->>'display_id', body->>'display_name')), "
        "lower($3)) > 0) "
        "AND ($4::timestamptz IS NULL OR (modified_at, id) < ($4, $5)) "
        "ORDER BY modified_at DESC, id DESC LIMIT $6",
        connection_id,
        entity,
        words,
        moment,
        id,
        most,
    )
    return msgspec.convert([dict(row) for row in rows], list[RecordLine])


async def whole_record(
    tx: Reading, connection_id: UUID, entity: str, id: UUID
) -> tuple[bytes, bytes, bool] | None:
    """Return a record's body and the raw row it came from, as JSON, and whether it is deleted."""
    row = await tx.fetchrow(
        "SELECT body, raw, deleted_at FROM records "
        "WHERE connection_id = $1 AND entity = $2 AND id = $3",
        connection_id,
        entity,
        id,
    )
    return (row["body"], row["raw"], row["deleted_at"] is not None) if row else None
