"""Who is told of what: once, in time, and nobody else."""

import asyncio
from uuid import UUID

import pytest

from drawbar.alerts.gathering import gather
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, open_database
from drawbar.webhooks import outbox
from tests.alerts.post import Post
from tests.dashboard.browser import a_connection
from tests.support.cast import Cast, Person
from tests.support.clock import FakeClock
from tests.support.database import TestServer
from tests.support.hooks import subscribe


@pytest.fixture
async def post(database: Database, vault: Vault, clock: FakeClock, cast: Cast) -> Post:
    opened = Post(database, vault, clock, cast)
    await opened.look()
    return opened


async def a_plant(post: Post, person: Person, name: str = "Leeds plant") -> UUID:
    return await a_connection(post.database, person.workspace_id, name)


async def test_a_needed_log_in_is_told_to_the_owner_at_once_and_once(post: Post) -> None:
    plant = await a_plant(post, post.cast.alice)
    await post.happens(post.cast.alice, "connection.auth_required", plant, message="Refused.")

    (letter,) = await post.look()

    assert letter.to == post.cast.alice.email
    assert letter.subject == "[Drawbar] Northern Rail Depot: Leeds plant needs a new log-in"
    assert f"http://drawbar.test/hub/connections/{plant}" in letter.text
    assert "Refused." in letter.text
    assert "http://drawbar.test/alerts/unsubscribe/" in letter.text
    assert await post.look() == []


async def test_nothing_is_sent_when_nothing_happened(post: Post) -> None:
    await post.choose(post.cast.alice, "digest", digest_every="hour")
    post.clock.forward(hours=50)

    assert await post.look() == []


async def test_another_workspace_hears_nothing(post: Post) -> None:
    plant = await a_plant(post, post.cast.mallory, "Mallory's plant")
    await post.choose(post.cast.alice, "at_once")

    await post.happens(post.cast.mallory, "connection.auth_required", plant, message="No.")

    assert {one.to for one in await post.look()} == {post.cast.mallory.email}


async def test_a_flood_of_failures_is_one_letter(post: Post, vault: Vault) -> None:
    await post.choose(post.cast.alice, "at_once")
    endpoint, _ = await subscribe(
        post.database, vault, post.cast.alice, "https://hooks.test/x", ["assets.updated"]
    )
    for number in range(500):
        await post.happens(post.cast.alice, "assets.updated", number=number)
    await fail_all(post, endpoint.id)

    (letter,) = await post.look()

    assert letter.subject.endswith("Webhook messages to hooks.test failed")
    assert "did not take 500 messages" in letter.text
    assert "No answer from it" in letter.text


async def fail_all(post: Post, endpoint_id: UUID) -> None:
    async with post.database.as_system("tests") as tx:
        await tx.execute(
            "UPDATE webhook_deliveries SET status = 'failed', finished_at = $2, "
            "last_error = 'No answer from it.' WHERE endpoint_id = $1 AND status = 'pending'",
            endpoint_id,
            tx.now,
        )


async def test_the_same_thing_is_told_again_after_a_quarter_of_an_hour_and_not_lost(
    post: Post,
) -> None:
    plant = await a_plant(post, post.cast.alice)
    await post.happens(post.cast.alice, "connection.auth_required", plant, message="First.")
    assert len(await post.look()) == 1
    await post.happens(post.cast.alice, "connection.auth_required", plant, message="Second.")
    assert await post.look() == []

    post.clock.forward(minutes=15)
    (letter,) = await post.look()

    assert "Second." in letter.text


async def test_one_letter_tells_of_different_things(post: Post) -> None:
    await post.choose(post.cast.alice, "at_once")
    leeds, porto = [await a_plant(post, post.cast.alice, name) for name in ("Leeds", "Porto")]
    await post.happens(post.cast.alice, "connection.auth_required", leeds, message="a")
    await post.happens(post.cast.alice, "connection.auth_required", porto, message="b")
    await post.happens(post.cast.alice, "credits.low", available=1, granted=20)

    (letter,) = await post.look()

    assert letter.subject.endswith("and 2 more")
    assert "Leeds needs" in letter.text
    assert "Porto needs" in letter.text
    assert "1 left of 20" in letter.text


async def test_failing_syncs_are_told_at_the_third_in_a_row_and_never_for_each(post: Post) -> None:
    await post.choose(post.cast.alice, "at_once")
    plant = await a_plant(post, post.cast.alice)
    await post.run(post.cast.alice, plant)
    await post.run(post.cast.alice, plant)
    assert await post.look() == []

    await post.run(post.cast.alice, plant)
    (letter,) = await post.look()
    for _ in range(4):
        post.clock.forward(minutes=20)
        await post.run(post.cast.alice, plant)

    assert letter.subject.endswith("Leeds plant cannot be read")
    assert [one for one in await post.look() if one.to == post.cast.alice.email] == []


async def test_a_success_between_failures_begins_the_count_anew(post: Post) -> None:
    await post.choose(post.cast.alice, "at_once")
    plant = await a_plant(post, post.cast.alice)
    for status in ("failed", "failed", "completed", "failed", "failed"):
        await post.run(post.cast.alice, plant, status)

    assert await post.look() == []


async def test_a_recovery_is_told_after_a_trouble_and_only_then(post: Post) -> None:
    await post.choose(post.cast.alice, "at_once")
    plant = await a_plant(post, post.cast.alice)
    online = {"status": "active", "health": "online"}
    await post.happens(post.cast.alice, "connection.status_changed", plant, **online)
    assert await post.look() == []
    await post.happens(post.cast.alice, "connection.auth_required", plant, message="No.")
    await post.look()

    await post.happens(post.cast.alice, "connection.status_changed", plant, **online)
    (letter,) = await post.look()
    await post.happens(post.cast.alice, "connection.status_changed", plant, **online)

    assert letter.subject.endswith("Leeds plant works again")
    assert await post.look() == []


async def test_viewers_and_who_left_get_none(post: Post) -> None:
    bob, carol = post.cast.bob, post.cast.carol
    await post.choose(bob, "at_once")
    plant = await a_plant(post, bob)
    async with post.database.as_system("tests") as tx:
        await tx.execute(
            "DELETE FROM memberships WHERE user_id = $1 AND workspace_id = $2",
            bob.id,
            bob.workspace_id,
        )
    await post.happens(bob, "connection.auth_required", plant, message="No.")

    told = {one.to for one in await post.look()}

    assert told == {post.cast.alice.email}
    assert carol.email not in told


async def test_who_has_no_role_in_the_hub_gets_none(post: Post) -> None:
    alice = post.cast.alice
    plant = await a_plant(post, alice)
    async with post.database.as_system("tests") as tx:
        await tx.execute("UPDATE memberships SET hub_role = NULL WHERE user_id = $1", alice.id)
    await post.happens(alice, "connection.auth_required", plant, message="No.")

    assert await post.look() == []


async def test_what_happened_before_a_choice_is_not_told_by_it(post: Post) -> None:
    plant = await a_plant(post, post.cast.carol)
    await post.happens(post.cast.carol, "connection.auth_required", plant, message="Old.")
    post.clock.forward(seconds=5)

    await post.choose(post.cast.carol, "at_once")

    assert {one.to for one in await post.look()} == {post.cast.alice.email}


async def test_a_daily_digest_comes_at_the_hour_of_ones_own_zone(post: Post) -> None:
    await post.choose(post.cast.bob, "digest", digest_hour=7, time_zone="America/New_York")
    plant = await a_plant(post, post.cast.bob)
    await post.look()
    await post.happens(post.cast.bob, "connection.auth_required", plant, message="No.")
    await post.happens(post.cast.bob, "credits.low", available=1, granted=20)
    post.clock.now = post.clock.now.replace(hour=11, minute=58, second=0)
    before = [one for one in await post.look() if one.to == post.cast.bob.email]

    post.clock.now = post.clock.now.replace(hour=12, minute=0, second=1)
    after = [one for one in await post.look() if one.to == post.cast.bob.email]
    later = [one for one in await post.look() if one.to == post.cast.bob.email]

    assert (before, later) == ([], [])
    assert [one.subject for one in after] == ["[Drawbar] Northern Rail Depot: 2 things to know"]


async def test_two_workers_tell_it_once(post: Post, server: TestServer, clock: FakeClock) -> None:
    plant = await a_plant(post, post.cast.alice)
    await post.happens(post.cast.alice, "connection.auth_required", plant, message="No.")
    clock.forward(seconds=30)

    async with open_database(server.app_url, size=3, clock=clock) as other:
        both = (gather(one, post.vault, post.settings) for one in (post.database, other))
        await asyncio.gather(*both)

    assert len(await post.letters()) == 1


async def test_an_event_that_commits_late_is_told_all_the_same(post: Post) -> None:
    plant = await a_plant(post, post.cast.alice)
    async with post.database.writing(post.cast.alice.workspace_id) as tx:
        facts = {"message": "Late."}
        await outbox.publish(tx, "connection.auth_required", facts, connection_id=plant)
        post.clock.forward(seconds=40)
        await post.happens(post.cast.alice, "credits.low", available=1, granted=20)
        early = await post.look()
        post.clock.forward(minutes=5)

    late = await post.look()

    assert early == []
    assert ["Late." in one.text for one in late] == [True]


async def test_a_look_that_dies_half_way_tells_nothing_twice_and_loses_nothing(
    post: Post,
) -> None:
    plant = await a_plant(post, post.cast.alice)
    await post.happens(post.cast.alice, "connection.auth_required", plant, message="No.")
    post.clock.forward(seconds=30)
    sealing = _Dying(bytes(range(32)))
    with pytest.raises(RuntimeError):
        await gather(post.database, sealing, post.settings)
    assert await post.letters() == []

    assert len(await post.look()) == 1
    assert await post.look() == []


class _Dying(Vault):
    """A vault whose process ends when it has sealed the letter."""

    def seal(self, plaintext: bytes, *, context: bytes) -> bytes:
        super().seal(plaintext, context=context)
        raise RuntimeError("killed")
