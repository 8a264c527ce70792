"""Messages and events over HTTP: the failed list, retries, the pull feed."""

from typing import Any
from uuid import uuid4

from litestar.testing import AsyncTestClient

from drawbar.kit import json
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.webhooks import outbox
from drawbar.webhooks.delivery import deliver_once
from tests.support.cast import Cast, Person
from tests.support.clock import FakeClock
from tests.support.hooks import (
    Inbox,
    admin_token,
    bearer,
    connection_token,
    messages_of,
    publish,
    subscribe,
)

MESSAGES = "/admin/v1/webhook-messages"
EVENTS = "/admin/v1/events"


async def fail_all(database: Database, person: Person) -> None:
    """Give up on everything, as after a day of tries."""
    async with database.writing(person.workspace_id) as tx:
        await tx.execute(
            "UPDATE webhook_deliveries SET status = 'failed', due_at = NULL, finished_at = $1",
            tx.now,
        )


async def test_the_failed_list_leads_to_the_attempts_and_to_a_retry(
    api: AsyncTestClient[Any],
    database: Database,
    vault: Vault,
    http: OutgoingHttp,
    cast: Cast,
    inbox: Inbox,
) -> None:
    headers = bearer(await admin_token(database, cast.alice))
    await subscribe(database, vault, cast.alice, inbox.url)
    inbox.status = 500
    (id,) = await publish(database, cast.alice)
    await deliver_once(database, http, vault)
    await fail_all(database, cast.alice)
    failed = await api.get(MESSAGES, params={"status": "failed"}, headers=headers)
    (row,) = failed.json()["data"]
    one = (await api.get(f"{MESSAGES}/{row['id']}", headers=headers)).json()
    retried = await api.post(f"{MESSAGES}/{row['id']}/retry", headers=headers)
    again = await api.post(f"{MESSAGES}/{row['id']}/retry", headers=headers)
    inbox.status = 200
    await deliver_once(database, http, vault)
    assert (row["webhook_id"], row["last_status"], row["url"]) == (id, 500, inbox.url)
    assert [(a["number"], a["status"]) for a in one["attempts"]] == [(1, 500)]
    assert one["payload"] == json.decode(inbox.received[0][1])
    assert (retried.status_code, retried.json()["status"]) == (202, "pending")
    assert (again.status_code, again.json()["generation"]) == (202, 2)
    assert inbox.ids() == [id, id]
    assert (await api.get(MESSAGES, params={"status": "failed"}, headers=headers)).json()[
        "data"
    ] == []


async def test_a_message_that_waits_for_its_next_try_can_be_tried_ahead_of_time(
    api: AsyncTestClient[Any],
    database: Database,
    vault: Vault,
    http: OutgoingHttp,
    cast: Cast,
    inbox: Inbox,
) -> None:
    headers = bearer(await admin_token(database, cast.alice))
    await subscribe(database, vault, cast.alice, inbox.url)
    inbox.status = 500
    (id,) = await publish(database, cast.alice)
    await deliver_once(database, http, vault)
    (waiting,) = await messages_of(database, cast.alice)
    inbox.status = 200
    too_early = await deliver_once(database, http, vault)
    hastened = await api.post(f"{MESSAGES}/{waiting.id}/retry", headers=headers)
    await deliver_once(database, http, vault)
    one = (await api.get(f"{MESSAGES}/{waiting.id}", headers=headers)).json()
    assert (too_early, hastened.status_code, hastened.json()["status"]) == (0, 202, "pending")
    assert (one["status"], one["generation"], one["attempt_count"]) == ("delivered", 1, 2)
    assert inbox.ids() == [id, id]


async def test_all_that_failed_since_a_time_is_retried_but_not_at_disabled_endpoints(
    api: AsyncTestClient[Any], database: Database, vault: Vault, clock: FakeClock, cast: Cast
) -> None:
    headers = bearer(await admin_token(database, cast.alice))
    await subscribe(database, vault, cast.alice, "http://127.0.0.1:4/", ["a.old", "a.new"])
    off, _ = await subscribe(database, vault, cast.alice, "http://127.0.0.1:4/", ["a.off"])
    await subscribe(database, vault, cast.mallory, "http://127.0.0.1:4/")
    await publish(database, cast.alice, type="a.old")
    await fail_all(database, cast.alice)
    since = clock.forward(seconds=1)
    await publish(database, cast.alice, type="a.new")
    await publish(database, cast.alice, type="a.off")
    await publish(database, cast.mallory)
    async with database.writing(cast.alice.workspace_id) as tx:
        await tx.execute(
            "UPDATE webhook_deliveries SET status = 'failed', due_at = NULL, finished_at = $1 "
            "WHERE status = 'pending'",
            tx.now,
        )
        await tx.execute("UPDATE webhook_endpoints SET enabled = false WHERE id = $1", off.id)
    await fail_all(database, cast.mallory)
    answer = await api.post(f"{MESSAGES}/retry", json={"since": since.isoformat()}, headers=headers)
    assert answer.json() == {"retried": 1}
    states = {m.type: m.status for m in await messages_of(database, cast.alice)}
    assert states == {"a.old": "failed", "a.new": "pending", "a.off": "failed"}
    assert {m.status for m in await messages_of(database, cast.mallory)} == {"failed"}


async def test_a_message_at_a_disabled_endpoint_is_not_retried(
    api: AsyncTestClient[Any], database: Database, vault: Vault, cast: Cast
) -> None:
    headers = bearer(await admin_token(database, cast.alice))
    endpoint, _ = await subscribe(database, vault, cast.alice, "http://127.0.0.1:4/")
    await publish(database, cast.alice)
    address = f"/admin/v1/webhook-endpoints/{endpoint.id}"
    await api.patch(address, json={"enabled": False}, headers=headers)
    (message,) = await messages_of(database, cast.alice)
    answer = await api.post(f"{MESSAGES}/{message.id}/retry", headers=headers)
    assert answer.status_code == 409
    assert "Enable it first" in answer.json()["detail"]


async def test_another_workspace_sees_no_message_and_no_event(
    api: AsyncTestClient[Any], database: Database, vault: Vault, clock: FakeClock, cast: Cast
) -> None:
    theirs = bearer(await admin_token(database, cast.mallory))
    await subscribe(database, vault, cast.alice, "http://127.0.0.1:4/")
    await publish(database, cast.alice)
    clock.forward(seconds=1)
    (message,) = await messages_of(database, cast.alice)
    assert (await api.get(MESSAGES, headers=theirs)).json()["data"] == []
    assert (await api.get(EVENTS, headers=theirs)).json()["data"] == []
    assert (await api.get(f"{MESSAGES}/{message.id}", headers=theirs)).status_code == 404
    assert (await api.post(f"{MESSAGES}/{message.id}/retry", headers=theirs)).status_code == 404


async def test_the_feed_gives_every_event_once_page_by_page(
    api: AsyncTestClient[Any], database: Database, clock: FakeClock, cast: Cast
) -> None:
    headers = bearer(await admin_token(database, cast.alice))
    ids = await publish(database, cast.alice, count=5)
    clock.forward(seconds=1)
    first = (await api.get(EVENTS, params={"limit": "3"}, headers=headers)).json()
    rest = (
        await api.get(
            EVENTS, params={"limit": "3", "cursor": first["next_cursor"]}, headers=headers
        )
    ).json()
    clock.forward(seconds=1)
    (later,) = await publish(database, cast.alice)
    clock.forward(seconds=1)
    since = {"created_after": first["as_of"]}
    news = (await api.get(EVENTS, params=since, headers=headers)).json()
    assert [event["id"] for event in first["data"] + rest["data"]] == ids
    assert rest["next_cursor"] is None
    assert [event["id"] for event in news["data"]] == [later]


async def test_the_feed_waits_for_a_writer_that_has_not_committed(
    api: AsyncTestClient[Any], database: Database, clock: FakeClock, cast: Cast
) -> None:
    headers = bearer(await admin_token(database, cast.alice))
    async with database.writing(cast.alice.workspace_id) as slow:
        await outbox.publish(slow, "a.slow", {})
        clock.forward(seconds=1)
        await publish(database, cast.alice, type="a.fast")
        during = (await api.get(EVENTS, headers=headers)).json()
    clock.forward(seconds=1)
    since = {"created_after": during["as_of"]}
    after = (await api.get(EVENTS, params=since, headers=headers)).json()
    seen = [event["type"] for event in during["data"] + after["data"]]
    assert during["data"] == []
    assert seen == ["a.slow", "a.fast"]


async def test_each_door_shows_its_own_events(
    api: AsyncTestClient[Any], database: Database, clock: FakeClock, cast: Cast
) -> None:
    ours = uuid4()
    hub = bearer(await admin_token(database, cast.alice))
    one = bearer(await connection_token(database, cast.alice, ours))
    await publish(database, cast.alice, type="sync.completed", connection_id=ours)
    await publish(database, cast.alice, type="sync.completed", connection_id=uuid4())
    await publish(database, cast.alice, type="assettracs.assets.updated")
    clock.forward(seconds=1)
    platform = await api.get("/assettracs/api/v1/events", headers=bearer(cast.carol.read_key))
    of_hub = await api.get(EVENTS, headers=hub)
    of_one = await api.get("/api/v1/events", headers=one)
    assert [e["type"] for e in platform.json()["data"]] == ["assettracs.assets.updated"]
    assert [e["type"] for e in of_hub.json()["data"]] == ["sync.completed"] * 2
    assert [e["connection_id"] for e in of_one.json()["data"]] == [str(ours)]
    assert platform.json()["data"][0]["timestamp"] == "2026-11-23T06:00:00.000000Z"


async def test_a_star_of_the_hub_does_not_get_the_platforms_events(
    database: Database, vault: Vault, cast: Cast
) -> None:
    await subscribe(database, vault, cast.alice, "http://127.0.0.1:4/", ["*"])
    await subscribe(database, vault, cast.alice, "http://127.0.0.1:5/", ["assettracs.*"])
    await publish(database, cast.alice, type="assettracs.assets.updated")
    await publish(database, cast.alice, type="assets.updated")
    sent = [(m.type, m.url) for m in await messages_of(database, cast.alice)]
    assert sent == [
        ("assettracs.assets.updated", "http://127.0.0.1:5/"),
        ("assets.updated", "http://127.0.0.1:4/"),
    ]
