"""The one who acts."""

from uuid import UUID

import msgspec


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """A person, key, token or Drawbar itself, in one workspace, with what it may do there.

    `rights` are words such as `assets.write`; `drawbar.identity.rights` lists them.
    """

    kind: str
    label: str
    workspace_id: UUID
    id: UUID | None = None
    rights: frozenset[str] = frozenset()
    connection_id: UUID | None = None

    def may(self, right: str) -> bool:
        """Whether this actor holds a right."""
        return right in self.rights


def drawbar(workspace_id: UUID, part: str) -> Actor:
    """Return Drawbar itself as the actor, named after the part that acts (`plans`, `sync`)."""
    return Actor(kind="system", label=f"Drawbar ({part})", workspace_id=workspace_id)
