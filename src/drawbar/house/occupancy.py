"""Who occupies a data folder and a port: one Drawbar at a time."""

import fcntl
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from drawbar.house.mendable import Mendable

TICK = 0.05
LONGEST_STOP = 15.0  # seconds; ours take less than five, an embedded server's may take ten
LEFTOVERS_END = 5.0  # seconds in which the children of a killed Drawbar let go of the port


class Occupied(Mendable):
    """The folder or the port is in use; the sentence says by whom and what to do."""


class Occupant(msgspec.Struct, frozen=True):
    """The running Drawbar of a data folder."""

    pid: int
    url: str


def occupant(data: Path) -> Occupant | None:
    """Return who runs in this data folder; a file left by a killed process does not count."""
    path = data / "drawbar.pid"
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return _read(path)
    return None


@contextmanager
def occupy(data: Path, url: str) -> Iterator[bool]:
    """Be the only Drawbar in this folder; true if the one before ended without cleaning up.

    The lock belongs to the open file, so that it ends with the process, however that ends.
    """
    path = data / "drawbar.pid"
    with path.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            there = _read(path)
            raise Occupied(
                f"Drawbar is running in {data} already (process {there.pid}, {there.url}). "
                "Stop it with `drawbar stop`, or choose another folder with DRAWBAR_DATA."
            ) from None
        left_behind = path.stat().st_size > 0
        file.truncate(0)
        file.write(msgspec.json.encode(Occupant(os.getpid(), url)))
        file.flush()
        try:
            yield left_behind
        finally:
            file.truncate(0)


def require_free_port(host: str, port: int, *, patience: float = 0.0) -> None:
    """Raise Occupied unless we could listen here, within `patience` seconds."""
    deadline = time.monotonic() + patience
    while (reason := _refusal(host, port)) and time.monotonic() < deadline:
        time.sleep(TICK)
    if reason:
        raise Occupied(reason)


def stop(data: Path) -> bool:
    """Stop the Drawbar of this folder and wait for its end; false when none ran."""
    running = occupant(data)
    if running is None:
        return False
    os.kill(running.pid, signal.SIGTERM)
    deadline = time.monotonic() + LONGEST_STOP
    while occupant(data) is not None:
        if time.monotonic() > deadline:
            raise Occupied(
                f"Process {running.pid} did not stop within {LONGEST_STOP:g} seconds. "
                f"See {data / 'drawbar.log'}; end it with: kill -9 {running.pid}"
            )
        time.sleep(TICK)
    return True


def _refusal(host: str, port: int) -> str:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except PermissionError:
            return f"Only root may listen on port {port}. Set DRAWBAR_PORT to one above 1023."
        except OSError as error:
            return (
                f"Drawbar cannot listen on {host}, port {port} ({error.strerror}). Stop the "
                "program that uses it, or set DRAWBAR_PORT (and DRAWBAR_HOST) to a free one."
            )
    return ""


def _read(path: Path) -> Occupant:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Occupant)
    except msgspec.DecodeError:
        # Caught between taking the lock and writing.
        return Occupant(0, "starting")
