"""What the command line says when something is wrong: one line with the remedy."""

import socket
from pathlib import Path

import asyncpg
import pytest

from tests.support.database import TestServer
from tests.support.house import drawbar, environment, free_port


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    return tmp_path / "folder"


def test_a_taken_port_is_named_before_anything_is_started(empty: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        refused = drawbar("up", env=environment(empty, port))

    assert refused.returncode == 1
    assert f"port {port}" in refused.stderr
    assert "DRAWBAR_PORT" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not (empty / "postgres").exists()


def test_a_folder_of_another_postgresql_version_is_refused(empty: Path) -> None:
    (empty / "postgres").mkdir(parents=True)
    (empty / "postgres" / "PG_VERSION").write_text("15\n")

    refused = drawbar("up", env=environment(empty, free_port()))

    assert refused.returncode == 1
    assert "made by PostgreSQL 15" in refused.stderr
    assert "pg_dumpall" in refused.stderr


def test_an_unknown_setting_is_refused_by_name(empty: Path) -> None:
    refused = drawbar("status", env=environment(empty, free_port(), DRAWBAR_PROT="1"))

    assert refused.returncode == 1
    assert "DRAWBAR_PROT is not a setting" in refused.stderr


def test_a_role_that_bypasses_row_level_security_is_refused(
    empty: Path, server: TestServer
) -> None:
    superuser = server.superuser_url
    env = environment(
        empty,
        free_port(),
        DRAWBAR_DATABASE_URL=superuser,
        DRAWBAR_OWNER_DATABASE_URL=server.owner_url,
    )

    refused = drawbar("up", env=env)

    assert refused.returncode == 1
    assert "can see past row-level security" in refused.stderr
    assert "drawbar_app" in refused.stderr


async def test_a_database_of_a_newer_drawbar_is_left_alone(empty: Path, server: TestServer) -> None:
    newer = await server.add_database("newer")
    connection = await asyncpg.connect(newer)
    await connection.execute("CREATE TABLE alembic_version (version_num text)")
    await connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    await connection.close()
    env = environment(
        empty,
        free_port(),
        DRAWBAR_DATABASE_URL=server.app_url.replace("/drawbar?", "/newer?"),
        DRAWBAR_OWNER_DATABASE_URL=newer,
    )

    refused = drawbar("migrate", env=env)

    assert refused.returncode == 1
    assert "revision 9999, made by a newer Drawbar" in refused.stderr


def test_status_of_what_does_not_run_says_so_and_fails(empty: Path) -> None:
    said = drawbar("status", env=environment(empty, free_port()))

    assert said.returncode == 1
    assert "no answer" in said.stdout
    assert "not running" in said.stdout


def test_stopping_what_does_not_run_is_no_error(empty: Path) -> None:
    said = drawbar("stop", env=environment(empty, free_port()))

    assert said.returncode == 0
    assert "Nothing runs" in said.stdout


def test_a_web_process_without_its_database_says_how_to_start_it(empty: Path) -> None:
    refused = drawbar("web", env=environment(empty, free_port()))

    assert refused.returncode == 1
    assert "drawbar up" in refused.stderr


def test_without_a_terminal_the_password_has_to_be_piped_in(empty: Path) -> None:
    words = ("create-owner", "--email", "a@b.example", "--name", "Alice", "--workspace", "Docks")
    refused = drawbar(*words, env=environment(empty, free_port()))

    assert refused.returncode == 2
    assert "--password-stdin" in refused.stderr
    assert "GetPassWarning" not in refused.stderr
    assert not (empty / "postgres").exists()
