"""Reading the audit log."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from drawbar.kit.db import Reading
from drawbar.kit.errors import not_found
from drawbar.kit.listing import Cursors, ListQuery, ListSpec, Position
from drawbar.kit.logs import masked

LIST = ListSpec(
    filters={
        "actor_id": ("actor_id", "uuid[]"),
        "actor_kind": ("actor_kind", "text[]"),
        "action": ("action", "text[]"),
        "subject_id": ("subject_id", "uuid[]"),
        "subject_kind": ("subject_kind", "text[]"),
    },
    dates={"created": "created_at"},
    search="actor_label || ' ' || action",
    soft_deletes=False,
)
COLUMNS = (
    "id, at, actor_kind, actor_id, actor_label, action, subject_kind, subject_id, before, after"
)
SELECT = f"""
SELECT {COLUMNS}, created_at
  FROM (SELECT {COLUMNS}, at AS created_at, at AS modified_at FROM audit_entries) AS entries
"""


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did to a thing; `before` and `after` are the thing's fields, no secrets."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_label: str
    action: str
    """Kind of thing and deed, `connection.created`."""
    subject_kind: str
    subject_id: UUID | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class AuditPage(msgspec.Struct, frozen=True):
    """One page of the audit log."""

    data: list[AuditEntry]
    next_cursor: str | None
    as_of: datetime


async def page(tx: Reading, query: ListQuery, cursors: Cursors) -> AuditPage:
    """Return one page of the workspace's entries."""
    rows = await tx.fetch(query.sql(SELECT), *query.values())
    shown = [_entry(row) for row in rows[: query.limit]]
    as_of = (query.position.as_of if query.position else None) or tx.now
    cursor = None
    if len(rows) > query.limit:
        last = shown[-1]
        cursor = cursors.seal(Position(last.at, last.id, as_of), query.fingerprint)
    return AuditPage(shown, cursor, as_of)


async def find(tx: Reading, id: UUID) -> AuditEntry:
    """Return one entry; raise 404 when there is none."""
    row = await tx.fetchrow(f"SELECT {COLUMNS} FROM audit_entries WHERE id = $1", id)
    if row is None:
        raise not_found("audit entry")
    return _entry(row)


def _entry(row: Any) -> AuditEntry:
    fields = {name: row[name] for name in AuditEntry.__struct_fields__}
    shown = {name: masked(fields[name]) for name in ("before", "after")}
    return msgspec.convert(fields | shown, AuditEntry)
