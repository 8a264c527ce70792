"""The pool of credits is exact, whoever races for it."""

import asyncio
from uuid import UUID, uuid4

from drawbar.kit.db import Database
from drawbar.workspaces import credits, store
from tests.support.cast import Cast


async def take(database: Database, workspace_id: UUID) -> bool:
    async with database.writing(workspace_id) as tx:
        return await credits.take(tx, 1, uuid4())


async def test_of_two_that_race_for_the_last_credit_one_wins(
    database: Database, cast: Cast
) -> None:
    workspace = cast.alice.workspace_id
    for _ in range(20):
        async with database.writing(workspace) as tx:
            await credits.grant(tx, 1, "tests")
        won = await asyncio.gather(*(take(database, workspace) for _ in range(3)))
        assert sorted(won) == [False, False, True]
    async with database.reading(workspace) as tx:
        assert await store.pool(tx) == store.Pool(available=0, used=20, granted=20)


async def test_what_one_connection_frees_another_uses(database: Database, cast: Cast) -> None:
    first, second = uuid4(), uuid4()
    async with database.writing(cast.alice.workspace_id) as tx:
        await credits.grant(tx, 4, "tests")
        assert await credits.take(tx, 4, first)
        assert not await credits.take(tx, 4, second)
        assert await credits.give_back(tx, first) == 4
        assert await credits.give_back(tx, first) == 0
        assert await credits.take(tx, 4, second)


def test_tiers_cost_1_2_4_and_double_on_premises() -> None:
    assert [credits.price(tier, "cloud") for tier in (1, 2, 3)] == [1, 2, 4]
    assert credits.price(3, "on_premises") == 8
