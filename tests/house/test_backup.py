"""A backup holds every row of every workspace, and can be restored."""

import subprocess
from pathlib import Path

import asyncpg
import pytest

from drawbar.house.addresses import Addresses
from drawbar.house.backup import BackupError, dump, password_in, without_password
from drawbar.kit.embedded import EmbeddedPostgres
from tests.support.cast import Cast
from tests.support.database import TestServer

COUNTED = "SELECT (SELECT count(*) FROM workspaces), (SELECT count(*) FROM memberships)"


@pytest.fixture
def addresses(server: TestServer) -> Addresses:
    return Addresses(server.app_url, server.owner_url, server.app_url)


def restore(server: TestServer, owner_url: str, source: Path) -> None:
    program = server.program("pg_restore")
    subprocess.run(  # noqa: S603 - PostgreSQL's own program
        [program, "--exit-on-error", f"--dbname={owner_url}", source], check=True
    )


async def counted(owner_url: str) -> tuple[int, int]:
    connection = await asyncpg.connect(owner_url)
    row = await connection.fetchrow(COUNTED)
    await connection.close()
    return tuple(row or ())


async def test_a_restored_backup_has_the_rows_of_all_workspaces(
    server: TestServer, cast: Cast, addresses: Addresses, tmp_path: Path
) -> None:
    expected = await counted(server.owner_url)
    target = tmp_path / "copy.dump"
    assert cast.mallory.workspace_id != cast.alice.workspace_id

    size = dump(addresses, target, EmbeddedPostgres(server.data))
    fresh = await server.add_database("restored")
    restore(server, fresh, target)

    assert size == target.stat().st_size
    assert await counted(fresh) == expected
    assert expected[0] > 1


def test_a_backup_is_readable_by_its_owner_only(
    server: TestServer, addresses: Addresses, tmp_path: Path
) -> None:
    dump(addresses, tmp_path / "copy.dump", EmbeddedPostgres(server.data))

    assert (tmp_path / "copy.dump").stat().st_mode & 0o077 == 0


def test_a_backup_that_fails_leaves_no_half_file(
    server: TestServer, addresses: Addresses, tmp_path: Path
) -> None:
    gone = Addresses(addresses.app, addresses.owner.replace("/drawbar?", "/gone?"), addresses.app)

    with pytest.raises(BackupError, match="gone"):
        dump(gone, tmp_path / "copy.dump", EmbeddedPostgres(server.data))

    assert list(tmp_path.iterdir()) == []


def test_the_password_is_not_on_the_command_line() -> None:
    url = "postgresql://owner:s%2Fcret@db.example:5432/drawbar?sslmode=require"

    assert without_password(url) == "postgresql://owner@db.example:5432/drawbar?sslmode=require"
    assert password_in(url) == "s/cret"
