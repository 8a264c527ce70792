"""The fixed cast: Alice owns, Bob is a technician, Carol only reads, Mallory is from elsewhere."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from drawbar.identity import session_store, store
from drawbar.identity.passwords import hash_password
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import Database
from drawbar.workspaces.store import add_workspace

PASSWORD = "correct horse battery"
_hashes: list[str] = []


@dataclass(frozen=True)
class Person:
    """Somebody with an account, a membership and keys."""

    name: str
    email: str
    id: UUID
    workspace_id: UUID
    session: str
    read_key: str
    write_key: str


@dataclass(frozen=True)
class Cast:
    """Two workspaces and the people in them."""

    alice: Person
    bob: Person
    carol: Person
    mallory: Person


async def bring_on(database: Database) -> Cast:
    """Make two fresh workspaces with the cast in them."""
    ours, theirs = uuid4(), uuid4()
    password_hash = await _hash_of_all()
    async with database.as_system("tests") as tx:
        await add_workspace(tx, ours, "Northern Rail Depot", "paid", ["hub", "assets"])
        await add_workspace(tx, theirs, "Mallory Ltd", "paid", ["hub", "assets"])

    async def person(name: str, workspace_id: UUID, hub_role: str, asset_role: str) -> Person:
        id, mark = uuid4(), uuid4().hex[:8]
        session, read_key, write_key = new_secret("s_"), new_secret("k_"), new_secret("k_")
        email = f"{name.lower()}-{mark}@example.com"
        async with database.as_system("tests") as tx:
            await store.add_person(tx, id, email, name, password_hash, tx.now)
        async with database.writing(workspace_id) as tx:
            await store.add_membership(tx, id, hub_role, asset_role)
            await store.add_api_key(tx, uuid4(), "r", "k_", fingerprint(read_key), ["read"])
            await store.add_api_key(tx, uuid4(), "w", "k_", fingerprint(write_key), ["write"])
        async with database.as_system("tests") as tx:
            ends = tx.now.replace(year=tx.now.year + 1)
            hash_ = fingerprint(session)
            await session_store.add_session(tx, hash_, id, workspace_id, ends, "tests")
        return Person(name, email, id, workspace_id, session, read_key, write_key)

    return Cast(
        alice=await person("Alice", ours, "owner", "admin"),
        bob=await person("Bob", ours, "developer", "technician"),
        carol=await person("Carol", ours, "viewer", "auditor"),
        mallory=await person("Mallory", theirs, "owner", "admin"),
    )


async def _hash_of_all() -> str:
    """Everybody's password, hashed once a run: it is slow on purpose."""
    if not _hashes:
        _hashes.append(await hash_password(PASSWORD))
    return _hashes[0]
