"""Exchanging the master key: everything moves, nothing is lost, whatever happens meanwhile."""

import asyncio
import base64
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from drawbar.connections import store as connections
from drawbar.connections.model import Connection, Secrets
from drawbar.house.addresses import Addresses, vault_of
from drawbar.house.rotation import Pace, Rotated, RotationError, rotate
from drawbar.house.sealed import REGISTRY
from drawbar.kit import signing
from drawbar.kit.crypto import SealError, Vault
from drawbar.kit.db import Database, open_database
from drawbar.kit.keyring import master_key
from drawbar.kit.settings import Settings
from tests.support.cast import Cast, bring_on
from tests.support.database import TestServer
from tests.support.hooks import subscribe
from tests.support.house import environment, free_port
from tests.support.patience import until

QUICK = Pace(batch=2, grace=0.0, patience=5.0)
SEALED_COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
 WHERE column_name LIKE 'sealed%' AND data_type = 'bytea' ORDER BY 1, 2
"""


class House:
    """A data folder, a database of its own, and the cast with sealed things in it."""

    def __init__(self, data: Path, addresses: Addresses, database: Database, cast: Cast) -> None:
        self.settings = Settings(data=data)
        self.addresses, self.database, self.cast = addresses, database, cast
        self.said: list[str] = []

    def vault(self) -> Vault:
        """What a process that starts now opens things with."""
        return vault_of(self.settings)

    async def rotate(self, **options: Any) -> Rotated:
        """Run the command's work with small steps."""
        return await rotate(
            self.settings, self.addresses, self.said.append, **{"pace": QUICK, **options}
        )

    async def connect(self, workspace_id: UUID, count: int = 1) -> list[UUID]:
        """Store so many connections with credentials."""
        ids, vault = [uuid4() for _ in range(count)], self.vault()
        async with self.database.writing(workspace_id) as tx:
            for id in ids:
                await connections.CONNECTIONS.insert(tx, connection(id, tx.now))
                await connections.seal(tx, vault, id, Secrets(credentials={"id": str(id)}))
        return ids

    async def credentials(self, workspace_id: UUID, id: UUID) -> dict[str, str] | None:
        """Read credentials as a fresh process would."""
        async with self.database.reading(workspace_id) as tx:
            secrets = await connections.unseal(tx, self.vault(), id)
        return secrets.credentials if secrets else None


def connection(id: UUID, now: Any) -> Connection:
    return Connection(
        id=id,
        created_at=now,
        modified_at=now,
        name="Plant",
        system="assettracs",
        deployment="cloud",
        tier=1,
        credits=1,
        status="active",
    )


@pytest.fixture(scope="module")
async def rotation_urls(server: TestServer) -> tuple[str, str]:
    app = await server.another_database("rotation")
    return app, server.owner_url.replace("/drawbar?", "/rotation?")


@pytest.fixture
async def ours(rotation_urls: tuple[str, str], tmp_path: Path) -> AsyncIterator[House]:
    app, owner = rotation_urls
    async with open_database(app, size=5) as database:
        async with database.as_system("tests") as tx:
            await tx.execute("DELETE FROM connection_secrets")
            await tx.execute("DELETE FROM webhook_endpoints")
            await tx.execute("DELETE FROM former_signing_keys")
        yield House(tmp_path, Addresses(app, owner, app), database, await bring_on(database))


async def test_every_sealed_column_of_the_database_is_registered(database: Database) -> None:
    async with database.as_system("tests") as tx:
        found = await tx.fetch(SEALED_COLUMNS)

    assert sorted((one.table, one.column) for one in REGISTRY) == [tuple(row) for row in found]


async def test_every_secret_of_every_workspace_opens_with_the_new_key_alone(ours: House) -> None:
    alice, mallory = ours.cast.alice, ours.cast.mallory
    before = ours.vault()
    old = before.current_id.hex()
    hers = await ours.connect(alice.workspace_id, 5)
    (theirs,) = await ours.connect(mallory.workspace_id)
    await subscribe(ours.database, before, alice, "https://example.com", headers={"X-A": "b"})

    done = await ours.rotate()

    assert (done.moved, done.unreadable) == (8, 0)
    assert done.key_id != old
    assert [path.name for path in ours.settings.data.iterdir()] == ["master.key"]
    for id in hers:
        assert await ours.credentials(alice.workspace_id, id) == {"id": str(id)}
    assert await ours.credentials(mallory.workspace_id, theirs) == {"id": str(theirs)}


async def test_a_rotation_interrupted_at_the_exchange_is_finished_by_the_next(ours: House) -> None:
    alice = ours.cast.alice
    (id,) = await ours.connect(alice.workspace_id)
    first = asyncio.create_task(ours.rotate(pace=Pace(batch=1, grace=60.0)))
    await until(lambda: _moved(ours, id), within_s=5)
    first.cancel()
    await asyncio.wait({first})
    assert (ours.settings.data / "master.key.retired").exists()

    done = await ours.rotate()

    assert done.moved == 0
    assert "Going on with the rotation begun before." in ours.said
    assert await ours.credentials(alice.workspace_id, id) == {"id": str(id)}
    assert [path.name for path in ours.settings.data.iterdir()] == ["master.key"]


async def _moved(ours: House, id: UUID) -> bool:
    async with ours.database.as_system("tests") as tx:
        sealed = await tx.fetchval(
            "SELECT sealed FROM connection_secrets WHERE connection_id = $1", id
        )
    return ours.vault().is_current(sealed) and len(ours.said) > 1


async def test_a_transaction_that_seals_under_the_old_key_and_ends_late_is_waited_for(
    ours: House,
) -> None:
    alice, old = ours.cast.alice, Vault(master_key(ours.settings.data, None))
    (id,) = await ours.connect(alice.workspace_id)
    async with ours.database.writing(alice.workspace_id) as tx:
        await connections.seal(tx, old, id, Secrets(credentials={"late": "yes"}))
        rotating = asyncio.create_task(ours.rotate())
        await until(lambda: _begun(ours), within_s=5)
        await asyncio.sleep(0.3)
        assert not rotating.done()

    await rotating

    assert await ours.credentials(alice.workspace_id, id) == {"late": "yes"}


async def _begun(ours: House) -> bool:
    return (ours.settings.data / "master.key.retired").exists()


async def test_a_damaged_secret_keeps_the_old_key_and_is_named(ours: House) -> None:
    alice = ours.cast.alice
    bad, good = await ours.connect(alice.workspace_id, 2)
    async with ours.database.writing(alice.workspace_id) as tx:
        await tx.execute(
            "UPDATE connection_secrets SET sealed = set_byte(sealed, 30, 1 + get_byte(sealed, 30) "
            "% 200) WHERE connection_id = $1",
            bad,
        )

    with pytest.raises(RotationError, match=r"1 in connection_secrets\.sealed"):
        await ours.rotate()

    assert (ours.settings.data / "master.key.retired").exists()
    assert await ours.credentials(alice.workspace_id, good) == {"id": str(good)}


async def test_what_is_sealed_under_a_key_nobody_has_is_counted_and_left(ours: House) -> None:
    alice = ours.cast.alice
    (id,) = await ours.connect(alice.workspace_id)
    async with ours.database.writing(alice.workspace_id) as tx:
        await connections.seal(tx, Vault(b"?" * 32), id, Secrets(credentials={}))

    done = await ours.rotate()

    assert (done.moved, done.unreadable) == (0, 1)
    assert not (ours.settings.data / "master.key.retired").exists()


async def test_signatures_from_before_two_rotations_are_still_accepted(ours: House) -> None:
    first = ours.vault().subkey("cursors")
    await ours.rotate()
    second = ours.vault().subkey("cursors")
    await ours.rotate()
    fresh = ours.vault()
    assert first not in fresh.subkeys("cursors")

    await signing.recall(ours.database, fresh)

    assert set(fresh.subkeys("cursors")) == {fresh.subkey("cursors"), first, second}


async def test_with_keys_from_the_environment_only_the_values_move(ours: House) -> None:
    alice, old, new = ours.cast.alice, b"o" * 32, b"n" * 32
    (id,) = await ours.connect(alice.workspace_id)
    async with ours.database.writing(alice.workspace_id) as tx:
        await connections.seal(tx, Vault(old), id, Secrets(credentials={"a": "b"}))
    ours.settings = Settings(
        data=ours.settings.data / "other", master_key=_text(new), retired_master_keys=(_text(old),)
    )

    done = await ours.rotate()

    async with ours.database.reading(alice.workspace_id) as tx:
        secrets = await connections.unseal(tx, Vault(new), id)
    assert done.moved == 1
    assert secrets == Secrets(credentials={"a": "b"})
    assert not ours.settings.data.exists()


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


async def test_two_rotations_at_once_are_refused(ours: House) -> None:
    (_,) = await ours.connect(ours.cast.alice.workspace_id)
    first = asyncio.create_task(ours.rotate(pace=Pace(grace=60.0)))
    await until(lambda: _begun(ours), within_s=5)

    with pytest.raises(RotationError, match="Another"):
        await ours.rotate()

    first.cancel()
    await asyncio.wait({first})


async def test_killed_in_the_middle_the_command_finishes_when_run_again(ours: House) -> None:
    alice = ours.cast.alice
    ids = await ours.connect(alice.workspace_id, 1500)
    env = environment(
        ours.settings.data,
        free_port(),
        DRAWBAR_DATABASE_URL=ours.addresses.app,
        DRAWBAR_OWNER_DATABASE_URL=ours.addresses.owner,
    )
    command = [sys.executable, "-m", "drawbar", "rotate-keys"]
    killed = await asyncio.create_subprocess_exec(*command, env=env, stdout=subprocess.PIPE)
    assert killed.stdout is not None
    while b"connection_secrets.sealed" not in await killed.stdout.readline():
        pass
    killed.kill()
    await killed.wait()
    assert 0 < await _under_old(ours) < len(ids)

    again = await asyncio.create_subprocess_exec(*command, env=env, stdout=subprocess.PIPE)
    said, _ = await again.communicate()

    assert again.returncode == 0
    assert b"Going on with the rotation" in said
    assert [path.name for path in ours.settings.data.iterdir()] == ["master.key"]
    assert await _under_old(ours) == 0
    assert await ours.credentials(alice.workspace_id, ids[-1]) == {"id": str(ids[-1])}


async def _under_old(ours: House) -> int:
    vault = ours.vault()
    async with ours.database.as_system("tests") as tx:
        rows = await tx.fetch("SELECT connection_id, sealed FROM connection_secrets")
    return sum(not vault.is_current(row["sealed"]) for row in rows)


def test_the_error_of_a_lost_key_names_the_key_that_is_missing() -> None:
    lost = Vault(b"l" * 32)

    with pytest.raises(SealError, match=lost.current_id.hex()):
        Vault(b"m" * 32).open(lost.seal(b"x", context=b"a"), context=b"a")
