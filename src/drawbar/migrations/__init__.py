"""The schema's history: Alembic revisions with hand-written SQL, run as the owner role."""

from pathlib import Path

import sqlalchemy
from alembic import command, op
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url

FOLDER = Path(__file__).parent


def migrate(owner_url: str) -> None:
    """Bring the database to the newest revision; does nothing when it is there already."""
    config = _config()
    config.attributes["url"] = make_url(owner_url).set(drivername="postgresql+asyncpg")
    command.upgrade(config, "head")


def newest_revision() -> str:
    """Return the revision this version of Drawbar works with."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def run(sql: str) -> None:
    """Run a script of several statements inside the revision's transaction."""
    connection = op.get_bind().connection.dbapi_connection
    if connection is None:
        raise RuntimeError("A revision runs only on an open connection.")
    op.execute(sqlalchemy.text("SELECT 1"))
    connection.run_async(lambda driver: driver.execute(sql))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config
