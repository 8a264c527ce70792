"""When a message that was not accepted is tried again, and when no more."""

from datetime import timedelta

import pytest

from drawbar.audit.model import drawbar
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.webhooks import messages
from drawbar.webhooks.delivery import deliver_once
from tests.support.cast import Cast
from tests.support.clock import FakeClock
from tests.support.hooks import Inbox, attempts_of, only_message, publish, subscribe

DAY_S = 86_400.0
# 30 s doubling, summed up, and the last try a day after the first (hub.md §8).
TRIES_AT_S = [30.0 * (2**n - 1) for n in range(12)] + [DAY_S]


async def try_until_it_ends(
    database: Database,
    http: OutgoingHttp,
    vault: Vault,
    clock: FakeClock,
    cast: Cast,
    jitter: float,
) -> list[float]:
    """Go to each due time, and a moment before it; return when tries came, from the first on."""
    first_at, tried_at = clock.now, []
    while (due_at := (await only_message(database, cast.alice)).next_attempt_at) is not None:
        clock.now = due_at - timedelta(microseconds=1)
        assert await deliver_once(database, http, vault, random=lambda: jitter) == 0
        clock.now = due_at
        assert await deliver_once(database, http, vault, random=lambda: jitter) == 1
        tried_at.append((clock.now - first_at).total_seconds())
    return tried_at


async def test_a_receiver_that_is_down_is_tried_on_the_promised_second_until_a_day_is_over(
    database: Database, http: OutgoingHttp, vault: Vault, clock: FakeClock, cast: Cast, inbox: Inbox
) -> None:
    await subscribe(database, vault, cast.alice, inbox.url)
    inbox.status = 503
    await publish(database, cast.alice)
    tried_at = await try_until_it_ends(database, http, vault, clock, cast, jitter=0)
    message = await only_message(database, cast.alice)
    assert tried_at == TRIES_AT_S
    assert len(tried_at) == 13
    assert (message.status, message.last_error) == ("failed", "The receiver answered 503.")
    assert (message.attempt_count, message.finished_at) == (13, clock.now)
    assert [a.number for a in await attempts_of(database, cast.alice, message)] == [*range(1, 14)]


async def test_jitter_makes_a_wait_longer_by_a_tenth_at_most_and_never_shorter(
    database: Database, http: OutgoingHttp, vault: Vault, clock: FakeClock, cast: Cast, inbox: Inbox
) -> None:
    await subscribe(database, vault, cast.alice, inbox.url)
    inbox.status = 500
    await publish(database, cast.alice)
    tried_at = await try_until_it_ends(database, http, vault, clock, cast, jitter=0.999)
    ratios = [late / exact for late, exact in zip(tried_at[1:12], TRIES_AT_S[1:12], strict=True)]
    assert all(1.09 < ratio <= 1.1 for ratio in ratios)
    assert tried_at[-1] == DAY_S


async def test_a_retry_by_hand_sends_the_same_id_and_bytes(
    database: Database, http: OutgoingHttp, vault: Vault, clock: FakeClock, cast: Cast, inbox: Inbox
) -> None:
    await subscribe(database, vault, cast.alice, inbox.url)
    inbox.status = 500
    (id,) = await publish(database, cast.alice)
    await try_until_it_ends(database, http, vault, clock, cast, jitter=0)
    inbox.status = 204
    failed = await only_message(database, cast.alice)
    clock.forward(days=3)
    async with database.writing(cast.alice.workspace_id) as tx:
        actor = drawbar(cast.alice.workspace_id, "tests")
        await messages.retry(tx, actor, None, failed.id)
    assert await deliver_once(database, http, vault) == 1
    delivered = await only_message(database, cast.alice)
    assert (delivered.status, delivered.generation, delivered.attempt_count) == ("delivered", 2, 1)
    assert set(inbox.ids()) == {id}
    assert len({body for _, body in inbox.received}) == 1
    assert len(inbox.received) == 14


async def test_a_receiver_that_is_gone_to_the_last_is_disabled(
    database: Database, http: OutgoingHttp, vault: Vault, clock: FakeClock, cast: Cast, inbox: Inbox
) -> None:
    endpoint, _ = await subscribe(database, vault, cast.alice, inbox.url)
    inbox.status = 410
    await publish(database, cast.alice)
    await try_until_it_ends(database, http, vault, clock, cast, jitter=0)
    async with database.reading(cast.alice.workspace_id) as tx:
        enabled = await tx.fetchval(
            "SELECT enabled FROM webhook_endpoints WHERE id = $1", endpoint.id
        )
    assert len(inbox.received) == 13
    assert enabled is False


@pytest.mark.parametrize(("asked", "waited_s"), [("100", 100.0), ("7", 30.0), ("999999", DAY_S)])
async def test_retry_after_is_honoured_within_the_day(
    database: Database,
    http: OutgoingHttp,
    vault: Vault,
    clock: FakeClock,
    cast: Cast,
    inbox: Inbox,
    asked: str,
    waited_s: float,
) -> None:
    await subscribe(database, vault, cast.alice, inbox.url)
    inbox.status, inbox.headers = 429, {"Retry-After": asked}
    await publish(database, cast.alice)
    await deliver_once(database, http, vault, random=lambda: 0.0)
    message = await only_message(database, cast.alice)
    assert message.next_attempt_at == clock.now + timedelta(seconds=waited_s)
