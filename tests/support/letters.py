"""The post of a test: what was sent to whom, with the worker's part done on the spot."""

import re
from dataclasses import dataclass

from drawbar.identity import jobs
from drawbar.kit import json
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.mail import Letter
from drawbar.kit.mail.letters import context_of
from drawbar.kit.settings import Settings

QUEUED = """
DELETE FROM pgqueuer WHERE entrypoint LIKE 'identity.%' RETURNING entrypoint, payload
"""


@dataclass
class Post:
    """All letters that wait, opened."""

    database: Database
    vault: Vault
    settings: Settings

    async def to(self, address: str) -> list[Letter]:
        """Return the letters to an address, oldest first."""
        handlers = jobs.handlers(self.database, self.vault, self.settings)
        async with self.database.as_system("tests") as tx:
            queued = await tx.fetch(QUEUED)
        for row in queued:
            await handlers[row["entrypoint"]](row["payload"])
        async with self.database.as_system("tests") as tx:
            rows = await tx.fetch("SELECT id, sealed_letter FROM letters ORDER BY id")
        opened = [self._open(row["id"], row["sealed_letter"]) for row in rows]
        return [one for one in opened if one.to.lower() == address.lower()]

    async def link(self, address: str) -> str:
        """Return the path of the link in the last letter to an address."""
        last = (await self.to(address))[-1]
        (link,) = re.findall(rf"{re.escape(self.settings.address)}(/\S+)", last.text)
        return str(link)

    async def kinds(self, address: str) -> list[str]:
        """Return what the letters to an address are about, oldest first."""
        return [one.kind for one in await self.to(address)]

    def _open(self, id: object, sealed: bytes) -> Letter:
        return json.decode(self.vault.open(sealed, context=context_of(id)), Letter)  # type: ignore[arg-type]
