"""The three database roles, and the refusal to start with one that bypasses row-level security."""

import asyncpg

OLDEST_SERVER = 160000
"""PostgreSQL 16: the first with GRANT … WITH INHERIT FALSE, which keeps the system role shut."""


class UnfitDatabase(Exception):  # noqa: N818 - it is a finding, not a fault
    """The database or the role cannot be used safely; the text names the remedy."""


ROLES = """
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'drawbar_owner') THEN
    CREATE ROLE drawbar_owner LOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'drawbar_app') THEN
    CREATE ROLE drawbar_app LOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'drawbar_system') THEN
    CREATE ROLE drawbar_system NOLOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
END
$$;
GRANT drawbar_system TO drawbar_app WITH INHERIT FALSE, SET TRUE;
"""


async def create_roles(superuser_url: str, password: str) -> None:
    """Create owner, app and system role and give the two that log in their password."""
    if not password.isalnum():
        raise ValueError("The password goes into ALTER ROLE as text: letters and digits only.")
    connection = await asyncpg.connect(superuser_url)
    try:
        await connection.execute(ROLES)
        await connection.execute(f"ALTER ROLE drawbar_owner PASSWORD '{password}'")
        await connection.execute(f"ALTER ROLE drawbar_app PASSWORD '{password}'")
    finally:
        await connection.close()


async def create_database(superuser_url: str, name: str, *, template: str = "template1") -> None:
    """Create a database that belongs to the owner role, unless it is there."""
    connection = await asyncpg.connect(superuser_url)
    try:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await connection.execute(
                f'CREATE DATABASE "{name}" OWNER drawbar_owner TEMPLATE "{template}"'
            )
    finally:
        await connection.close()


async def refuse_unfit(connection: "asyncpg.Connection[asyncpg.Record]", *, revision: str) -> None:
    """Raise `UnfitDatabase` unless server, role and schema are what Drawbar relies on."""
    if connection.get_server_version().major * 10000 < OLDEST_SERVER:
        raise UnfitDatabase(
            f"PostgreSQL {connection.get_server_version().major} is too old; use 16 or later."
        )
    role = await connection.fetchrow(
        "SELECT rolname, rolsuper, rolbypassrls, "
        "       EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid) AS owns "
        "  FROM pg_roles WHERE rolname = current_user"
    )
    if role is None or role["rolsuper"] or role["rolbypassrls"] or role["owns"]:
        name = role["rolname"] if role else "?"
        raise UnfitDatabase(
            f"Role {name!r} can see past row-level security (superuser, BYPASSRLS or owner of "
            "tables). Point DRAWBAR_DATABASE_URL at drawbar_app, or a role like it."
        )
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        raise UnfitDatabase("The database is empty. Run `drawbar migrate` first.")
    found = await connection.fetchval("SELECT version_num FROM alembic_version")
    if found != revision:
        raise UnfitDatabase(
            f"The database is at revision {found}, this Drawbar needs {revision}. "
            "Run `drawbar migrate` (or start the version of Drawbar that made it)."
        )
