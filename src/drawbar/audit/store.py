"""SQL of the audit log."""

from typing import Any
from uuid import UUID

import msgspec

from drawbar.audit.model import Actor
from drawbar.kit.db import Writing
from drawbar.kit.ids import new_id

SECRET_FIELDS = frozenset(
    {"sealed_secret", "sealed_headers", "key_hash", "password_hash", "token_hash"}
)
INSERT = """
INSERT INTO audit_entries (workspace_id, id, at, actor_kind, actor_id, actor_label,
                           action, subject_kind, subject_id, before, after)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def record(
    tx: Writing,
    actor: Actor,
    action: str,
    subject_id: UUID | None,
    *,
    before: msgspec.Struct | None = None,
    after: msgspec.Struct | None = None,
) -> None:
    """Note that the actor did `work_order.closed` to a thing, in the transaction of the deed."""
    await tx.execute(
        INSERT,
        tx.workspace_id,
        new_id(),
        tx.now,
        actor.kind,
        actor.id,
        actor.label,
        action,
        action.split(".", maxsplit=1)[0],
        subject_id,
        _shown(before),
        _shown(after),
    )


def _shown(thing: msgspec.Struct | None) -> dict[str, Any] | None:
    if thing is None:
        return None
    fields = {name: getattr(thing, name) for name in thing.__struct_fields__}
    return {name: value for name, value in fields.items() if name not in SECRET_FIELDS}
