"""Every sealed column there is, over all packages; a test compares it with the database."""

from drawbar.connections import store as connections
from drawbar.identity import second_factor
from drawbar.kit import signing
from drawbar.kit.mail import letters
from drawbar.kit.sealed import SealedColumn
from drawbar.link import finishing as link
from drawbar.webhooks import sealing as webhooks

REGISTRY: tuple[SealedColumn, ...] = (
    *connections.SEALED,
    *webhooks.SEALED,
    *signing.SEALED,
    *letters.SEALED,
    *second_factor.SEALED,
    *link.SEALED,
)
