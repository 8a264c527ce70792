"""SQL that counts webhook messages by status, for tabs and the overview."""

from datetime import datetime

import msgspec

from drawbar.kit.db import Reading
from drawbar.webhooks.model import Audience
from drawbar.webhooks.store import OF_ENDPOINTS

COUNTS = f"""
SELECT count(*) FILTER (WHERE d.status = 'failed') AS failed,
       count(*) FILTER (WHERE d.status = 'pending') AS pending,
       min(d.finished_at) FILTER (WHERE d.status = 'failed') AS failed_since
  FROM webhook_deliveries AS d
  JOIN (SELECT workspace_id, id FROM webhook_endpoints WHERE {OF_ENDPOINTS[Audience.HUB]}) AS p
    ON p.workspace_id = d.workspace_id AND p.id = d.endpoint_id
 WHERE d.status IN ('failed', 'pending')
"""

ANY_ENDPOINT = f"""
SELECT EXISTS (SELECT FROM webhook_endpoints
                WHERE deleted_at IS NULL AND {OF_ENDPOINTS[Audience.HUB]})
"""


class MessageCounts(msgspec.Struct, frozen=True):
    """How many of the hub's messages failed, since when, and how many wait."""

    failed: int
    pending: int
    failed_since: datetime | None


async def message_counts(tx: Reading) -> MessageCounts:
    """Count the hub's messages that are not delivered."""
    return msgspec.convert(dict(await tx.fetchrow(COUNTS) or {}), MessageCounts)


async def has_endpoints(tx: Reading) -> bool:
    """Whether the hub's events go anywhere."""
    found: bool = await tx.fetchval(ANY_ENDPOINT)
    return found
