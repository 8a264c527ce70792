"""One-time links: made, mailed, used once. Stored as prints; the token stands in the path."""

from datetime import timedelta

from drawbar.identity import link_store
from drawbar.identity.link_store import Link
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import System


class LinkDead(Exception):  # noqa: N818 - says a state
    """The link was used, has expired, or never was one of this kind."""


async def make_link(tx: System, link: Link, life: timedelta) -> str:
    """Return a fresh token."""
    token = new_secret()
    await link_store.add(tx, fingerprint(token), link, tx.now + life)
    return token


async def live_link(tx: System, token: str, purpose: str) -> Link:
    """Return what the link opens, holding it; raise LinkDead."""
    found = await link_store.live(tx, fingerprint(token), purpose)
    if found is None:
        raise LinkDead
    return found


async def use_link(tx: System, token: str, purpose: str) -> Link:
    """Return what the link opened and let it work no more; raise LinkDead."""
    found = await live_link(tx, token, purpose)
    await link_store.end(tx, fingerprint(token))
    return found
