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
    """Send a message now: same id and bytes.

    A delivered or failed one gets a fresh schedule; one that waits for its next try keeps its own
    and is only due at once. Raises 409 when its endpoint is disabled or deleted.
    """
    await store.lock_message(tx, id)
    before = await store.message(tx, id, audience)
    endpoint = await store.ENDPOINTS.find(tx, before.endpoint_id)
    if endpoint is None or endpoint.deleted_at is not None or not endpoint.enabled:
        raise conflict("The endpoint of this message is disabled or deleted. Enable it first.")
    if before.status == "pending":
        await store.hasten(tx, id)
    else:
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
