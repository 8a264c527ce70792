"""The event types there are: a subscription that matches none of them would wait for ever."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

from drawbar.kit.errors import invalid
from drawbar.schema.registry import ENTITIES
from drawbar.webhooks.model import TEST

HUB_WORDS = (
    "sync.completed",
    "sync.failed",
    "connection.created",
    "connection.status_changed",
    "connection.auth_required",
    "connection.disconnected",
    "credits.low",
    "system.error",
)
VERBS = ("created", "updated", "deleted")
HUB_TYPES = (*HUB_WORDS, *(f"{name}.{verb}" for name in ENTITIES for verb in VERBS), TEST)
"""What the hub publishes; the platform's types are told by whoever composes the application."""


def refuse_unknown(event_types: Iterable[str], known: Collection[str]) -> None:
    """Raise 422 that names a type or pattern which no known type matches, and the nearest one."""
    for wanted in event_types:
        if wanted not in known and not any(_covers(wanted, one) for one in known):
            near = get_close_matches(wanted, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise invalid("event_types", f"No event is of the type {wanted!r}.{hint}")


def _covers(pattern: str, event_type: str) -> bool:
    return pattern.endswith("*") and event_type.startswith(pattern[:-1])
