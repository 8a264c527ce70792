"""Claims: what a killed deliverer held, two at once, and how places are shared."""

import asyncio
from collections import Counter
from uuid import uuid4

from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.webhooks import delivery_store
from drawbar.webhooks.delivery import LIMITS, Limits, deliver_once, share
from drawbar.webhooks.delivery_store import Lane, Parcel, Result, Try
from drawbar.webhooks.model import Endpoint
from drawbar.webhooks.verdict import UNKNOWN
from tests.support.cast import Cast
from tests.support.clock import FakeClock
from tests.support.hooks import Inbox, attempts_of, only_message, publish, subscribe


async def claim_and_die(database: Database, endpoint: Endpoint) -> list[Parcel]:
    """Take what is due, as a deliverer does that is killed before it sends."""
    async with database.as_system("tests") as tx:
        return await delivery_store.claim(tx, {endpoint.id: 16}, LIMITS.lease, uuid4())


async def test_what_a_killed_deliverer_held_is_due_again_when_its_lease_ends(
    database: Database, http: OutgoingHttp, vault: Vault, clock: FakeClock, cast: Cast, inbox: Inbox
) -> None:
    endpoint, _ = await subscribe(database, vault, cast.alice, inbox.url)
    await publish(database, cast.alice)
    await claim_and_die(database, endpoint)
    clock.forward(seconds=19.9)
    assert await deliver_once(database, http, vault) == 0
    clock.forward(seconds=0.1)
    assert await deliver_once(database, http, vault) == 1
    assert (await only_message(database, cast.alice)).attempt_count == 2


async def test_a_result_that_comes_after_its_lease_changes_nothing_and_is_noted_as_late(
    database: Database, http: OutgoingHttp, vault: Vault, clock: FakeClock, cast: Cast, inbox: Inbox
) -> None:
    endpoint, _ = await subscribe(database, vault, cast.alice, inbox.url)
    await publish(database, cast.alice)
    (parcel,) = await claim_and_die(database, endpoint)
    clock.forward(seconds=20)
    await deliver_once(database, http, vault)
    late = Result(id=uuid4(), claim=parcel.claim, made=Try(9, error="No."), status="failed")
    async with database.as_system("tests") as tx:
        await delivery_store.settle(tx, [late])
    message = await only_message(database, cast.alice)
    attempts = await attempts_of(database, cast.alice, message)
    assert message.status == "delivered"
    assert [(a.number, a.late) for a in attempts] == [(1, True), (2, False)]


async def test_a_message_that_kills_every_deliverer_is_given_up(
    database: Database, http: OutgoingHttp, vault: Vault, clock: FakeClock, cast: Cast, inbox: Inbox
) -> None:
    endpoint, _ = await subscribe(database, vault, cast.alice, inbox.url)
    await publish(database, cast.alice)
    for _ in range(13):
        await claim_and_die(database, endpoint)
        clock.forward(seconds=20)
    await deliver_once(database, http, vault)
    message = await only_message(database, cast.alice)
    assert (message.status, message.last_error) == ("failed", UNKNOWN)
    assert inbox.received == []


async def test_two_deliverers_share_the_work_without_sending_anything_twice(
    database: Database, http: OutgoingHttp, vault: Vault, cast: Cast, inbox: Inbox
) -> None:
    await subscribe(database, vault, cast.alice, inbox.url)
    ids = await publish(database, cast.alice, count=40)
    many = Limits(per_endpoint=25)
    made = await asyncio.gather(
        deliver_once(database, http, vault, limits=many),
        deliver_once(database, http, vault, limits=many),
    )
    left = await deliver_once(database, http, vault, limits=many)
    assert sum(made) + left == 40
    assert sorted(inbox.ids()) == sorted(ids)


async def test_a_deliverer_does_not_wait_for_what_another_is_claiming(
    database: Database, http: OutgoingHttp, vault: Vault, cast: Cast, inbox: Inbox
) -> None:
    endpoint, _ = await subscribe(database, vault, cast.alice, inbox.url)
    await publish(database, cast.alice, count=20)
    async with asyncio.timeout(10), database.as_system("tests") as tx:
        held = await delivery_store.claim(tx, {endpoint.id: 15}, LIMITS.lease, uuid4())
        assert await deliver_once(database, http, vault) == 5
    assert len(held) == 15


async def test_one_step_takes_no_more_of_an_endpoint_than_its_limit(
    database: Database, http: OutgoingHttp, vault: Vault, cast: Cast, inbox: Inbox
) -> None:
    await subscribe(database, vault, cast.alice, inbox.url)
    await publish(database, cast.alice, count=20)
    assert await deliver_once(database, http, vault) == 16
    assert await deliver_once(database, http, vault) == 4


def test_free_places_go_to_the_lanes_with_the_least_under_way() -> None:
    busy, idle = Lane(uuid4(), is_open=True), Lane(uuid4(), is_open=True)
    in_flight = Counter({busy.endpoint_id: 15})
    assert share([busy, idle], in_flight, per_endpoint=16, free=3) == {
        idle.endpoint_id: 1,
        busy.endpoint_id: 1,
    }
    assert share([busy, idle], in_flight, per_endpoint=16, free=1) == {idle.endpoint_id: 1}
    assert share([busy], Counter({busy.endpoint_id: 16}), per_endpoint=16, free=100) == {}
