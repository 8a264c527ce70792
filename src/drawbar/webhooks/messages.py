"""The verbs of messages: retry one by hand, or all that failed since a time."""

from datetime import datetime
from uuid import UUID

from drawbar import audit
from drawbar.audit import Actor
from drawbar.kit.db import Writing
from drawbar.kit.errors import conflict
from drawbar.webhooks import store
from drawbar.webhooks.model import Audience, Message
from drawbar.webhooks.outbox import wake_after


async def retry(tx: Writing, actor: Actor, audience: Audience | None, id: UUID) -> Message:
    """Send a delivered or failed message anew: same id and bytes, a fresh schedule, due now.

    Raises 409 while it is still being tried, and when its endpoint is disabled or deleted.
    """
    await store.lock_message(tx, id)
    before = await store.message(tx, id, audience)
    if before.status == "pending":
        raise conflict("This message is still being tried; it can be retried when that has ended.")
    endpoint = await store.ENDPOINTS.find(tx, before.endpoint_id)
    if endpoint is None or endpoint.deleted_at is not None or not endpoint.enabled:
        raise conflict("The endpoint of this message is disabled or deleted. Enable it first.")
    await store.retry(tx, id)
    after = await store.message(tx, id, audience)
    await audit.record(tx, actor, "webhook_message.retried", id, before=before, after=after)
    wake_after(tx)
    return after


async def retry_failed(tx: Writing, actor: Actor, audience: Audience, since: datetime) -> int:
    """Send anew whatever failed at `since` or later; return how many.

    What failed at an endpoint that is still disabled or deleted stays on the failed list.
    """
    retried = await store.retry_failed(tx, since, audience)
    if retried:
        await audit.record(tx, actor, "webhook_message.failed_retried", None)
        wake_after(tx)
    return retried
