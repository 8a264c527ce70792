"""The verbs every kind shares: create, change, remove - each with its audit row and its event."""

from typing import Any, TypeVar
from uuid import UUID

import msgspec

from drawbar import audit
from drawbar.assettracs.kind import Kind
from drawbar.audit import Actor
from drawbar.kit.db import Writing
from drawbar.kit.errors import conflict, invalid
from drawbar.kit.ids import new_id
from drawbar.kit.tables import LONGEST_EXTERNAL_ID, Row
from drawbar.webhooks import outbox

R = TypeVar("R", bound=Row)
ONE_PUT = "SELECT pg_advisory_xact_lock(hashtextextended($1, 1))"
COUNT_USES = "SELECT count(*) FROM {table} WHERE {column} = $1 AND deleted_at IS NULL"


async def create(
    tx: Writing, actor: Actor, kind: Kind[R], fields: dict[str, Any], *, id: UUID | None = None
) -> R:
    """Add a thing; raise 409 when its key is taken, 422 when the rule refuses it.

    `id` is for things whose id is derived from what they stand for.
    """
    draft = kind.table.row(id=id or new_id(), created_at=tx.now, modified_at=tx.now, **fields)
    row = await kind.rule(tx, None, draft)
    await kind.table.insert(tx, row)
    await _tell(tx, actor, kind, "created", None, row)
    return row


async def change(tx: Writing, actor: Actor, kind: Kind[R], id: UUID, fields: dict[str, Any]) -> R:
    """Change some fields; a change that changes nothing leaves version and time as they are."""
    before = await kind.table.get(tx, id, lock=True)
    return await _save(tx, actor, kind, before, fields)


async def remove(tx: Writing, actor: Actor, kind: Kind[R], id: UUID) -> R:
    """Mark a thing deleted; lists with `modified_after` go on showing it."""
    before = await kind.table.get(tx, id, lock=True)
    await kind.parting(tx, before)
    await _refuse_in_use(tx, kind, before)
    after = msgspec.structs.replace(
        before, deleted_at=tx.now, modified_at=tx.now, version=before.version + 1
    )
    await kind.table.update(tx, after, expected_version=before.version)
    await _tell(tx, actor, kind, "deleted", before, after)
    return after


async def put(
    tx: Writing, actor: Actor, kind: Kind[R], external_id: str, fields: dict[str, Any]
) -> tuple[R, bool]:
    """Create or change the thing another system knows by this id; whether it is new.

    A deleted one comes back to life. Raises 422 for an id that cannot be stored.
    """
    if fields.setdefault("external_id", external_id) != external_id:
        raise conflict("external_id in the body differs from the one in the address.")
    if "\0" in external_id or len(external_id) > LONGEST_EXTERNAL_ID:
        raise invalid("external_id", f"has at most {LONGEST_EXTERNAL_ID} characters, none NUL.")
    # Of several that put the same new thing at once, one creates it and the others find it.
    await tx.execute(ONE_PUT, f"{kind.name} {tx.workspace_id} {external_id}")
    before = await kind.table.find_by_external_id(tx, external_id)
    if before is None:
        return await create(tx, actor, kind, fields), True
    return await _save(tx, actor, kind, before, {**fields, "deleted_at": None}), False


async def _refuse_in_use(tx: Writing, kind: Kind[R], row: R) -> None:
    for table, column in kind.used_by:
        uses = await tx.fetchval(COUNT_USES.format(table=table, column=column), row.id)
        if uses:
            users = table.rpartition(".")[2].replace("_", " ")
            raise conflict(f"This {kind.table.what} is in use ({uses} {users}). Move them first.")


async def _save(tx: Writing, actor: Actor, kind: Kind[R], before: R, fields: dict[str, Any]) -> R:
    ruled = await kind.rule(tx, before, msgspec.structs.replace(before, **fields))
    if ruled == before:
        return before
    after = msgspec.structs.replace(ruled, modified_at=tx.now, version=before.version + 1)
    await kind.table.update(tx, after, expected_version=before.version)
    await _tell(tx, actor, kind, "updated", before, after)
    return after


async def _tell(
    tx: Writing, actor: Actor, kind: Kind[R], verb: str, before: R | None, after: R
) -> None:
    await audit.record(tx, actor, f"{kind.name}.{verb}", after.id, before=before, after=after)
    await outbox.publish(tx, f"assettracs.{kind.name}.{verb}", {"ids": [after.id]})
    await kind.effect(tx, actor, before, after)
