"""What a connector says about its system, before any call is made."""

from typing import Literal

from msgspec import Struct

Category = Literal["cmms", "eam", "erp", "wms"]
Tier = Literal[1, 2, 3]
Deployment = Literal["cloud", "on_premises"]
CredentialKind = Literal["text", "url", "secret"]
Verb = Literal["create", "update", "delete"]
Deletes = Literal["flag", "sweep", "none"]


class Credential(Struct, frozen=True, kw_only=True):
    """A field of the form in which a customer enters access."""

    name: str
    label: str
    help: str
    kind: CredentialKind = "text"
    example: str = ""
    is_required: bool = True

    @property
    def secret(self) -> bool:
        """Whether the value must never be shown again."""
        return self.kind == "secret"


class Coverage(Struct, frozen=True, kw_only=True):
    """What can be done with one entity of the system."""

    entity: str
    writes: tuple[Verb, ...] = ()
    deletes: Deletes = "sweep"
    """`flag`: incremental pages tell deleted rows; `sweep`: only a full run can compare keys."""
    initial_days: int | None = None
    """How far back a first sync reads; None: everything (master data)."""
    overlap_seconds: int = 600
    """How far an incremental sync reads back, for clocks that are coarse or commit late."""


class Manifest(Struct, frozen=True, kw_only=True):
    """A system: its names, its price tier, its form, its entities."""

    slug: str
    name: str
    category: Category
    tier: Tier
    deployments: tuple[Deployment, ...]
    credentials: tuple[Credential, ...]
    guide: str
    """How the customer gets the credentials; short Markdown."""
    coverage: tuple[Coverage, ...]

    @property
    def entities(self) -> tuple[str, ...]:
        """Names of the entities that can be read, parents before children."""
        return tuple(one.entity for one in self.coverage)

    def covering(self, entity: str) -> Coverage:
        """Return what can be done with an entity; `KeyError` when the system has none."""
        return {one.entity: one for one in self.coverage}[entity]
