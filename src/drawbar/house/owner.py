"""The one-time link by which the first owner of an empty installation comes in."""

from drawbar.identity import store
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import open_database


async def setup_link(app_url: str) -> str | None:
    """Return the token of a fresh set-up link, None when somebody has an account already."""
    async with open_database(app_url, size=1) as database, database.as_system("set-up link") as tx:
        if await store.has_people(tx):
            return None
        token = new_secret()
        await store.add_setup_link(tx, fingerprint(token))
        return token
