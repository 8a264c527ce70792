"""What a row refers to: found in this workspace, or refused by the field's name."""

from typing import TypeVar
from uuid import UUID

from drawbar.kit.db import Reading
from drawbar.kit.errors import invalid
from drawbar.kit.tables import Row, Table

R = TypeVar("R", bound=Row)


async def referred(tx: Reading, table: Table[R], id: UUID, field: str, *, lock: bool = False) -> R:
    """Return the row a field refers to; raise 422 naming the field when there is none."""
    row = await table.find(tx, id, lock=lock)
    if row is None or row.deleted_at is not None:
        raise invalid(field, f"refers to no {table.what} of this workspace.")
    return row
