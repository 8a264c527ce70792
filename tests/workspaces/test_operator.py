"""The operator's commands about credits and plans, as the operator types them."""

from pathlib import Path

import pytest

from drawbar.kit.db import Database
from drawbar.kit.errors import Problem
from drawbar.workspaces import operator, store
from drawbar.workspaces.actions import NewOwner, create_owner
from drawbar.workspaces.store import Pool
from tests.support.cast import Cast
from tests.support.database import TestServer
from tests.support.house import drawbar, environment, free_port


@pytest.fixture
def env(server: TestServer, tmp_path: Path) -> dict[str, str]:
    return environment(
        tmp_path,
        free_port(),
        DRAWBAR_DATABASE_URL=server.app_url,
        DRAWBAR_OWNER_DATABASE_URL=server.owner_url,
    )


async def test_the_operator_grants_credits_and_chooses_the_plan(
    env: dict[str, str], database: Database, cast: Cast
) -> None:
    workspace_id = cast.alice.workspace_id
    granted = drawbar("grant-credits", "--workspace", str(workspace_id), "--credits", "5", env=env)
    chosen = drawbar("set-plan", "--workspace", str(workspace_id), "--plan", "trial", env=env)
    async with database.reading(workspace_id) as tx:
        pool, plan = await store.pool(tx), await store.plan(tx)
    assert "has 5 credits available of 5 granted" in granted.stdout, granted.stderr
    assert "is on the trial plan" in chosen.stdout, chosen.stderr
    assert (pool, plan) == (Pool(available=5, used=0, granted=5), "trial")


async def test_a_name_that_fits_several_workspaces_or_none_is_told(
    database: Database, cast: Cast
) -> None:
    with pytest.raises(Problem, match="No workspace is called 'Nowhere'"):
        await operator.grant_credits(database, "Nowhere", 1)
    async with database.as_system("tests") as tx:
        await store.add_workspace(tx, cast.alice.id, "Mallory Ltd", "paid", ["hub"])
    with pytest.raises(Problem, match="Several workspaces are called"):
        await operator.set_plan(database, "mallory ltd", "trial")


async def test_a_trial_starts_with_exactly_one_credit(database: Database, cast: Cast) -> None:
    new = NewOwner(
        email=f"new-{cast.alice.id}@example.com",
        name="New",
        password="long enough",
        workspace_name="Trying",
    )
    owner = await create_owner(database, new, plan="trial")
    async with database.reading(owner.workspace_id) as tx:
        assert await store.pool(tx) == Pool(available=1, used=0, granted=1)
        assert await store.plan(tx) == "trial"
