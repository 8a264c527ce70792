"""Alembic's entry: one transaction for all pending revisions."""

import asyncio

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

ONE_MIGRATION_AT_A_TIME = 7216532
"""Advisory lock: two hosts that start at once do not both migrate."""


def upgrade(connection: Connection) -> None:
    """Run the pending revisions on an open connection."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ONE_MIGRATION_AT_A_TIME})")
    context.configure(connection=connection, target_metadata=None)
    with context.begin_transaction():
        context.run_migrations()


async def connect_and_upgrade() -> None:
    """Open a connection as the owner, upgrade, close it."""
    engine = create_async_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()


asyncio.run(connect_and_upgrade())
