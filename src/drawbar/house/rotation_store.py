"""SQL of a rotation: what is sealed under which master key, over all workspaces."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg

from drawbar.kit.db import Database, System
from drawbar.kit.sealed import SealedColumn

KEY_ID = "substr({column}, 2, 8)"
"""Where sealed bytes name their master key (kit/crypto.py)."""
STALE = """
SELECT {keys}, {column} AS sealed
  FROM {table}
 WHERE octet_length({column}) > 0 AND {key_id} <> $1 AND {after}
 ORDER BY {keys}
 LIMIT {limit}
   FOR NO KEY UPDATE
"""
SAVE = "UPDATE {table} SET {column} = $1 WHERE {match}"
COUNT = "SELECT count(*) FROM {table} WHERE octet_length({column}) > 0 AND {key_id} = ANY($1)"
COUNT_OTHERS = "SELECT count(*) FROM {table} WHERE octet_length({column}) > 0 AND {key_id} <> $1"
# Its own role's transactions are those a session may see without being a superuser.
OLDER = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND usename = session_user AND pid <> pg_backend_pid()
   AND xact_start <= $1
"""
ONLY_ONE = "SELECT pg_try_advisory_lock(hashtextextended('drawbar rotate-keys', 0))"


async def stale(
    tx: System, where: SealedColumn, current: bytes, after: Sequence[Any], limit: int
) -> list[asyncpg.Record]:
    """Return the next rows whose value is not under the current master key, locked."""
    places = ", ".join(f"${number}" for number in range(2, 2 + len(after)))
    sql = STALE.format(
        keys=", ".join(where.keys),
        column=where.column,
        table=where.table,
        key_id=KEY_ID.format(column=where.column),
        after=f"({', '.join(where.keys)}) > ({places})" if after else "true",
        limit=limit,
    )
    return await tx.fetch(sql, current, *after)


async def save(tx: System, where: SealedColumn, values: Sequence[tuple[Any, ...]]) -> None:
    """Write values, each followed by the key of its row."""
    match = " AND ".join(f"{key} = ${number}" for number, key in enumerate(where.keys, 2))
    await tx.executemany(SAVE.format(table=where.table, column=where.column, match=match), values)


async def under(tx: System, where: SealedColumn, ids: Sequence[bytes]) -> int:
    """Count the values wrapped by one of these master keys."""
    sql = COUNT.format(
        table=where.table, column=where.column, key_id=KEY_ID.format(column=where.column)
    )
    found: int = await tx.fetchval(sql, list(ids))
    return found


async def not_under(tx: System, where: SealedColumn, current: bytes) -> int:
    """Count the values wrapped by any other master key."""
    sql = COUNT_OTHERS.format(
        table=where.table, column=where.column, key_id=KEY_ID.format(column=where.column)
    )
    found: int = await tx.fetchval(sql, current)
    return found


async def moment(database: Database) -> datetime:
    """Return the database's own time: that of its transactions' beginnings."""
    found: datetime = await database.pool.fetchval("SELECT clock_timestamp()")
    return found


async def transactions_from_before(database: Database, at: datetime) -> int:
    """Count our transactions that began by then and have not ended."""
    found: int = await database.pool.fetchval(OLDER, at)
    return found
