"""Where the database is, and as whom: the embedded server's addresses, or the operator's own."""

import secrets
from pathlib import Path

import msgspec

from drawbar.kit.crypto import Vault
from drawbar.kit.embedded import SUPERUSER, EmbeddedPostgres, EmbeddedPostgresError
from drawbar.kit.keyring import open_vault, write_secret
from drawbar.kit.roles import create_database, create_roles
from drawbar.kit.settings import Settings

DATABASE = "drawbar"


class Addresses(msgspec.Struct, frozen=True):
    """The database as the role that sees rows, as the one that owns tables, and for LISTEN."""

    app: str
    owner: str
    direct: str


def postgres_of(settings: Settings) -> EmbeddedPostgres | None:
    """Return the embedded server, running or not; None when the operator has one of their own."""
    return EmbeddedPostgres(settings.data) if settings.embedded else None


async def start_database(settings: Settings) -> bool:
    """Start the embedded server and prepare roles and database; whether this call started it.

    Raises EmbeddedPostgresError. Does nothing for a database of the operator's.
    """
    postgres = postgres_of(settings)
    if postgres is None:
        return False
    started = postgres.start()
    superuser = postgres.url(SUPERUSER, "postgres")
    await create_roles(superuser, _password(settings.data, make=True))
    await create_database(superuser, DATABASE)
    return started


def require_running(settings: Settings) -> None:
    """Raise EmbeddedPostgresError when the embedded server is needed and does not run."""
    postgres = postgres_of(settings)
    if postgres is not None and not postgres.is_running:
        raise EmbeddedPostgresError(
            f"The database in {settings.data} is not running. Start everything with `drawbar up`, "
            "or set DRAWBAR_DATABASE_URL to a PostgreSQL server of your own."
        )


def addresses_of(settings: Settings) -> Addresses:
    """Return the database's addresses; the embedded server must have been started once."""
    postgres = postgres_of(settings)
    if postgres is None:
        app = settings.database_url
        return Addresses(app, settings.owner_database_url, settings.direct_database_url or app)
    password = _password(settings.data, make=False)
    app = postgres.url("drawbar_app", DATABASE, password)
    return Addresses(app, postgres.url("drawbar_owner", DATABASE, password), app)


def vault_of(settings: Settings) -> Vault:
    """Open the vault with the master key, which is made at the first start."""
    return open_vault(settings.data, settings.master_key or None, settings.retired_master_keys)


def _password(data: Path, *, make: bool) -> str:
    """Return what owner and app role log in with; it never leaves the data folder."""
    path = data / "roles.password"
    if make and not path.exists():
        write_secret(path, secrets.token_hex(24))
    return path.read_text().strip()
