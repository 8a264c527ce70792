"""Being told by AssetTracs: a webhook endpoint of ours there, its signed events here."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime

import msgspec

from drawbar.connectors.assettracs.manifest import MANIFEST
from drawbar.connectors.sdk.connector import SourceHttp, Subscription
from drawbar.connectors.sdk.errors import PushRefused, SourceError
from drawbar.connectors.sdk.signature import verify

_NOT_FOUND = 404
_PREFIX = "assettracs."


class AssetTracsPush:
    """Subscribing, unsubscribing, and reading what arrives."""

    async def subscribe(self, http: SourceHttp, url: str) -> Subscription:
        """Create a webhook endpoint for every event of the platform; its secret is told once."""
        wish = {
            "url": url,
            "event_types": [f"{_PREFIX}*"],
            "description": f"Drawbar hub, connection {url.rpartition('/')[2]}",
        }
        body = await http.post("/webhook-endpoints", wish)
        try:
            made = msgspec.json.decode(body, type=_Endpoint)
        except msgspec.DecodeError as error:
            raise SourceError(f"{http.host} told no secret for the webhook: {error}.") from error
        return Subscription(remote_id=made.id, secret=made.secret)

    async def unsubscribe(self, http: SourceHttp, subscription: Subscription) -> None:
        """Delete the webhook endpoint; one that is gone is as good."""
        try:
            await http.delete(f"/webhook-endpoints/{subscription.remote_id}")
        except SourceError as error:
            if error.status != _NOT_FOUND:
                raise

    def affected_entities(
        self, headers: Mapping[str, str], body: bytes, secret: str, now: datetime
    ) -> AbstractSet[str]:
        """Name the entity of the event; nothing for kinds that the hub does not read."""
        verify(headers, body, secret, now)
        try:
            event = msgspec.json.decode(body, type=_Event)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise PushRefused(f"the body is no event: {error}") from error
        entity = event.type.removeprefix(_PREFIX).partition(".")[0]
        return {entity} & set(MANIFEST.entities)


class _Endpoint(msgspec.Struct, frozen=True):
    id: str
    secret: str


class _Event(msgspec.Struct, frozen=True):
    type: str
