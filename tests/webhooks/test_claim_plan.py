"""The claim must not scan its table, whatever PostgreSQL knows about it."""

from datetime import timedelta
from uuid import uuid4

from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.webhooks import delivery_store
from tests.support.cast import Cast
from tests.support.hooks import publish, subscribe

MANY_MORE = """
INSERT INTO webhook_deliveries (workspace_id, id, endpoint_id, event_id, status, due_at, created_at)
SELECT workspace_id, gen_random_uuid(), endpoint_id, event_id, status, due_at, created_at
  FROM webhook_deliveries
 CROSS JOIN generate_series(1, 3000)
 WHERE endpoint_id = $1
"""


async def test_claims_and_lanes_read_only_what_they_take(
    database: Database, vault: Vault, cast: Cast
) -> None:
    endpoint, _ = await subscribe(database, vault, cast.alice, "http://127.0.0.1:4/")
    await publish(database, cast.alice)
    async with database.writing(cast.alice.workspace_id) as tx:
        await tx.execute(MANY_MORE, endpoint.id)
    async with database.as_system("tests") as tx:
        lease_until = tx.now + timedelta(seconds=20)
        claim = await tx.fetch(
            f"EXPLAIN ANALYZE {delivery_store.CLAIM}",
            [endpoint.id],
            [16],
            tx.now,
            lease_until,
            uuid4(),
        )
        lanes = await tx.fetch(f"EXPLAIN ANALYZE {delivery_store.DUE_LANES}", tx.now)
    plan = "\n".join(row[0] for row in [*claim, *lanes])
    assert "Tid Scan on webhook_deliveries" in plan
    assert "Seq Scan on webhook_deliveries" not in plan
    assert "Bitmap Heap Scan on webhook_deliveries" not in plan
