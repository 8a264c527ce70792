"""Being told by AssetTracs: subscribing there, reading what arrives here."""

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from drawbar.connectors.assettracs.client import AssetTracs
from drawbar.connectors.sdk.connector import Subscription
from drawbar.connectors.sdk.errors import PermissionMissing, PushRefused
from tests.connectors.asset_platform import NOW, AssetPlatform, serving

CONNECTOR = AssetTracs()
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


async def test_subscribing_makes_a_webhook_endpoint_and_unsubscribing_removes_it() -> None:
    platform = AssetPlatform()

    async with serving(platform) as http:
        subscription = await CONNECTOR.push.subscribe(http, "https://hub.example/push/1")
        made = dict(platform.endpoints)
        await CONNECTOR.push.unsubscribe(http, subscription)

    assert made == {
        "we-0": {
            "url": "https://hub.example/push/1",
            "event_types": ["assettracs.*"],
            "description": "Drawbar hub, connection 1",
        }
    }
    assert subscription == Subscription(remote_id="we-0", secret="whsec_c2VjcmV0")
    assert platform.endpoints == {}


async def test_unsubscribing_what_the_source_has_forgotten_is_no_error() -> None:
    platform = AssetPlatform()

    async with serving(platform) as http:
        await CONNECTOR.push.unsubscribe(http, Subscription(remote_id="we-9", secret=SECRET))

    assert len(platform.asked) == 1


async def test_subscribing_without_permission_says_so() -> None:
    async with serving(AssetPlatform(denied={"webhook-endpoints"})) as http:
        with pytest.raises(PermissionMissing):
            await CONNECTOR.push.subscribe(http, "https://hub.example/push/1")


def affected(body: str) -> set[str]:
    signed_at = datetime(2026, 11, 23, 6, 41, 56, tzinfo=UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(signed_at.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("msg_1", signed_at, body),
    }
    return set(CONNECTOR.push.affected_entities(headers, body.encode(), SECRET, signed_at))


@pytest.mark.parametrize(
    ("type", "entities"),
    [
        ("assettracs.work_orders.created", {"work_orders"}),
        ("assettracs.tag_scans.created", {"tag_scans"}),
        ("assettracs.users.updated", set()),
        ("webhook.test", set()),
    ],
)
def test_a_push_names_the_entity_to_read_again(type: str, entities: set[str]) -> None:
    assert affected(f'{{"type": "{type}", "data": {{"ids": ["1"]}}}}') == entities


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"type": 1}'])
def test_a_signed_push_that_is_no_event_is_refused(body: str) -> None:
    with pytest.raises(PushRefused, match="no event"):
        affected(body)


def test_an_unsigned_push_is_refused() -> None:
    with pytest.raises(PushRefused):
        CONNECTOR.push.affected_entities({}, b"{}", SECRET, NOW)
