"""What the operator is told about an installation."""

from drawbar.house import store
from drawbar.kit.db import Database
from tests.dashboard.browser import a_connection
from tests.support.cast import Cast


async def test_a_disconnected_connection_is_no_longer_counted(
    database: Database, cast: Cast
) -> None:
    async with database.as_system("tests") as tx:
        before = await store.counts(tx)
    await a_connection(database, cast.alice.workspace_id, "Depot")
    gone = await a_connection(database, cast.alice.workspace_id, "Yard")
    async with database.writing(cast.alice.workspace_id) as tx:
        await tx.execute("UPDATE connections SET status = 'disconnected' WHERE id = $1", gone)
    async with database.as_system("tests") as tx:
        after = await store.counts(tx)
    assert after.connections == before.connections + 1
