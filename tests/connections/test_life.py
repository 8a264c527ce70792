"""From begun to disconnected: what a connection keeps, costs and loses on the way."""

from uuid import UUID, uuid4

import pytest

from drawbar.audit import Actor
from drawbar.connections import actions, ending, store
from drawbar.connections.model import Connection, NewConnection, NewPending
from drawbar.identity.tokens import issue_connection_token
from drawbar.kit.errors import Problem
from drawbar.workspaces import store as workspaces
from drawbar.workspaces.store import Pool
from tests.support.cast import Cast
from tests.support.database import TestServer
from tests.support.web import free_port
from tests.sync.world import World, hub_and_platform


def actor_in(world: World) -> Actor:
    return Actor(kind="system", label="tests", workspace_id=world.workspace_id)


def wish_for(world: World, **changes: object) -> NewConnection:
    credentials = {"base_url": world.address, "api_key": world.asset_key}
    given = {"name": "Northern Rail", "system": "assettracs", "credentials": credentials} | changes
    return NewConnection(**given)  # type: ignore[arg-type]


async def begun(world: World, **wish: object) -> Connection:
    async with world.database.writing(world.workspace_id) as tx:
        pending = NewPending(name="Northern", **wish)  # type: ignore[arg-type]
        return await actions.begin(tx, actor_in(world), pending)


async def connected(
    world: World, *, pending_id: UUID | None = None, **changes: object
) -> Connection:
    return await actions.connect(
        world.database,
        world.http,
        world.vault,
        actor_in(world),
        wish_for(world, **changes),
        pending_id=pending_id,
    )


async def pool_of(world: World) -> Pool:
    async with world.database.reading(world.workspace_id) as tx:
        return await workspaces.pool(tx)


async def events_of(world: World) -> list[str]:
    async with world.database.reading(world.workspace_id) as tx:
        rows = await tx.fetch("SELECT type FROM webhook_events ORDER BY created_at, id")
        return [row["type"] for row in rows]


async def test_a_begun_connection_costs_nothing_and_nobody_is_told(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        pending = await begun(world)
        assert (pending.status, pending.system, pending.credits) == ("pending", "", 0)
        assert (await pool_of(world)).used == 0
        assert await events_of(world) == []


async def test_finishing_a_begun_connection_keeps_what_was_preset_and_takes_the_credits(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        pending = await begun(world, email="ann@example.com", tags=["pilot"])
        finished = await connected(world, pending_id=pending.id)
        assert (finished.id, finished.status) == (pending.id, "synchronizing")
        assert (finished.email, finished.tags) == ("ann@example.com", ["pilot"])
        assert await pool_of(world) == Pool(available=1, used=1, granted=2)
        assert "connection.created" in await events_of(world)
        with pytest.raises(Problem, match="synchronizing already"):
            await connected(world, pending_id=pending.id)


async def test_a_refused_key_leaves_a_begun_connection_pending(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        pending = await begun(world)
        wrong = {"base_url": world.address, "api_key": "k_wrong"}
        with pytest.raises(Problem) as refused:
            await connected(world, pending_id=pending.id, credentials=wrong)
        async with world.database.reading(world.workspace_id) as tx:
            assert (await store.CONNECTIONS.get(tx, pending.id)).status == "pending"
        assert refused.value.errors[0].field == "credentials.api_key"
        assert (await pool_of(world)).used == 0


@pytest.mark.parametrize(
    ("credentials", "field"),
    [
        ({"api_key": "k"}, "credentials.base_url"),
        ({"base_url": "http://x.test", "api_key": "k", "colour": "red"}, "credentials.colour"),
        ({"base_url": "nonsense", "api_key": "k"}, "credentials.base_url"),
    ],
)
async def test_what_is_wrong_with_credentials_is_told_by_field(
    server: TestServer, cast: Cast, credentials: dict[str, str], field: str
) -> None:
    async with hub_and_platform(server, cast) as world:
        with pytest.raises(Problem) as refused:
            await actions.check_credentials(world.http, "assettracs", None, credentials)
        assert refused.value.errors[0].field == field


async def test_a_system_that_does_not_answer_is_told_at_its_address(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        silent = {"base_url": f"http://127.0.0.1:{free_port()}", "api_key": "k"}
        with pytest.raises(Problem) as refused:
            await actions.check_credentials(world.http, "assettracs", None, silent)
        assert (refused.value.status, refused.value.errors[0].field) == (
            502,
            "credentials.base_url",
        )


async def test_on_premises_costs_double_and_what_is_not_offered_is_refused(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        made = await connected(world, deployment="on_premises")
        assert (made.deployment, made.credits) == ("on_premises", 2)
        assert await pool_of(world) == Pool(available=0, used=2, granted=2)


async def test_reauthorizing_keeps_the_connection_and_ends_its_tokens(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        id, old = UUID(world.connection_id), world.token
        before = await pool_of(world)
        after = await actions.reauthorize(
            world.database,
            world.http,
            world.vault,
            actor_in(world),
            id,
            {"base_url": world.address, "api_key": world.asset_key},
        )
        async with world.database.writing(world.workspace_id) as tx:
            fresh = await issue_connection_token(tx, actor_in(world), id)
        dead, _ = await world.call("GET", "/api/v1/assets", old)
        alive, _ = await world.call("GET", "/api/v1/assets", fresh.access_token)
        assert (after.id, after.health, after.credits) == (id, "online", 1)
        assert (dead, alive) == (401, 200)
        assert await pool_of(world) == before
        assert (await events_of(world)).count("connection.status_changed") == 1


async def test_an_inactive_connection_takes_the_credits_that_became_free(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        first = await connected(world, deployment="on_premises")
        second = await connected(world)
        assert (second.status, second.credits) == ("inactive", 0)
        async with world.database.writing(world.workspace_id) as tx:
            with pytest.raises(Problem, match="costs 1 credit and the pool has 0"):
                await actions.reactivate(tx, actor_in(world), second.id)
        await ending.disconnect(world.database, world.http, world.vault, actor_in(world), first.id)
        async with world.database.writing(world.workspace_id) as tx:
            revived = await actions.reactivate(tx, actor_in(world), second.id)
        await world.work()
        async with world.database.reading(world.workspace_id) as tx:
            synced = await store.CONNECTIONS.get(tx, second.id)
        assert (revived.status, revived.credits) == ("synchronizing", 1)
        assert synced.status == "active"
        assert await pool_of(world) == Pool(available=1, used=1, granted=2)


async def test_a_paid_workspace_may_go_into_overage_and_a_trial_one_may_not(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        await connected(world, deployment="on_premises")
        waiting = await connected(world)
        async with world.database.as_system("tests") as system:
            await workspaces.set_plan(system, world.workspace_id, "trial")
        async with world.database.writing(world.workspace_id) as tx:
            with pytest.raises(Problem, match="trial workspace cannot go into overage"):
                await actions.reactivate(tx, actor_in(world), waiting.id, overage=True)
        async with world.database.as_system("tests") as system:
            await workspaces.set_plan(system, world.workspace_id, "paid")
        async with world.database.writing(world.workspace_id) as tx:
            revived = await actions.reactivate(tx, actor_in(world), waiting.id, overage=True)
        assert revived.status == "synchronizing"
        assert await pool_of(world) == Pool(available=0, used=3, granted=2, overage=1)


async def test_another_workspace_cannot_reauthorize_ours(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        await world.connect()
        stranger = Actor(kind="system", label="tests", workspace_id=cast.alice.workspace_id)
        with pytest.raises(Problem, match="no such connection"):
            await actions.reauthorize(
                world.database,
                world.http,
                world.vault,
                stranger,
                UUID(world.connection_id),
                {"base_url": world.address, "api_key": world.asset_key},
            )


async def test_a_connection_that_is_nobodys_cannot_be_finished(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        with pytest.raises(Problem, match="no such connection"):
            await connected(world, pending_id=uuid4())
