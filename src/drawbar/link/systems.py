"""What a customer may choose from: every system, those that can be connected first."""

from collections.abc import Iterable

import msgspec

from drawbar.connectors.catalogue import CATALOGUE, SYSTEMS
from drawbar.connectors.sdk.connector import Connector
from drawbar.connectors.sdk.manifest import Manifest
from drawbar.kit.errors import not_found
from drawbar.link.colours import colour_of
from drawbar.link.form import prices


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """A system as a line of the choice."""

    manifest: Manifest
    colour: str
    is_available: bool
    prices: list[tuple[str, int]]

    @property
    def words(self) -> str:
        """What a search looks into, in small letters."""
        one = self.manifest
        return f"{one.name} {one.slug} {one.category} {one.description}".casefold()


def offered(search: str = "") -> list[Offered]:
    """Return the systems that fit every word of a search."""
    words = search.casefold().split()
    return [one for one in map(shown, SYSTEMS.values()) if all(word in one.words for word in words)]


def first_available(systems: Iterable[Offered]) -> Offered | None:
    """Return the system that Enter in the search box means."""
    return next((one for one in systems if one.is_available), None)


def shown(manifest: Manifest) -> Offered:
    """Return a system with its drawing and prices."""
    return Offered(
        manifest=manifest,
        colour=colour_of(manifest.slug),
        is_available=manifest.available,
        prices=list(prices(manifest)),
    )


def connector_of(slug: str) -> Connector:
    """Return the connector of a system that can be connected; raise 404."""
    if slug not in CATALOGUE:
        raise not_found("system that can be connected")
    return CATALOGUE[slug]
