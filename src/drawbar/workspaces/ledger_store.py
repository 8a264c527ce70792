"""SQL of the credit ledger's lists and of its export."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import msgspec

from drawbar.kit.db import Reading
from drawbar.kit.json import timestamp
from drawbar.kit.listing import Cursors, ListQuery, Position
from drawbar.kit.tables import Page
from drawbar.workspaces.store import Entry

COLUMNS = ", ".join(Entry.__struct_fields__)
# Every list of ours is ordered by created_at or modified_at; an entry has one time for both.
ENTRIES = f"""
SELECT * FROM (SELECT {COLUMNS}, at AS created_at, at AS modified_at FROM credit_entries) entries
"""
AT_ONCE = 1000
"""Rows fetched per round trip of an export."""
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet would take a text that begins so for a formula (OWASP, CSV injection)."""


async def page_of_entries(tx: Reading, query: ListQuery, cursors: Cursors) -> Page[Entry]:
    """Return one page of the ledger."""
    began = query.position.as_of if query.position else None
    as_of = began or await tx.watermark()
    rows = await tx.fetch(query.sql(ENTRIES), *query.values())
    shown = [_entry(row) for row in rows[: query.limit]]
    cursor = None
    if len(rows) > query.limit:
        last = shown[-1]
        cursor = cursors.seal(Position(last.at, last.id, as_of), query.fingerprint)
    return Page(shown, cursor, as_of)


async def csv_of_entries(tx: Reading) -> AsyncIterator[bytes]:
    """Yield the whole ledger as CSV (RFC 4180), oldest entry first, in pieces."""
    written, writer = _writer()
    writer.writerow(Entry.__struct_fields__)
    yield _taken(written)
    number = 0
    async for row in tx.connection.cursor(
        f"SELECT {COLUMNS} FROM credit_entries ORDER BY at, id", prefetch=AT_ONCE
    ):
        writer.writerow([_cell(value) for value in row.values()])
        number += 1
        if number % AT_ONCE == 0:
            yield _taken(written)
    yield _taken(written)


def _writer() -> tuple[io.StringIO, Any]:
    written = io.StringIO()
    return written, csv.writer(written)


def _taken(written: io.StringIO) -> bytes:
    text = written.getvalue()
    written.seek(0)
    written.truncate()
    return text.encode()


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return f"'{value}"
    return "" if value is None else value


def _entry(row: Any) -> Entry:
    return msgspec.convert({name: row[name] for name in Entry.__struct_fields__}, Entry)
