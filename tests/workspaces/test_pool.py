"""Whatever is done at once, and whatever crashes: the pool is its ledger, never below zero."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drawbar.audit import Actor
from drawbar.connections import actions, ending, store
from drawbar.connections.model import Connection, NewConnection
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, Writing
from drawbar.kit.errors import Problem
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.workspaces import credits
from drawbar.workspaces import store as workspaces
from drawbar.workspaces.store import Entry, Pool
from tests.support.cast import Cast

DEED = st.one_of(
    st.tuples(st.just("connect"), st.sampled_from(["cloud", "on_premises"])),
    st.tuples(st.just("disconnect"), st.integers(0, 9)),
    st.tuples(st.just("reactivate"), st.integers(0, 9)),
    st.tuples(st.just("go over"), st.integers(0, 9)),
    st.tuples(st.just("grant"), st.integers(1, 3)),
    st.tuples(st.just("fail while connecting"), st.sampled_from(["cloud", "on_premises"])),
    st.tuples(st.just("die while connecting"), st.sampled_from(["cloud", "on_premises"])),
    st.tuples(st.just("die while reactivating"), st.integers(0, 9)),
)
ROUNDS = st.lists(st.lists(DEED, min_size=1, max_size=4), min_size=1, max_size=8)
LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError, asyncio.TimeoutError)


class Crash(Exception):  # noqa: N818 - the field's word
    pass


class Bank:
    """A fresh workspace in which anything may happen at once."""

    def __init__(self, database: Database, workspace_id: UUID) -> None:
        self.database = database
        self.workspace_id = workspace_id
        self.granted = 0
        self.actor = Actor(kind="system", label="tests", workspace_id=workspace_id)
        self.deeds: dict[str, Callable[[Any], Awaitable[None]]] = {
            "connect": self.connect,
            "disconnect": self.disconnect,
            "reactivate": self.reactivate,
            "go over": self.go_over,
            "grant": self.grant,
            "fail while connecting": self.fail_while_connecting,
            "die while connecting": self.die_while_connecting,
            "die while reactivating": self.die_while_reactivating,
        }

    async def all_at_once(self, deeds: list[tuple[str, Any]]) -> None:
        results = await asyncio.gather(
            *(self.deeds[name](argument) for name, argument in deeds), return_exceptions=True
        )
        unexpected = [
            one
            for one in results
            if one is not None and not isinstance(one, (Problem, Crash, *LOST))
        ]
        assert unexpected == []

    async def establish(self, tx: Writing, deployment: str) -> Connection:
        wish = msgspec.convert(
            {"name": "c", "system": "assettracs", "credentials": {}, "deployment": deployment},
            NewConnection,
        )
        return await actions.establish(tx, self.actor, wish, None)

    async def connect(self, deployment: str) -> None:
        async with self.database.writing(self.workspace_id) as tx:
            await self.establish(tx, deployment)

    async def disconnect(self, number: int) -> None:
        id = await self.one_of_them(number)
        async with OutgoingHttp() as http:
            await ending.disconnect(self.database, http, Vault(bytes(32)), self.actor, id)

    async def reactivate(self, number: int) -> None:
        id = await self.one_of_them(number)
        async with self.database.writing(self.workspace_id) as tx:
            await actions.reactivate(tx, self.actor, id)

    async def go_over(self, number: int) -> None:
        id = await self.one_of_them(number)
        async with self.database.writing(self.workspace_id) as tx:
            await actions.reactivate(tx, self.actor, id, overage=True)

    async def grant(self, amount: int) -> None:
        async with self.database.writing(self.workspace_id) as tx:
            await credits.grant(tx, amount, "tests")
        self.granted += amount

    async def fail_while_connecting(self, deployment: str) -> None:
        async with self.database.writing(self.workspace_id) as tx:
            await self.establish(tx, deployment)
            raise Crash

    async def die_while_connecting(self, deployment: str) -> None:
        async with self.database.writing(self.workspace_id) as tx:
            await self.establish(tx, deployment)
            await tx.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    async def die_while_reactivating(self, number: int) -> None:
        id = await self.one_of_them(number)
        async with self.database.writing(self.workspace_id) as tx:
            await actions.reactivate(tx, self.actor, id, overage=True)
            await tx.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    async def one_of_them(self, number: int) -> UUID:
        connections = await self.connections()
        if not connections:
            raise Crash
        return connections[number % len(connections)].id

    async def connections(self) -> list[Connection]:
        async with self.database.reading(self.workspace_id) as tx:
            return await store.CONNECTIONS.where(tx, "true ORDER BY id")

    async def ledger(self) -> tuple[Pool, list[Entry], dict[UUID, int]]:
        async with self.database.reading(self.workspace_id) as tx:
            held = {one.connection_id: one.credits for one in await workspaces.holders(tx)}
            entries = await workspaces.entries(tx, 10_000)
            return await workspaces.pool(tx), sorted(entries, key=lambda one: one.id), held


def lowest_balance(entries: list[Entry], account: str) -> int:
    """Walk the ledger in order and return how low the account ever was."""
    balance, lowest = 0, 0
    for one in entries:
        balance += one.amount * ((one.to_account == account) - (one.from_account == account))
        lowest = min(lowest, balance)
    return lowest


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rounds=ROUNDS)
async def test_the_pool_is_its_ledger_and_never_below_zero(
    database: Database, rounds: list[list[tuple[str, Any]]]
) -> None:
    workspace_id = uuid4()
    async with database.as_system("tests") as tx:
        await workspaces.add_workspace(tx, workspace_id, "Bank", "paid", ["hub"])
    bank = Bank(database, workspace_id)
    for deeds in rounds:
        await bank.all_at_once(deeds)
        pool, entries, held = await bank.ledger()
        connections = await bank.connections()
        assert pool.granted == bank.granted
        assert pool.available == max(0, pool.granted - pool.used)
        assert pool.overage == max(0, pool.used - pool.granted)
        assert held == {one.id: one.credits for one in connections if one.credits}
        assert pool.used == sum(one.credits for one in connections)
        assert all(one.live == bool(one.credits) for one in connections)
        assert lowest_balance(entries, "available") == lowest_balance(entries, "used") == 0


async def test_granting_settles_overage_first(database: Database, cast: Cast) -> None:
    bank = Bank(database, cast.alice.workspace_id)
    await bank.connect("on_premises")
    await bank.go_over(0)
    over, _, _ = await bank.ledger()
    await bank.grant(3)
    settled, entries, _ = await bank.ledger()
    assert over == Pool(available=0, used=2, granted=0, overage=2)
    assert settled == Pool(available=1, used=2, granted=3, overage=0)
    assert [(one.kind, one.from_account, one.to_account, one.amount) for one in entries] == [
        ("overage", "overage", "used", 2),
        ("grant", "issued", "overage", 2),
        ("grant", "issued", "available", 1),
    ]


async def test_what_returns_pays_overage_back_before_it_fills_the_pool(
    database: Database, cast: Cast
) -> None:
    bank = Bank(database, cast.alice.workspace_id)
    await bank.grant(2)
    await bank.connect("on_premises")
    await bank.connect("cloud")
    await bank.go_over(1)
    await bank.disconnect(0)
    pool, entries, _ = await bank.ledger()
    assert pool == Pool(available=1, used=1, granted=2, overage=0)
    assert [(one.kind, one.to_account, one.amount) for one in entries[-2:]] == [
        ("release", "overage", 1),
        ("release", "available", 1),
    ]


async def test_what_customer_a_frees_customer_b_uses_at_once(
    database: Database, cast: Cast
) -> None:
    bank = Bank(database, cast.alice.workspace_id)
    await bank.grant(1)
    await bank.connect("cloud")
    await bank.disconnect(0)
    await bank.connect("cloud")
    assert [one.status for one in await bank.connections()] == ["disconnected", "synchronizing"]


async def low_events(database: Database, workspace_id: UUID) -> int:
    async with database.reading(workspace_id) as tx:
        found: int = await tx.fetchval(
            "SELECT count(*) FROM webhook_events WHERE type = 'credits.low'"
        )
        return found


async def test_a_pool_that_becomes_low_is_told_once_until_it_rose(
    database: Database, cast: Cast
) -> None:
    bank = Bank(database, cast.alice.workspace_id)
    await bank.grant(10)
    told = []
    for deployment in ("on_premises",) * 4 + ("cloud",):
        await bank.connect(deployment)
        told.append(await low_events(database, bank.workspace_id))
    await bank.disconnect(0)
    await bank.connect("cloud")
    told.append(await low_events(database, bank.workspace_id))
    assert told == [0, 0, 0, 1, 1, 2]


async def test_a_workspace_chooses_when_its_pool_is_low(database: Database, cast: Cast) -> None:
    bank = Bank(database, cast.alice.workspace_id)
    await bank.grant(10)
    async with database.writing(bank.workspace_id) as tx:
        await workspaces.set_credit_level(tx, 9)
    await bank.connect("cloud")
    assert await low_events(database, bank.workspace_id) == 1


async def test_a_grant_in_the_operators_own_transaction_counts_only_its_workspace(
    database: Database, cast: Cast
) -> None:
    ours, theirs = (
        Bank(database, cast.alice.workspace_id),
        Bank(database, cast.mallory.workspace_id),
    )
    await theirs.connect("cloud")
    await theirs.go_over(0)
    async with database.as_system("tests") as tx:
        await credits.grant(tx.inside(ours.workspace_id), 3, "tests")
    assert (await ours.ledger())[0] == Pool(available=3, used=0, granted=3, overage=0)
    assert (await theirs.ledger())[0] == Pool(available=0, used=1, granted=0, overage=1)
