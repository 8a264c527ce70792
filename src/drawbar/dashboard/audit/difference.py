"""What a deed changed: the fields of a thing before and after it."""

from typing import Any

import msgspec

from drawbar.audit.entries import AuditEntry

NAMES = ("name", "title", "number", "url", "email", "description")
QUIET = frozenset({"modified_at", "version"})
"""Fields that move with every change and tell nothing."""


class Difference(msgspec.Struct, frozen=True):
    """One field that differs; a side without the field is None."""

    field: str
    before: Any
    after: Any


def differences(entry: AuditEntry) -> list[Difference]:
    """Return the fields that differ, in the order the thing has them."""
    before, after = entry.before or {}, entry.after or {}
    return [
        Difference(field, before.get(field), after.get(field))
        for field in {**before, **after}
        if field not in QUIET and before.get(field) != after.get(field)
    ]


def subject_name(entry: AuditEntry) -> str:
    """Return what the thing is called, or nothing."""
    fields = entry.after or entry.before or {}
    return next((str(fields[name]) for name in NAMES if fields.get(name)), "")
