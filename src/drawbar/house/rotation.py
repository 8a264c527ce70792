"""Exchanging the master key while everything runs (docs/adr/0016)."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec

from drawbar.house import rotation_store as store
from drawbar.house.addresses import Addresses, vault_of
from drawbar.house.mendable import Mendable
from drawbar.house.sealed import REGISTRY
from drawbar.kit import signing
from drawbar.kit.crypto import SealError, Vault
from drawbar.kit.db import Database, open_database
from drawbar.kit.keyring import KeyFiles
from drawbar.kit.sealed import SealedColumn
from drawbar.kit.settings import Settings

BATCH = 100
"""Rows of one transaction: few enough that nobody waits noticeably for their locks."""
GRACE = 2.0
"""Seconds between a look at a key file and the use of what was read; generous by far."""
LOOK_EVERY = 0.2
LOOKED_AT = 10_000
"""Rows tried for whether they open; more than that are never left after a sweep."""
PATIENCE = 600.0
Say = Callable[[str], None]


class RotationError(Mendable):
    """The rotation could not be finished; nothing is lost, and it may be run again."""


class Rotated(msgspec.Struct, frozen=True, kw_only=True):
    """What a rotation did."""

    key_id: str
    moved: int
    unreadable: int
    """Values under keys nobody has; they were left as they are."""


class Pace(msgspec.Struct, frozen=True):
    """How large the steps are; tests take small ones."""

    batch: int = BATCH
    grace: float = GRACE
    patience: float = PATIENCE


async def rotate(
    settings: Settings,
    addresses: Addresses,
    say: Say,
    *,
    keep_retired: bool = False,
    pace: Pace | None = None,
) -> Rotated:
    """Wrap every sealed value by a new master key, then forget the old one.

    With keys of the data folder the new key is made here, and a rotation that was interrupted at
    any point goes on. With DRAWBAR_MASTER_KEY the operator exchanges the keys, and this only
    wraps anew. Raises RotationError when another rotation runs, or when something sealed under
    a retired key cannot be moved: the key is then kept.
    """
    pace = pace or Pace()
    files = None if settings.master_key else KeyFiles(settings.data)
    async with _alone(addresses.direct), open_database(addresses.app, size=2) as database:
        if files is not None:
            say("Going on with the rotation begun before." if files.rotating else "New key made.")
            files.begin()
        vault = vault_of(settings)
        moved, unreadable = await _move_all(database, vault, say, pace)
        await _refuse_leftovers(database, vault)
        if files is not None:
            files.finish(keep_retired=keep_retired)
    return Rotated(key_id=vault.current_id.hex(), moved=moved, unreadable=unreadable)


async def _move_all(database: Database, vault: Vault, say: Say, pace: Pace) -> tuple[int, int]:
    """Sweep until a sweep that began after all older transactions had ended finds nothing."""
    async with database.as_system("keep what signed before") as tx:
        await signing.keep(tx, vault)
    moved, unreadable = 0, 0
    while True:
        found, unreadable = await _sweep(database, vault, say, pace.batch)
        moved += found
        # A process may have taken the old key, or an old value, just before; it writes it back
        # in the transaction it has open now, and whoever begins later sees only the new.
        await asyncio.sleep(pace.grace)
        await _settled(database, say, pace.patience)
        if not await _left(database, vault):
            return moved, unreadable


async def _sweep(database: Database, vault: Vault, say: Say, batch: int) -> tuple[int, int]:
    moved, unreadable = 0, 0
    for where in REGISTRY:
        after: tuple[Any, ...] = ()
        while rows := await _rewrap_some(database, vault, where, after, batch):
            done, last = rows
            moved, unreadable, after = moved + done[0], unreadable + done[1], last
            say(f"{where.table}.{where.column}: {moved} moved")
    return moved, unreadable


async def _rewrap_some(
    database: Database, vault: Vault, where: SealedColumn, after: tuple[Any, ...], batch: int
) -> tuple[tuple[int, int], tuple[Any, ...]] | None:
    async with database.as_system("rotate the master key") as tx:
        rows = await store.stale(tx, where, vault.current_id, after, batch)
        if not rows:
            return None
        fresh = []
        for row in rows:
            try:
                sealed = vault.rewrap(row["sealed"], context=where.context(dict(row)))
            except SealError:
                continue
            fresh.append((sealed, *(row[key] for key in where.keys)))
        await store.save(tx, where, fresh)
    last = tuple(rows[-1][key] for key in where.keys)
    return (len(fresh), len(rows) - len(fresh)), last


async def _settled(database: Database, say: Say, patience: float) -> None:
    mark, ends = await store.moment(database), time.monotonic() + patience
    told = False
    while waiting := await store.transactions_from_before(database, mark):
        if not told:
            say(f"Waiting for {waiting} transactions that began before.")
            told = True
        if time.monotonic() > ends:
            raise RotationError(
                "A transaction has been open since before the rotation and may still hold the "
                "old key's work. The old key is kept; run `drawbar rotate-keys` again later."
            )
        await asyncio.sleep(LOOK_EVERY)


async def _left(database: Database, vault: Vault) -> int:
    """Count what can still be moved: values under a retired key that open with it."""
    left = 0
    async with database.as_system("is anything left under an old key") as tx:
        for where in REGISTRY:
            if not await store.under(tx, where, vault.retired_ids):
                continue
            rows = await store.stale(tx, where, vault.current_id, (), LOOKED_AT)
            left += sum(_opens(vault, row, where) for row in rows)
    return left


def _opens(vault: Vault, row: Any, where: SealedColumn) -> bool:
    try:
        vault.rewrap(row["sealed"], context=where.context(dict(row)))
    except SealError:
        return False
    return True


async def _refuse_leftovers(database: Database, vault: Vault) -> None:
    async with database.as_system("may the old key go") as tx:
        stuck = {
            f"{where.table}.{where.column}": await store.under(tx, where, vault.retired_ids)
            for where in REGISTRY
        }
    named = ", ".join(f"{count} in {name}" for name, count in stuck.items() if count)
    if named:
        raise RotationError(
            f"Sealed under the old key and damaged, so that they cannot be moved: {named}. "
            "The old key is kept, and everything else is under the new one. Store those secrets "
            "anew (authorise the connection again, make a new webhook secret), then run this again."
        )


@asynccontextmanager
async def _alone(url: str) -> AsyncIterator[None]:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        if not await connection.fetchval(store.ONLY_ONE):
            raise RotationError("Another `drawbar rotate-keys` is at work. Let it finish.")
        yield
    finally:
        await connection.close()
