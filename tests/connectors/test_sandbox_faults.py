"""What goes wrong in the sandbox: requests it does not understand, and its switches."""

from datetime import timedelta

import pytest

from drawbar.connectors.sdk.errors import (
    CredentialsRejected,
    PermissionMissing,
    RateLimited,
    SourceError,
    SourceUnavailable,
)
from tests.connectors.sandbox_world import DEMO, World


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/unicorns", {}, 404),
        ("/orders", {"size": "0"}, 400),
        ("/orders", {"size": "x"}, 400),
        ("/orders", {"after": "nonsense"}, 400),
        ("/orders", {"changed_since": "yesterday"}, 400),
        ("/orders", {"colour": "red"}, 400),
    ],
)
async def test_what_the_sandbox_does_not_understand_it_refuses(
    world: World, path: str, query: dict[str, str], status: int
) -> None:
    with pytest.raises(SourceError) as refusal:
        await world.http().get(path, query)
    assert refusal.value.status == status


async def test_a_cursor_of_another_list_is_refused(world: World) -> None:
    checkpoint = (await world.pages("purchase_orders"))[0].checkpoint
    assert checkpoint
    with pytest.raises(SourceError, match="after belongs to another list"):
        await world.pages("stocks", checkpoint=checkpoint)


async def test_an_outage_is_a_refused_connection(world: World) -> None:
    with pytest.raises(SourceUnavailable, match="could not be connected to"):
        await world.pages("assets", http=world.http(outage=True))


async def test_a_delay_is_waited_for_and_a_long_one_is_too_long(world: World) -> None:
    await world.pages("sites", http=world.http(delay_ms=1500))
    with pytest.raises(SourceUnavailable, match="did not answer completely within 30 s"):
        await world.pages("sites", http=world.http(delay_ms=31_000))
    assert world.slept == [1.5, 30.0]


async def test_a_share_of_requests_fails(world: World) -> None:
    http = world.http(error_rate=0.3)
    failed = 0
    for _ in range(200):
        try:
            await http.get("/me")
        except SourceUnavailable as error:
            failed += error.status == 500
    assert 40 < failed < 80


async def test_too_many_requests_are_told_when_to_come_back(world: World) -> None:
    http = world.http(rate_limit_per_minute=3)
    for _ in range(3):
        await http.get("/me")
    with pytest.raises(RateLimited) as refusal:
        await http.get("/me")
    elsewhere = world.http({**DEMO, "user": "other"}, rate_limit_per_minute=3)
    await elsewhere.get("/me")
    world.now += refusal.value.retry_after or timedelta()
    await http.get("/me")
    assert refusal.value.retry_after == timedelta(seconds=4)


async def test_expired_credentials_are_refused(world: World) -> None:
    with pytest.raises(CredentialsRejected, match="the password has expired"):
        await world.pages("assets", http=world.http(credentials_expired=True))


async def test_denied_entities_are_refused_and_the_others_read(world: World) -> None:
    http = world.http(denied_entities=["purchase_orders"])
    with pytest.raises(PermissionMissing):
        await world.pages("purchase_orders", http=http)
    assert await world.rows("assets", http=http)
    assert not (await world.connector.check(http)).permissions["purchase_orders"]


async def test_switches_that_cannot_be_read_are_no_switches(world: World) -> None:
    assert await world.rows("sites", http=world.http(delay_ms="soon"))
