"""`drawbar up` and its children: started, watched, restarted, stopped - or killed."""

import os
import signal
import socket
import time
from collections.abc import Iterator

import pytest

from drawbar.house.occupancy import occupant
from drawbar.kit.embedded import EmbeddedPostgres
from tests.support.house import House, drawbar, house
from tests.support.patience import seen_within

LONGEST_STOP = 5.0  # seconds, promised to operators


@pytest.fixture(scope="module")
def only_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One for all tests here: starting takes longest."""
    with house(tmp_path_factory.mktemp("house")) as ours:
        yield ours


@pytest.fixture
def running(only_house: House) -> House:
    only_house.be_running()
    return only_house


def test_an_empty_installation_offers_a_link_to_set_it_up(running: House) -> None:
    assert seen_within(5, lambda: bool(running.setup_link()))


def test_a_second_drawbar_in_the_same_folder_is_refused_in_one_line(running: House) -> None:
    refused = drawbar("up", env=running.env)

    assert refused.returncode == 1
    assert "running" in refused.stderr
    assert "drawbar stop" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_killed_web_process_is_started_again(running: House) -> None:
    first = running.children("web")
    os.kill(min(first), signal.SIGKILL)

    assert seen_within(5, lambda: not set(first) & set(running.children("web")))
    assert seen_within(15, running.answers)


def test_a_killed_database_is_started_again(running: House) -> None:
    database = EmbeddedPostgres(running.data)
    pid = int((running.data / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)

    assert seen_within(5, lambda: not database.is_running)
    assert seen_within(20, lambda: database.is_running)
    assert drawbar("status", env=running.env).returncode == 0


def test_stopping_ends_everything_in_time_with_a_live_connection_open(running: House) -> None:
    with socket.create_connection(("127.0.0.1", running.port)) as kept_open:
        kept_open.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        kept_open.recv(100)
        began = time.monotonic()
        code = running.stop()
        took = time.monotonic() - began

    assert code == 0
    assert took < LONGEST_STOP
    assert running.children("web") == running.children("worker") == []
    assert not EmbeddedPostgres(running.data).is_running
    assert occupant(running.data) is None


def test_when_drawbar_is_killed_its_children_end_and_the_next_start_goes_on(
    running: House,
) -> None:
    running.kill()

    assert seen_within(5, lambda: not running.children("web") + running.children("worker"))
    running.start()
    assert running.stop() == 0
