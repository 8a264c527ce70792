"""A real PostgreSQL for the tests: embedded, migrated, reached as the row-level-security role."""

import asyncio
from pathlib import Path

import asyncpg

from drawbar.kit.embedded import SUPERUSER, EmbeddedPostgres
from drawbar.kit.roles import create_database, create_roles
from drawbar.migrations import migrate

PASSWORD = "tests"


class TestServer:
    """One server of a test run with one migrated database."""

    __test__ = False

    def __init__(self, data: Path) -> None:
        self.data = data
        self._postgres = EmbeddedPostgres(data)
        self.app_url = ""
        self.owner_url = ""

    async def start(self) -> None:
        """Start, create roles and database, migrate."""
        self._postgres.start()
        superuser = self._postgres.url(SUPERUSER, "postgres")
        await _forgive_power_cuts(superuser)
        await create_roles(superuser, PASSWORD)
        await create_database(superuser, "drawbar")
        self.app_url = self._postgres.url("drawbar_app", "drawbar", PASSWORD)
        self.owner_url = self._postgres.url("drawbar_owner", "drawbar", PASSWORD)

    @property
    def superuser_url(self) -> str:
        """The database as the role that sees everything, for tests of its refusal."""
        return self._postgres.url(SUPERUSER, "drawbar")

    def program(self, name: str) -> Path:
        """Return one of PostgreSQL's programs, pg_restore say."""
        return self._postgres.program(name)

    async def add_database(self, name: str) -> str:
        """Make an empty database and return its address as the owner."""
        await create_database(self._postgres.url(SUPERUSER, "postgres"), name)
        return self._postgres.url("drawbar_owner", name, PASSWORD)

    async def another_database(self, name: str) -> str:
        """Create and migrate an empty database; return its URL as the app role."""
        await asyncio.to_thread(migrate, await self.add_database(name))
        return self._postgres.url("drawbar_app", name, PASSWORD)

    def migrate(self) -> None:
        """Bring the database to the newest revision."""
        migrate(self.owner_url)

    def stop(self) -> None:
        """Stop the server."""
        self._postgres.stop()


async def _forgive_power_cuts(superuser_url: str) -> None:
    """Let commits not wait for the disk: a test's database ends with the test run.

    What must survive a kill is tested on servers of their own (tests/recovery, tests/kit).
    """
    connection = await asyncpg.connect(superuser_url)
    await connection.execute("ALTER SYSTEM SET fsync = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()
