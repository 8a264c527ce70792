"""Endpoints over HTTP: secrets, addresses, headers, and whose door is whose."""

from typing import Any
from uuid import uuid4

import pytest
from litestar.testing import AsyncTestClient

from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.kit.settings import Settings
from drawbar.webhooks.delivery import deliver_once
from tests.support.cast import Cast
from tests.support.hooks import (
    Inbox,
    Serve,
    admin_token,
    asset_admin_key,
    bearer,
    messages_of,
    subscribe,
)

HUB = "/admin/v1/webhook-endpoints"
PLATFORM = "/assettracs/api/v1/webhook-endpoints"
BODY = {"url": "http://127.0.0.1:9000/hook?k=1", "event_types": ["assets.*", "sync.completed"]}
PLATFORM_BODY = {"url": "http://127.0.0.1:9000/hook", "event_types": ["assettracs.*"]}


async def test_the_secret_is_shown_once(
    api: AsyncTestClient[Any], database: Database, cast: Cast
) -> None:
    headers = bearer(await admin_token(database, cast.alice))
    body = {**BODY, "headers": {"X-Key": "abracadabra"}}
    made = await api.post(HUB, json=body, headers=headers)
    assert made.status_code == 201, made.text
    assert made.json()["secret"].startswith("whsec_")
    assert made.json()["header_names"] == ["X-Key"]
    one = await api.get(f"{HUB}/{made.json()['id']}", headers=headers)
    listed = await api.get(HUB, headers=headers)
    assert listed.json()["data"] == [one.json()]
    assert one.json() == {k: v for k, v in made.json().items() if k != "secret"}
    assert "abracadabra" not in made.text + one.text
    async with database.reading(cast.alice.workspace_id) as tx:
        audited = await tx.fetchval("SELECT string_agg(after::text, '') FROM audit_entries")
    assert made.json()["secret"] not in audited
    assert "sealed" not in audited


async def test_changing_disabling_and_deleting(
    api: AsyncTestClient[Any], database: Database, cast: Cast
) -> None:
    headers = bearer(await admin_token(database, cast.alice))
    id = (await api.post(HUB, json=BODY, headers=headers)).json()["id"]
    changed = await api.patch(
        f"{HUB}/{id}", json={"event_types": ["*"], "enabled": False}, headers=headers
    )
    moved = await api.patch(
        f"{HUB}/{id}", json={"url": "http://127.0.0.1:9001/new"}, headers=headers
    )
    assert (changed.json()["event_types"], changed.json()["enabled"]) == (["*"], False)
    assert (moved.json()["url"], moved.json()["version"]) == ("http://127.0.0.1:9001/new", 3)
    assert (await api.delete(f"{HUB}/{id}", headers=headers)).status_code == 204
    assert (await api.get(f"{HUB}/{id}", headers=headers)).status_code == 404


@pytest.mark.parametrize(
    ("allowed", "url", "said"),
    [
        ((), "http://127.0.0.1/", "DRAWBAR_ALLOW_NETWORKS"),
        ((), "http://10.1.2.3/", "DRAWBAR_ALLOW_NETWORKS"),
        ((), "http://localhost:9000/", "DRAWBAR_ALLOW_NETWORKS"),
        (("127.0.0.0/8",), "http://[::1]/", "DRAWBAR_ALLOW_NETWORKS"),
        (("0.0.0.0/0", "::/0"), "http://169.254.169.254/latest/meta-data", "never allowed"),
        (("0.0.0.0/0", "::/0"), "http://[::ffff:169.254.169.254]/", "never allowed"),
        (("0.0.0.0/0",), "http://0x7f000001/", "unusual spelling"),
        (("0.0.0.0/0",), "http://alice:pw@example.com/", "without user name"),
        (("0.0.0.0/0",), "ftp://10.0.0.1/", "https://host/path"),
        (("0.0.0.0/0",), "http://no-such-host.invalid/", "could not be resolved"),
    ],
)
async def test_an_address_that_may_not_be_reached_is_refused_on_save(
    serve: Serve,
    database: Database,
    vault: Vault,
    cast: Cast,
    allowed: tuple[str, ...],
    url: str,
    said: str,
) -> None:
    headers = bearer(await admin_token(database, cast.alice))
    settings = Settings(allow_networks=allowed, public_url="http://drawbar.test")
    id = (await subscribe(database, vault, cast.alice, "http://127.0.0.1:9000/"))[0].id
    async with serve(settings) as api:
        made = await api.post(HUB, json={**BODY, "url": url}, headers=headers)
        moved = await api.patch(f"{HUB}/{id}", json={"url": url}, headers=headers)
    assert (made.status_code, moved.status_code) == (422, 422)
    assert made.json()["errors"][0]["field"] == "url"
    assert said in made.json()["errors"][0]["message"]
    assert said in moved.text


async def test_receivers_must_be_https_when_drawbar_is(
    serve: Serve, database: Database, cast: Cast
) -> None:
    headers = bearer(await admin_token(database, cast.alice))
    settings = Settings(allow_networks=("127.0.0.0/8",), public_url="https://drawbar.test")
    async with serve(settings) as api:
        plain = await api.post(HUB, json=BODY, headers=headers)
        encrypted = await api.post(HUB, json={**BODY, "url": "https://127.0.0.1/"}, headers=headers)
    assert (plain.status_code, encrypted.status_code) == (422, 201)
    assert plain.json()["errors"][0]["message"] == "The URL must start with https://."


@pytest.mark.parametrize(
    "name",
    ["webhook-id", "Webhook-Anything", "Host", "Content-Length", "Cookie", "proxy-x", "a b", "é"],
)
async def test_headers_that_would_break_a_delivery_are_refused(
    api: AsyncTestClient[Any], database: Database, cast: Cast, name: str
) -> None:
    headers = bearer(await admin_token(database, cast.alice))
    made = await api.post(HUB, json={**BODY, "headers": {name: "1"}}, headers=headers)
    assert made.status_code == 422
    assert made.json()["errors"][0]["field"] == "headers"


@pytest.mark.parametrize(
    ("path", "wanted", "meant"),
    [
        (HUB, "asset.updated", "assets.updated"),
        (HUB, "sync.complete", "sync.completed"),
        (HUB, "asset.*", None),
        (PLATFORM, "assettracs.asset.updated", "assettracs.assets.updated"),
        (PLATFORM, "assettracs.work_order.*", "assettracs.work_orders."),
    ],
)
async def test_a_subscription_that_could_never_fire_is_refused(
    api: AsyncTestClient[Any],
    database: Database,
    cast: Cast,
    path: str,
    wanted: str,
    meant: str | None,
) -> None:
    token = await admin_token(database, cast.alice)
    key = await asset_admin_key(database, cast.alice)
    headers = bearer(token if path == HUB else key)
    refused = await api.post(path, json={**BODY, "event_types": [wanted]}, headers=headers)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "event_types"
    assert (meant or wanted) in refused.json()["detail"]


@pytest.mark.parametrize(
    "event_types", [[], [""], ["Assets"], ["assets.*.x"], ["a", "b c"], ["**"], ["a."], ["x" * 121]]
)
async def test_what_is_no_event_type_is_refused(
    api: AsyncTestClient[Any], database: Database, cast: Cast, event_types: list[str]
) -> None:
    headers = bearer(await admin_token(database, cast.alice))
    made = await api.post(HUB, json={**BODY, "event_types": event_types}, headers=headers)
    assert made.status_code == 422
    assert made.json()["errors"][0]["field"] == "event_types"


async def test_each_half_subscribes_to_its_own_events_only(
    api: AsyncTestClient[Any], database: Database, cast: Cast
) -> None:
    hub = bearer(await admin_token(database, cast.alice))
    platform = bearer(await asset_admin_key(database, cast.alice))
    theirs = await api.post(PLATFORM, json=PLATFORM_BODY, headers=platform)
    ours = await api.post(HUB, json={**BODY, "event_types": ["*"]}, headers=hub)
    assert (theirs.status_code, ours.status_code) == (201, 201)
    refused = [
        await api.post(HUB, json=PLATFORM_BODY, headers=hub),
        await api.post(PLATFORM, json=BODY, headers=platform),
        await api.post(PLATFORM, json={**BODY, "event_types": ["*"]}, headers=platform),
        await api.patch(
            f"{HUB}/{ours.json()['id']}", json={"event_types": ["assettracs.*"]}, headers=hub
        ),
    ]
    assert [answer.status_code for answer in refused] == [422] * 4
    hub_list = (await api.get(HUB, headers=hub)).json()["data"]
    platform_list = (await api.get(PLATFORM, headers=platform)).json()["data"]
    assert [row["id"] for row in hub_list] == [ours.json()["id"]]
    assert [row["id"] for row in platform_list] == [theirs.json()["id"]]
    crossed = await api.delete(f"{HUB}/{theirs.json()['id']}", headers=hub)
    assert crossed.status_code == 404


async def test_a_test_goes_to_that_endpoint_whatever_it_subscribed_to(
    api: AsyncTestClient[Any],
    database: Database,
    vault: Vault,
    http: OutgoingHttp,
    cast: Cast,
    inbox: Inbox,
) -> None:
    headers = bearer(await admin_token(database, cast.alice))
    endpoint, _ = await subscribe(database, vault, cast.alice, inbox.url, ["credits.low"])
    await subscribe(database, vault, cast.alice, inbox.url)
    sent = await api.post(f"{HUB}/{endpoint.id}/test", headers=headers)
    await deliver_once(database, http, vault)
    (message,) = await messages_of(database, cast.alice)
    assert sent.status_code == 202
    assert sent.json() == {"message_id": str(message.id)}
    assert (message.type, message.status) == ("webhook.test", "delivered")
    assert len(inbox.received) == 1


async def test_rotating_gives_a_new_secret(
    api: AsyncTestClient[Any], database: Database, cast: Cast
) -> None:
    headers = bearer(await admin_token(database, cast.alice))
    made = (await api.post(HUB, json=BODY, headers=headers)).json()
    rotated = await api.post(f"{HUB}/{made['id']}/rotate-secret", headers=headers)
    assert rotated.json()["secret"] != made["secret"]


ROUTES = [
    ("GET", HUB + "/{endpoint}", None),
    ("PATCH", HUB + "/{endpoint}", {"enabled": False}),
    ("DELETE", HUB + "/{endpoint}", None),
    ("POST", HUB + "/{endpoint}/test", None),
    ("POST", HUB + "/{endpoint}/rotate-secret", None),
    ("GET", "/admin/v1/webhook-messages/{message}", None),
    ("POST", "/admin/v1/webhook-messages/{message}/retry", None),
    ("GET", PLATFORM + "/{asset_endpoint}", None),
    ("PATCH", PLATFORM + "/{asset_endpoint}", {"enabled": False}),
    ("DELETE", PLATFORM + "/{asset_endpoint}", None),
    ("POST", PLATFORM + "/{asset_endpoint}/test", None),
    ("POST", PLATFORM + "/{asset_endpoint}/rotate-secret", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ROUTES)
async def test_another_workspace_finds_nothing_and_a_stranger_is_turned_away(
    api: AsyncTestClient[Any],
    database: Database,
    vault: Vault,
    cast: Cast,
    method: str,
    path: str,
    body: dict[str, Any] | None,
) -> None:
    hub, _ = await subscribe(database, vault, cast.alice, "http://127.0.0.1:9000/")
    asset, _ = await subscribe(
        database, vault, cast.alice, "http://127.0.0.1:9000/", ["assettracs.*"]
    )
    async with database.writing(cast.alice.workspace_id) as tx:
        await tx.execute("UPDATE webhook_deliveries SET status = 'failed'")
    address = path.format(endpoint=hub.id, asset_endpoint=asset.id, message=uuid4())
    credential = {
        "/admin": await admin_token(database, cast.mallory),
        "/asset": await asset_admin_key(database, cast.mallory),
    }[path[:6]]
    wrong_tenant = await api.request(method, address, json=body, headers=bearer(credential))
    anonymous = await api.request(method, address, json=body)
    assert (wrong_tenant.status_code, anonymous.status_code) == (404, 401)


async def test_an_asset_key_that_may_not_administer_does_not_see_endpoints(
    api: AsyncTestClient[Any], cast: Cast
) -> None:
    carols = await api.get(PLATFORM, headers=bearer(cast.carol.read_key))
    bobs = await api.post(PLATFORM, json=PLATFORM_BODY, headers=bearer(cast.bob.write_key))
    assert (carols.status_code, bobs.status_code) == (403, 403)
