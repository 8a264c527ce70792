"""What a page of source rows does to the stored records."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from uuid import UUID

import msgspec

from drawbar.kit import json
from drawbar.schema.registry import Entity, Fields

SMALLEST_STEP = timedelta(microseconds=1)


class Unified(msgspec.Struct, frozen=True):
    """A source row, mapped: its fields, and the row as it came."""

    fields: Fields
    raw: bytes
    deleted: bool

    @property
    def id(self) -> UUID:
        """The record's id."""
        return self.fields["id"]  # type: ignore[no-any-return]


class Stored(msgspec.Struct, frozen=True):
    """What is known of a record from before."""

    content_hash: bytes
    created_at: datetime
    version: int


class Revision(msgspec.Struct, frozen=True):
    """A record as it is to be stored."""

    id: UUID
    remote_id: str
    kind: str
    body: bytes
    raw: bytes
    content_hash: bytes
    created_at: datetime
    modified_at: datetime
    remote_modified_at: datetime | None
    deleted_at: datetime | None
    version: int


def revisions(
    entity: Entity,
    rows: Sequence[Unified],
    stored: dict[UUID, Stored],
    *,
    watermark: datetime | None,
    now: datetime,
) -> list[Revision]:
    """Tell what changes: an unchanged row changes nothing, an unknown deleted one neither.

    A change whose own time the watermark has passed already gets a time after it, so that a
    client which polls by the watermark still meets it (hub.md §5).
    """
    changed: list[Revision] = []
    for row in {row.id: row for row in rows}.values():
        known = stored.get(row.id)
        fields = row.fields
        if row.deleted:
            fields = {**fields, "deleted_at": fields.get("deleted_at") or now}
        deleted_at = fields.get("deleted_at")
        content_hash = blake2b(json.encode(fields), digest_size=16).digest()
        if (known is None and deleted_at) or (known and known.content_hash == content_hash):
            continue
        remote_modified_at = fields.get("remote_modified_at")
        modified_at = _modified_at(remote_modified_at, watermark, now)
        record = entity.record(
            fields,
            first_seen_at=known.created_at if known else now,
            modified_at=modified_at,
            synced_at=now,
            version=known.version + 1 if known else 1,
        )
        changed.append(
            Revision(
                id=row.id,
                remote_id=record.remote_id,
                kind="deleted" if deleted_at else "updated" if known else "created",
                body=json.encode(record),
                raw=row.raw,
                content_hash=content_hash,
                created_at=record.created_at,
                modified_at=modified_at,
                remote_modified_at=remote_modified_at,
                deleted_at=deleted_at,
                version=record.version,
            )
        )
    return changed


def _modified_at(remote: datetime | None, watermark: datetime | None, now: datetime) -> datetime:
    if watermark is None:
        return remote or now
    if remote and remote > watermark:
        return remote
    return max(now, watermark + SMALLEST_STEP)
