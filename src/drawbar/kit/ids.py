"""Identifiers: time-ordered ones for new rows, derived ones for what has a natural key."""

import uuid
from uuid import UUID

import uuid_utils.compat as uuid_utils

DRAWBAR = UUID("6d9b1f0c-3f0e-5b7e-9d3b-7a1c6f0d5e42")
"""Namespace of every derived id; changing it would change every reference ever stored."""


def new_id() -> UUID:
    """Return a fresh UUIDv7 (RFC 9562): ids of later rows sort after those of earlier ones."""
    return uuid_utils.uuid7()


def derived_id(*parts: str | UUID) -> UUID:
    """Return the UUIDv5 of the parts, the same for the same parts on every machine."""
    return uuid.uuid5(DRAWBAR, "\x1f".join(str(part) for part in parts))
