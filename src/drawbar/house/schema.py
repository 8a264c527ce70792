"""Whether the database fits this version of Drawbar, and bringing it there."""

import asyncio
import contextlib
import logging
from pathlib import Path

import asyncpg

import drawbar
from drawbar.house.addresses import Addresses
from drawbar.kit.roles import UnfitDatabase, refuse_unfit

VERSIONS = Path(drawbar.__file__).parent / "migrations" / "versions"
REVISION = "SELECT version_num FROM alembic_version"


def newest_revision() -> str:
    """Return the last revision by its file's number; reading Alembic's graph takes a second."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))


async def revision_of(url: str) -> str | None:
    """Return the database's revision, None when nothing was ever migrated."""
    connection = await _connect(url)
    try:
        with contextlib.suppress(asyncpg.UndefinedTableError):
            found: str | None = await connection.fetchval(REVISION)
            return found
        return None
    finally:
        await connection.close()


async def migrate(addresses: Addresses) -> str | None:
    """Bring the database to the newest revision; return the one it came from, None if it was there.

    Raises UnfitDatabase when a newer Drawbar has been here, which must not be undone by an older.
    """
    newest = newest_revision()
    found = await revision_of(addresses.owner)
    if found == newest:
        return None
    if found is not None and found > newest:
        raise UnfitDatabase(
            f"The database is at revision {found}, made by a newer Drawbar; this one knows "
            f"{newest}. Start the newer version, or restore the backup made before it."
        )
    # It tells at level info which plug-ins it has, already when it is imported.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    from drawbar.migrations import migrate as upgrade  # noqa: PLC0415 - Alembic takes a second

    await asyncio.to_thread(upgrade, addresses.owner)
    return found or "empty"


async def check(addresses: Addresses) -> None:
    """Raise UnfitDatabase unless server, role and schema are what Drawbar relies on."""
    connection = await _connect(addresses.app)
    try:
        await refuse_unfit(connection, revision=newest_revision())
    finally:
        await connection.close()


async def _connect(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    try:
        return await asyncpg.connect(url, timeout=10)
    except (OSError, asyncpg.PostgresError, TimeoutError) as error:
        raise UnfitDatabase(
            f"The database cannot be reached: {str(error) or type(error).__name__}. "
            "Check DRAWBAR_DATABASE_URL and DRAWBAR_OWNER_DATABASE_URL, or start it."
        ) from error
