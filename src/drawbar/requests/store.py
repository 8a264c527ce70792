"""SQL of the request log."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.kit.db import Database, Reading, System
from drawbar.kit.errors import not_found
from drawbar.kit.listing import Cursors, ListQuery, ListSpec, Position
from drawbar.requests.model import NewLog, RequestDetail, RequestLog

COLUMNS = ", ".join(RequestLog.__struct_fields__)
DETAILS = ", ".join(RequestDetail.__struct_fields__)
INSERTED = NewLog.__struct_fields__
ADD = (
    f"INSERT INTO request_logs ({', '.join(INSERTED)}) "
    f"VALUES ({', '.join(f'${number}' for number in range(1, len(INSERTED) + 1))})"
)
LIST = ListSpec(
    filters={
        "request_id": ("request_id", "text[]"),
        "connection_id": ("connection_id", "uuid[]"),
        "status": ("(status / 100)::text || 'xx'", "text[]"),
        "method": ("method", "text[]"),
    },
    words={
        "status": ("2xx", "3xx", "4xx", "5xx"),
        "method": ("GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"),
    },
    prefixes={"path": "path"},
    dates={"created": "created_at"},
    soft_deletes=False,
)
# modified_at only so that lists may be asked in the usual orders: a log row never changes.
SELECT = f"""
SELECT {COLUMNS}
  FROM (SELECT {COLUMNS}, created_at AS modified_at FROM request_logs) AS logs
"""


class LogPage(msgspec.Struct, frozen=True):
    """One page of logged requests."""

    data: list[RequestLog]
    next_cursor: str | None
    as_of: datetime


async def add(tx: System, rows: Sequence[NewLog]) -> None:
    """Store requests of any workspaces, pipelined in one round trip."""
    await tx.executemany(ADD, [[getattr(row, name) for name in INSERTED] for row in rows])


async def page(tx: Reading, query: ListQuery, cursors: Cursors) -> LogPage:
    """Return one page of the workspace's requests."""
    rows = await tx.fetch(query.sql(SELECT), *query.values())
    shown = msgspec.convert([dict(row) for row in rows[: query.limit]], list[RequestLog])
    as_of = (query.position.as_of if query.position else None) or tx.now
    cursor = None
    if len(rows) > query.limit:
        last = shown[-1]
        cursor = cursors.seal(Position(last.created_at, last.id, as_of), query.fingerprint)
    return LogPage(shown, cursor, as_of)


async def find(tx: Reading, request_id: str) -> RequestDetail:
    """Return the newest request with this id, or row id; raise 404 when there is none."""
    row = await tx.fetchrow(
        f"SELECT {DETAILS} FROM request_logs WHERE request_id = $1 "
        "ORDER BY created_at DESC LIMIT 1",
        request_id.replace("\0", ""),
    )
    if row is None:
        raise not_found("request in the log")
    return msgspec.convert(dict(row), RequestDetail)


async def keep(database: Database, days: int) -> None:
    """Make the next days' partitions and drop those older than `days`."""
    async with database.writing(UUID(int=0)) as tx:
        await tx.execute("SELECT keep_request_logs($1)", days)
