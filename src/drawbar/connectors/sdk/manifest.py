"""What a connector says about its system, before any call is made.

A manifest is the file `connectors/<folder>/manifest.toml`. Its English words are msgids: whoever
shows `description`, `guide`, a credential's `label`, `help`, `hint` or what `check_format` says
passes it through gettext (`sdk/words.py` finds them for the translators).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

Category = Literal["cmms", "eam", "erp", "wms", "files"]
Tier = Literal[0, 1, 2, 3]
"""What a connection costs, see hub.md §2; 0 is for the sandbox, which costs nothing."""
Deployment = Literal["cloud", "on_premises"]
CredentialKind = Literal["text", "url", "secret", "choice"]
Verb = Literal["create", "update", "delete"]
Deletes = Literal["flag", "sweep", "none"]

Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Sentence = Annotated[str, Meta(pattern=r"\S", max_length=400)]

ENTER_IT = "Enter it."
TOO_LONG = "This is too long: use at most 4,000 characters."
UNPRINTABLE = "Paste it again: there is a line break or an invisible character in it."
WHOLE_ADDRESS = "Enter the whole address, with https://."
NO_ADDRESS = "This is no address of a website."
BARE_ADDRESS = "Enter the address without name, ? and #."
CHOOSE_ONE = "Choose one of the list."
OTHER_FORM = "This does not look like it: compare it with the example."
FORMAT_MESSAGES = (
    ENTER_IT,
    TOO_LONG,
    UNPRINTABLE,
    WHOLE_ADDRESS,
    NO_ADDRESS,
    BARE_ADDRESS,
    CHOOSE_ONE,
    OTHER_FORM,
)
"""Everything that `check_format` can say beside a credential's own hint; msgids."""

LONGEST_CREDENTIAL = 4_000


class ManifestInvalid(ValueError):  # noqa: N818  says a state
    """A manifest's file is not as it must be; the message names file and field."""


class Credential(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field of the form in which a customer enters access."""

    name: Name
    label: Sentence
    help: Sentence
    kind: CredentialKind = "text"
    example: str = ""
    """Shown in the empty field; no msgid."""
    pattern: str = ""
    """Regular expression that the whole text must match; empty takes any."""
    hint: str = ""
    """What to say of a text that does not match the pattern."""
    choices: tuple[str, ...] = ()
    """Words of a `choice`, the first is preset."""
    is_required: bool = True

    @property
    def secret(self) -> bool:
        """Whether the value must never be shown again."""
        return self.kind == "secret"

    def check_format(self, text: str) -> str | None:
        """Return what is wrong with the shape of a typed value (a msgid), None when nothing is."""
        typed = text.strip()
        if not typed:
            return ENTER_IT if self.is_required else None
        if len(typed) > LONGEST_CREDENTIAL:
            return TOO_LONG
        if not typed.isprintable():
            return UNPRINTABLE
        return self._fault(typed)

    def _fault(self, typed: str) -> str | None:
        if self.kind == "url":
            return _fault_of_address(typed)
        if self.kind == "choice":
            return None if typed in self.choices else CHOOSE_ONE
        if self.pattern and not re.fullmatch(self.pattern, typed):
            return self.hint or OTHER_FORM
        return None


class Coverage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What can be done with one entity of the system."""

    entity: Name
    writes: tuple[Verb, ...] = ()
    deletes: Deletes = "sweep"
    """`flag`: incremental pages tell deleted rows; `sweep`: only a full run can compare keys."""
    initial_days: Annotated[int, Meta(ge=1)] | None = None
    """How far back a first sync reads; None: everything (master data)."""
    overlap_seconds: Annotated[int, Meta(ge=0)] = 600
    """How far an incremental sync reads back, for clocks that are coarse or commit late."""


class Rate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often the system lets itself be asked, as its vendor says."""

    requests_per_second: Annotated[float, Meta(gt=0)]
    burst: Annotated[int, Meta(ge=1)] = 1
    """Requests that may be sent at once after a pause."""


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A system: its names, its price tier, its form, its entities."""

    slug: Slug
    name: Sentence
    """The vendor's own word; no msgid."""
    description: Sentence
    """What it is, in a sentence."""
    category: Category
    tier: Tier
    deployments: Annotated[tuple[Deployment, ...], Meta(min_length=1)]
    available: bool = False
    """Whether it can be connected; set by the connector that exists, never in the file."""
    planned: tuple[Name, ...] = ()
    """Entities that a connector still to come will read; names of the model."""
    credentials: tuple[Credential, ...] = ()
    guide: str = ""
    """How the customer gets the credentials; short Markdown."""
    coverage: tuple[Coverage, ...] = ()
    rate: Rate | None = None
    """None: nothing is known of a limit."""

    @property
    def entities(self) -> tuple[str, ...]:
        """Names of the entities that can be read, parents before children; else the planned."""
        return tuple(one.entity for one in self.coverage) or self.planned

    @property
    def initials(self) -> str:
        """One or two letters that stand for the system where others show a logo."""
        words = re.findall(r"\b[A-Z][\w/]*", self.name)
        capitals = [word[0] for word in words] if words[1:] else re.findall("[A-Z]", self.name)
        return "".join(capitals[:2]) if capitals[1:] else self.name[:2]

    def covering(self, entity: str) -> Coverage:
        """Return what can be done with an entity; `KeyError` when the system has none."""
        return {one.entity: one for one in self.coverage}[entity]

    def credential(self, name: str) -> Credential | None:
        """Return a field of the form."""
        return next((one for one in self.credentials if one.name == name), None)

    def check_format(self, name: str, text: str) -> str | None:
        """Return what is wrong with a typed credential (a msgid), None when nothing is.

        Only its shape is looked at; `KeyError` for a field the form does not have.
        """
        return {one.name: one for one in self.credentials}[name].check_format(text)


def manifest_at(folder: Path, *, available: bool = False) -> Manifest:
    """Read a folder's manifest; raise `ManifestInvalid`. A connector passes `available`."""
    path = folder / "manifest.toml"
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=Manifest)
    except (msgspec.MsgspecError, ValueError) as error:
        raise ManifestInvalid(f"{path}: {error}") from error
    fault = next(_faults(found, folder.name), None)
    if fault:
        raise ManifestInvalid(f"{path}: {fault}")
    return msgspec.structs.replace(found, available=available)


def _faults(found: Manifest, folder: str) -> Iterator[str]:
    if found.available:
        yield "$.available: leave it out, the connector itself says so"
    if found.slug.replace("-", "_") != folder:
        yield f"$.slug: {found.slug!r} does not fit the folder's name {folder!r}"
    if not found.entities:
        yield "$.planned: name the entities, here or in [[coverage]]"
    for place, one in enumerate(found.credentials):
        here = f"$.credentials[{place}]"
        if (one.kind == "choice") != bool(one.choices):
            yield f"{here}.choices: a choice, and nothing else, has them"
        if one.hint and not one.pattern:
            yield f"{here}.hint: there is no pattern that it could explain"
        try:
            re.compile(one.pattern)
        except re.error as error:
            yield f"{here}.pattern: {error}"
    for field in ("credentials", "coverage"):
        names = [getattr(one, "name", "") or one.entity for one in getattr(found, field)]
        if len(names) != len(set(names)):
            yield f"$.{field}: a name stands there twice"


def _fault_of_address(typed: str) -> str | None:
    try:
        parts = urlsplit(typed)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return NO_ADDRESS
    if not is_whole:
        return WHOLE_ADDRESS
    if parts.query or parts.fragment or parts.username is not None:
        return BARE_ADDRESS
    return None
