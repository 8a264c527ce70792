"""A person at a browser, before the real server of a connected world."""

from typing import Any
from uuid import UUID

from drawbar.connections import store as connections
from drawbar.connections.model import Connection
from drawbar.kit.db import Database
from drawbar.kit.ids import new_id
from tests.support.cast import Person
from tests.sync.world import World

OWN = {"Sec-Fetch-Site": "same-origin"}


class Browser:
    """Carries one person's session; follows no redirect."""

    def __init__(self, world: World, person: Person) -> None:
        self._world = world
        self._headers = OWN | {"Cookie": f"drawbar_session={person.session}", "Accept": "text/html"}

    async def get(self, path: str) -> tuple[int, str]:
        """Open a page."""
        async with self._world.session.get(
            self._world.address + path, headers=self._headers, allow_redirects=False
        ) as answer:
            return answer.status, await answer.text()

    async def post(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Send a form; status, where it leads, and the page."""
        async with self._world.session.post(
            self._world.address + path,
            data=form or {},
            headers=self._headers,
            allow_redirects=False,
        ) as answer:
            return answer.status, answer.headers.get("Location", ""), await answer.text()

    def stream(self, path: str) -> Any:
        """Open a stream of server-sent events."""
        return self._world.session.get(self._world.address + path, headers=self._headers)


async def a_connection(database: Database, workspace_id: UUID, name: str, **fields: Any) -> UUID:
    """Store an active connection of nothing."""
    async with database.writing(workspace_id) as tx:
        row = Connection(
            id=new_id(),
            created_at=tx.now,
            modified_at=tx.now,
            connected_at=tx.now,
            name=name,
            system="assettracs",
            deployment="cloud",
            tier=1,
            credits=1,
            status="active",
            **fields,
        )
        await connections.CONNECTIONS.insert(tx, row)
    return row.id
