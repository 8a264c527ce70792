"""Who did what to which thing, before and after: an append-only log written with the deed."""

from drawbar.audit.model import Actor
from drawbar.audit.store import record

__all__ = ["Actor", "record"]
