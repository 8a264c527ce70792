"""Delivery step by step on a held clock: signatures, answers, endpoints that are off."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from standardwebhooks import Webhook

from drawbar.audit.model import drawbar
from drawbar.kit import json
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.webhooks import endpoints
from drawbar.webhooks.delivery import deliver_once
from drawbar.webhooks.endpoints import DISABLED, REMOVED
from tests.support.cast import Cast
from tests.support.clock import FakeClock
from tests.support.hooks import Inbox, attempts_of, only_message, publish, subscribe


async def test_a_message_arrives_signed_so_that_the_standard_library_verifies_it(
    database: Database, http: OutgoingHttp, vault: Vault, clock: FakeClock, cast: Cast, inbox: Inbox
) -> None:
    clock.now = datetime.now(UTC)
    _, secret = await subscribe(database, vault, cast.alice, inbox.url, headers={"X-Team": "north"})
    (id,) = await publish(database, cast.alice, type="sync.completed")
    assert await deliver_once(database, http, vault) == 1
    ((headers, body),) = inbox.received
    verified = Webhook(secret).verify(body, headers)
    assert (verified["id"], verified["type"]) == (id, "sync.completed")
    assert verified["workspace_id"] == str(cast.alice.workspace_id)
    assert (headers["webhook-id"], headers["x-team"]) == (id, "north")
    assert (headers["content-type"], headers["user-agent"]) == ("application/json", "Drawbar")
    message = await only_message(database, cast.alice)
    assert (message.status, message.last_status, message.finished_at) == (
        "delivered",
        200,
        clock.now,
    )
    assert [a.response for a in await attempts_of(database, cast.alice, message)] == ["thanks"]


async def test_a_refused_connection_is_noted_with_its_reason(
    database: Database, http: OutgoingHttp, vault: Vault, cast: Cast
) -> None:
    await subscribe(database, vault, cast.alice, "http://127.0.0.1:4/hook")
    await publish(database, cast.alice)
    await deliver_once(database, http, vault)
    (attempt,) = await attempts_of(database, cast.alice, await only_message(database, cast.alice))
    assert attempt.status is None
    assert attempt.error == "127.0.0.1 could not be connected to."


async def test_what_waits_for_a_disabled_endpoint_goes_to_the_failed_list(
    database: Database, http: OutgoingHttp, vault: Vault, cast: Cast, inbox: Inbox
) -> None:
    endpoint, _ = await subscribe(database, vault, cast.alice, inbox.url)
    await publish(database, cast.alice)
    actor = drawbar(cast.alice.workspace_id, "tests")
    async with database.writing(cast.alice.workspace_id) as tx:
        await endpoints.change(tx, actor, vault, None, endpoint.id, None, {"enabled": False})
    message = await only_message(database, cast.alice)
    assert (message.status, message.last_error) == ("failed", DISABLED)
    assert await deliver_once(database, http, vault) == 0


async def test_what_waits_for_a_deleted_endpoint_goes_to_the_failed_list(
    database: Database, vault: Vault, cast: Cast, inbox: Inbox
) -> None:
    endpoint, _ = await subscribe(database, vault, cast.alice, inbox.url)
    await publish(database, cast.alice)
    async with database.writing(cast.alice.workspace_id) as tx:
        await endpoints.remove(tx, drawbar(cast.alice.workspace_id, "tests"), None, endpoint.id)
    message = await only_message(database, cast.alice)
    assert (message.status, message.last_error) == ("failed", REMOVED)


async def test_what_was_published_while_the_endpoint_was_being_disabled_fails_too(
    database: Database, http: OutgoingHttp, vault: Vault, cast: Cast, inbox: Inbox
) -> None:
    await subscribe(database, vault, cast.alice, inbox.url)
    await publish(database, cast.alice)
    async with database.writing(cast.alice.workspace_id) as tx:
        await tx.execute("UPDATE webhook_endpoints SET enabled = false")
    assert await deliver_once(database, http, vault) == 0
    assert (await only_message(database, cast.alice)).last_error == DISABLED
    assert inbox.received == []


async def test_redirects_are_failures(
    database: Database, http: OutgoingHttp, vault: Vault, cast: Cast, inbox: Inbox
) -> None:
    await subscribe(database, vault, cast.alice, inbox.url)
    inbox.status, inbox.headers = 302, {"Location": inbox.url}
    await publish(database, cast.alice)
    await deliver_once(database, http, vault)
    message = await only_message(database, cast.alice)
    assert message.last_error == "The receiver answered 302; redirects are not followed."
    assert len(inbox.received) == 1


async def test_only_the_first_4_kb_of_an_answer_are_kept_without_control_characters(
    database: Database, http: OutgoingHttp, vault: Vault, cast: Cast, inbox: Inbox
) -> None:
    await subscribe(database, vault, cast.alice, inbox.url)
    inbox.body = b"a\x00\x1b[31mb\n\xff" + b"x" * 9000
    await publish(database, cast.alice)
    await deliver_once(database, http, vault)
    (attempt,) = await attempts_of(database, cast.alice, await only_message(database, cast.alice))
    assert attempt.response.startswith("a[31mb\n\ufffdxxx")
    assert len(attempt.response) == 4094


async def test_both_secrets_sign_for_a_day_after_a_rotation(
    database: Database, http: OutgoingHttp, vault: Vault, clock: FakeClock, cast: Cast, inbox: Inbox
) -> None:
    clock.now = datetime.now(UTC) - timedelta(hours=24)
    endpoint, former = await subscribe(database, vault, cast.alice, inbox.url)
    async with database.writing(cast.alice.workspace_id) as tx:
        actor = drawbar(cast.alice.workspace_id, "tests")
        _, newest = await endpoints.rotate(tx, actor, vault, None, endpoint.id)
    clock.forward(hours=24, seconds=-1)
    await publish(database, cast.alice)
    await deliver_once(database, http, vault)
    clock.forward(seconds=1)
    await publish(database, cast.alice)
    await deliver_once(database, http, vault)
    (both, both_body), (one, one_body) = inbox.received
    assert Webhook(former).verify(both_body, both) == Webhook(newest).verify(both_body, both)
    assert Webhook(newest).verify(one_body, one)
    assert len(both["webhook-signature"].split()) == 2
    assert len(one["webhook-signature"].split()) == 1


async def test_an_endpoint_of_a_connection_gets_only_that_connections_events(
    database: Database, http: OutgoingHttp, vault: Vault, cast: Cast, inbox: Inbox
) -> None:
    ours = uuid4()
    endpoint, _ = await subscribe(database, vault, cast.alice, inbox.url)
    async with database.writing(cast.alice.workspace_id) as tx:
        await tx.execute(
            "UPDATE webhook_endpoints SET connection_id = $1 WHERE id = $2", ours, endpoint.id
        )
    await publish(database, cast.alice, connection_id=uuid4())
    await publish(database, cast.mallory, connection_id=ours)
    (id,) = await publish(database, cast.alice, connection_id=ours)
    await deliver_once(database, http, vault)
    assert inbox.ids() == [id]
    assert json.decode(inbox.received[0][1])["connection_id"] == str(ours)
