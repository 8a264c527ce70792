"""What happens in a test's workspaces, and the letters that follow."""

from typing import Any
from uuid import UUID, uuid4

from drawbar.alerts import store
from drawbar.alerts.gathering import gather
from drawbar.alerts.model import KINDS, Choices, When, default_choices
from drawbar.kit import json
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.mail.letters import Letter, context_of
from drawbar.kit.settings import Settings
from drawbar.webhooks import outbox
from tests.support.cast import Cast, Person
from tests.support.clock import FakeClock

ADD_RUN = """
INSERT INTO sync_runs (workspace_id, id, connection_id, entity, mode, trigger, status, queued_at)
VALUES ($1, $2, $3, 'assets', 'full', 'schedule', $4, $5)
"""


class Post:
    """What happens in a test's workspaces, and the letters that follow."""

    def __init__(self, database: Database, vault: Vault, clock: FakeClock, cast: Cast) -> None:
        self.database, self.vault, self.clock, self.cast = database, vault, clock, cast
        self._seen: set[UUID] = set()
        self.settings = Settings(public_url="http://drawbar.test")

    async def look(self) -> list[Letter]:
        """Let half a minute pass, look as the worker does, and return the new letters."""
        self.clock.forward(seconds=30)
        await gather(self.database, self.vault, self.settings)
        return await self.letters()

    async def letters(self) -> list[Letter]:
        """Return the letters to the cast that were not returned before."""
        ours = {one.email for one in vars(self.cast).values()}
        async with self.database.as_system("tests") as tx:
            rows = await tx.fetch("SELECT id, sealed_letter FROM letters ORDER BY id")
        fresh = [row for row in rows if row["id"] not in self._seen]
        self._seen |= {row["id"] for row in fresh}
        found = [
            json.decode(
                self.vault.open(row["sealed_letter"], context=context_of(row["id"])), Letter
            )
            for row in fresh
        ]
        return [one for one in found if one.to in ours]

    async def happens(
        self, person: Person, type: str, connection_id: UUID | None = None, **facts: Any
    ) -> None:
        """Publish an event of the person's workspace."""
        async with self.database.writing(person.workspace_id) as tx:
            await outbox.publish(tx, type, facts, connection_id=connection_id)

    async def run(self, person: Person, connection_id: UUID, status: str = "failed") -> None:
        """Let a sync end so."""
        id = uuid4()
        async with self.database.writing(person.workspace_id) as tx:
            await tx.execute(ADD_RUN, tx.workspace_id, id, connection_id, status, tx.now)
            facts = {"run_id": id, "entity": "assets", "message": "No answer."}
            await outbox.publish(tx, f"sync.{status}", facts, connection_id=connection_id)
        self.clock.forward(seconds=1)

    async def choose(self, person: Person, when: When, **more: Any) -> None:
        """Let a person have every kind told so."""
        wish = Choices(kinds=dict.fromkeys(KINDS, when), **more)
        async with self.database.writing(person.workspace_id) as tx:
            before = await store.choices(tx, person.id) or default_choices("viewer")
            await store.choose(tx, person.id, before, wish)
