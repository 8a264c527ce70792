"""A real PostgreSQL for the tests: embedded, migrated, reached as the row-level-security role."""

from pathlib import Path

from drawbar.kit.embedded import SUPERUSER, EmbeddedPostgres
from drawbar.kit.roles import create_database, create_roles
from drawbar.migrations import migrate

PASSWORD = "tests"


class TestServer:
    """One server of a test run with one migrated database."""

    __test__ = False

    def __init__(self, data: Path) -> None:
        self._postgres = EmbeddedPostgres(data)
        self.app_url = ""
        self.owner_url = ""

    async def start(self) -> None:
        """Start, create roles and database, migrate."""
        self._postgres.start()
        superuser = self._postgres.url(SUPERUSER, "postgres")
        await create_roles(superuser, PASSWORD)
        await create_database(superuser, "drawbar")
        self.app_url = self._postgres.url("drawbar_app", "drawbar", PASSWORD)
        self.owner_url = self._postgres.url("drawbar_owner", "drawbar", PASSWORD)

    def migrate(self) -> None:
        """Bring the database to the newest revision."""
        migrate(self.owner_url)

    def stop(self) -> None:
        """Stop the server."""
        self._postgres.stop()
