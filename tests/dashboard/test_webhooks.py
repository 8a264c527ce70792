"""Webhook pages: what failed, why, and how to send it again."""

from typing import Any
from uuid import UUID

import pytest
from litestar.testing import AsyncTestClient

from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.webhooks.delivery import deliver_once
from tests.support.cast import Cast, Person
from tests.support.hooks import Inbox, only_message, open_inbox, publish, subscribe

Client = AsyncTestClient[Any]
OWN = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
NEW = "/hub/webhooks/endpoints/new"


def as_person(client: Client, person: Person) -> None:
    client.cookies.set("drawbar_session", person.session)


async def a_failed_message(database: Database, vault: Vault, person: Person, inbox: Inbox) -> UUID:
    async with database.as_system("tests empty the queue") as tx:
        await tx.execute("UPDATE webhook_deliveries SET status = 'failed', due_at = NULL")
    await subscribe(database, vault, person, inbox.url)
    inbox.status, inbox.body = 500, b"out of <memory>"
    await publish(database, person)
    async with OutgoingHttp(["127.0.0.0/8"]) as http:
        await deliver_once(database, http, vault)
    async with database.writing(person.workspace_id) as tx:
        await tx.execute(
            "UPDATE webhook_deliveries SET status = 'failed', due_at = NULL, finished_at = $1",
            tx.now,
        )
    return (await only_message(database, person)).id


async def test_failed_messages_come_first_with_their_answer_and_a_masked_signature(
    client: Client, cast: Cast, database: Database, vault: Vault
) -> None:
    async with open_inbox() as inbox:
        id = await a_failed_message(database, vault, cast.alice, inbox)
        sent = inbox.received[0][0]["webhook-signature"]
    as_person(client, cast.alice)
    listed = await client.get("/hub/webhooks")
    page = await client.get(f"/hub/webhooks/messages/{id}")
    overview = await client.get("/hub")
    assert f"/hub/webhooks/messages/{id}/retry" in listed.text
    assert "out of &lt;memory&gt;" in page.text
    assert "Try 1: 500" in page.text
    assert "v1,••••" in page.text
    assert sent.removeprefix("v1,") not in page.text
    assert "1 webhook failed" in overview.text


async def test_the_retry_button_queues_the_same_message_again(
    client: Client, cast: Cast, database: Database, vault: Vault
) -> None:
    async with open_inbox() as inbox:
        id = await a_failed_message(database, vault, cast.alice, inbox)
        before = await only_message(database, cast.alice)
        as_person(client, cast.alice)
        answer = await client.post(
            f"/hub/webhooks/messages/{id}/retry", headers=OWN, follow_redirects=False
        )
        after = await only_message(database, cast.alice)
    shown = await client.get(answer.headers["location"])
    assert answer.status_code == 303
    assert (before.status, after.status, after.generation) == ("failed", "pending", 2)
    assert after.webhook_id == before.webhook_id
    assert "It is sent again now" in shown.text


async def test_each_sending_by_hand_has_tries_of_its_own_in_the_history(
    client: Client, cast: Cast, database: Database, vault: Vault
) -> None:
    async with open_inbox() as inbox:
        id = await a_failed_message(database, vault, cast.alice, inbox)
        as_person(client, cast.alice)
        await client.post(f"/hub/webhooks/messages/{id}/retry", headers=OWN)
        async with OutgoingHttp(["127.0.0.0/8"]) as http:
            await deliver_once(database, http, vault)
    page = (await client.get(f"/hub/webhooks/messages/{id}")).text
    listed = (await client.get("/hub/webhooks?status=pending")).text
    story = page[page.index("Next try") :]
    assert story.count("Try 1: 500") == 2
    assert story.index("Try 1") < story.index("Sent by hand, <time") < story.rindex("Try 1")
    assert "Try now" in page
    assert "Try now" in listed


async def test_an_empty_list_of_what_waits_says_what_belongs_there(
    client: Client, cast: Cast, database: Database, vault: Vault
) -> None:
    as_person(client, cast.alice)
    nowhere = await client.get("/hub/webhooks")
    await subscribe(database, vault, cast.alice, "http://127.0.0.1:8099/hook")
    waiting = await client.get("/hub/webhooks?status=pending")
    everything = await client.get("/hub/webhooks?status=all")
    assert "Add an endpoint: from then on" in nowhere.text
    assert "Nothing waits" in waiting.text
    assert "Add an endpoint" not in waiting.text + everything.text


async def test_all_failed_messages_can_be_sent_again_at_once(
    client: Client, cast: Cast, database: Database, vault: Vault
) -> None:
    async with open_inbox() as inbox:
        await a_failed_message(database, vault, cast.alice, inbox)
        as_person(client, cast.alice)
        await client.post("/hub/webhooks/retry-failed", headers=OWN)
        after = await only_message(database, cast.alice)
    assert after.status == "pending"


async def test_nobody_elses_message_is_shown_or_sent(
    client: Client, cast: Cast, database: Database, vault: Vault
) -> None:
    async with open_inbox() as inbox:
        id = await a_failed_message(database, vault, cast.alice, inbox)
    as_person(client, cast.mallory)
    page = await client.get(f"/hub/webhooks/messages/{id}", headers=OWN)
    retried = await client.post(f"/hub/webhooks/messages/{id}/retry", headers=OWN)
    assert (page.status_code, retried.status_code) == (404, 404)
    assert (await only_message(database, cast.alice)).status == "failed"


async def test_a_new_endpoint_shows_its_secret_once_and_can_be_tested(
    client: Client, cast: Cast, database: Database
) -> None:
    as_person(client, cast.alice)
    form = {"url": "http://127.0.0.1:8099/hook", "event_types": ["sync.failed", "assets.*"]}
    made = await client.post(NEW, data=form, headers=OWN)
    listed = await client.get("/hub/webhooks/endpoints")
    tested = await client.post(
        "/hub/webhooks/endpoints/"
        + listed.text.split("/hub/webhooks/endpoints/")[-1].split("/")[0]
        + "/test",
        headers=OWN,
        follow_redirects=False,
    )
    assert made.status_code == 201, made.text
    assert made.headers["cache-control"] == "no-store"
    assert made.text.count("whsec_") > 0
    assert "whsec_" not in listed.text
    assert "sync.failed, assets.*" in listed.text
    assert tested.status_code == 303
    assert (await only_message(database, cast.alice)).type == "webhook.test"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"url": "http://10.0.0.1/hook", "event_types": "*"}, "url"),
        ({"url": "", "event_types": "*"}, "url"),
        ({"url": "http://127.0.0.1:8099/hook"}, "event_types"),
        (
            {
                "url": "http://127.0.0.1:8099/hook",
                "event_types": "*",
                "connection_id": "00000000-0000-0000-0000-000000000001",
            },
            "connection_id",
        ),
    ],
)
async def test_what_is_wrong_with_an_endpoint_is_told_in_the_form(
    client: Client, cast: Cast, form: dict[str, str], field: str
) -> None:
    as_person(client, cast.alice)
    answer = await client.post(NEW, data=form, headers=OWN)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert f'value="{form["url"]}"' in answer.text


async def test_a_disabled_endpoint_says_so_and_can_be_enabled_again(
    client: Client, cast: Cast, database: Database, vault: Vault
) -> None:
    endpoint, _ = await subscribe(database, vault, cast.alice, "http://127.0.0.1:8099/hook")
    as_person(client, cast.alice)
    switch = f"/hub/webhooks/endpoints/{endpoint.id}/enabled"
    off = await client.post(switch, data={"enabled": "false"}, headers=OWN)
    on = await client.post(switch, data={"enabled": "true"}, headers=OWN)
    assert "Endpoint disabled" in off.text
    assert "Endpoint enabled" in on.text
