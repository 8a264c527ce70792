"""What a sealed column is, so that a rotation of the master key finds every one of them."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec


class SealedColumn(msgspec.Struct, frozen=True):
    """A bytea column of vault-sealed values; null and empty values are passed over.

    `keys` are the columns of the primary key; `context` gives what a value was sealed for, from
    a row that holds just those.
    """

    table: str
    column: str
    keys: tuple[str, ...]
    context: Callable[[Mapping[str, Any]], bytes]
