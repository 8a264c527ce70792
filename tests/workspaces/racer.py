"""A process that connects whenever it is told to: `python racer.py URL WORKSPACE`."""

import asyncio
import sys
from uuid import UUID

from drawbar.audit import Actor
from drawbar.connections import actions
from drawbar.connections.model import NewConnection
from drawbar.kit.db import Database, open_database


async def connect(database: Database, actor: Actor) -> str:
    wish = NewConnection(name="c", system="assettracs", credentials={})
    async with database.writing(actor.workspace_id) as tx:
        return (await actions.establish(tx, actor, wish, None)).status


async def race(url: str, workspace_id: UUID) -> None:
    actor = Actor(kind="system", label="racer", workspace_id=workspace_id)
    async with open_database(url, size=1) as database:
        async with database.reading(workspace_id):
            sys.stdout.write("ready\n")
            sys.stdout.flush()
        while await asyncio.to_thread(sys.stdin.readline):
            sys.stdout.write(f"{await connect(database, actor)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(race(sys.argv[1], UUID(sys.argv[2])))
