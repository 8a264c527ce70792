"""Start, adopt and stop the PostgreSQL server of a data folder."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from drawbar.kit.embedded.cluster import (
    PORT,
    SUPERUSER,
    Cluster,
    EmbeddedPostgresError,
    server_environment,
)
from drawbar.kit.embedded.postmaster import (
    TICK,
    end_stray_backends,
    live_postmaster,
    recorded_pid_is_taken,
    send,
    serves,
    stray_backends,
    wait_until,
)

# Replaying the write-ahead log after a crash may take this long and is still going well.
LONGEST_RECOVERY = 120.0
FAST_STOP = 7.0  # seconds clients get to notice; then a stop that leaves recovery to the next start
IMMEDIATE_STOP = 2.0
LARGEST_LOG = 10 * 1024 * 1024  # bytes, looked at when the server starts
SHARED_MEMORY_HELD = "pre-existing shared memory block"


class EmbeddedPostgres:
    """The server of one data folder; every process may start it, whichever comes first does.

    Raises EmbeddedPostgresError, whose message names the remedy.
    """

    def __init__(self, data: Path, *, version: int = 18) -> None:
        self._cluster = Cluster(data, version)
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether a server of this data folder accepts connections, whoever started it."""
        self._reap()
        found = live_postmaster(self._cluster.folder)
        return found is not None and found.status == "ready"

    @property
    def socket_folder(self) -> Path:
        """The folder of the server's Unix socket."""
        return self._cluster.socket_folder()

    def url(self, user: str, database: str, password: str | None = None) -> str:
        """Return the address asyncpg and SQLAlchemy's asyncpg dialect both understand.

        Without a password the superuser's own is filled in, and other users get none.
        """
        if password is None and user == SUPERUSER:
            password = self._cluster.password()
        secret = "" if password is None else f":{quote(password, safe='')}"
        folder = quote(str(self.socket_folder), safe="/")
        name = quote(database, safe="")
        return f"postgresql://{quote(user, safe='')}{secret}@/{name}?host={folder}&port={PORT}"

    def program(self, name: str) -> Path:
        """Return a program of the server's own version: pg_dump, pg_restore, psql."""
        return self._cluster.binary(name)

    def start(self) -> bool:
        """Return once the server accepts connections; true if this call started it.

        A server that is recovering from a crash is waited for, up to two minutes.
        """
        deadline = time.monotonic() + LONGEST_RECOVERY
        self._cluster.open_data_folder()
        with self._starting_alone(deadline):
            if self._adopt(deadline):
                return False
            self._cluster.prepare()
            self._clear_remains_of_a_crash()
            while not self._launch(deadline):
                end_stray_backends(self._cluster.folder, self._cluster.name)
                time.sleep(TICK * 20)
            return True

    def stop(self) -> None:
        """End the server within ten seconds, whoever started it; quietly if there is none."""
        folder = self._cluster.folder
        running = live_postmaster(folder)
        if running is not None:
            self._end(running.pid)
        self._reap()
        if folder.exists() and live_postmaster(folder) is None:
            end_stray_backends(folder, self._cluster.name)

    def _end(self, pid: int) -> None:
        stages = (
            (signal.SIGINT, FAST_STOP),
            (signal.SIGQUIT, IMMEDIATE_STOP),
            (signal.SIGKILL, 1.0),
        )
        for sign, seconds in stages:
            send(pid, sign)
            # Its number file goes first and the process after it; wait for the process.
            if wait_until(lambda: self._is_gone(pid), seconds):
                return

    def _is_gone(self, pid: int) -> bool:
        self._reap()
        ours = self._child is not None and self._child.pid == pid
        return not ours and not serves(pid, self._cluster.folder)

    def _reap(self) -> None:
        if self._child is not None and self._child.poll() is not None:
            self._child = None

    @contextlib.contextmanager
    def _starting_alone(self, deadline: float) -> Iterator[None]:
        with self._cluster.lock.open("ab") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise EmbeddedPostgresError(
                            f"Another Drawbar has been starting the database in "
                            f"{self._cluster.data} for two minutes; see {self._cluster.log}."
                        ) from None
                    time.sleep(TICK)
            yield

    def _adopt(self, deadline: float) -> bool:
        """Wait for a live server to be ready; false if there is none or it was stopping."""
        self._reap()
        while found := live_postmaster(self._cluster.folder):
            if found.status == "ready":
                return True
            if time.monotonic() > deadline:
                raise self._not_ready(f"the server (pid {found.pid}) says {found.status!r}")
            time.sleep(TICK)
            self._reap()
        return False

    def _clear_remains_of_a_crash(self) -> None:
        if self._child is not None:
            # Killed a moment ago and not live any more: its number is free once we have looked.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(IMMEDIATE_STOP)
            self._reap()
        folder = self._cluster.folder
        address = self.socket_folder / f".s.PGSQL.{PORT}"
        if _answers(address):
            raise EmbeddedPostgresError(
                f"A server already answers at {address}, but not one of this machine's processes: "
                "another container uses the same data folder. Stop it, or use another folder."
            )
        if stray_backends(folder, self._cluster.name):
            end_stray_backends(folder, self._cluster.name)
        # PostgreSQL will not start while the old number is in use, be it by a stranger or by the
        # killed server itself, which is there until its parent has looked; both files hold it.
        if recorded_pid_is_taken(folder):
            (folder / "postmaster.pid").unlink(missing_ok=True)
            address.with_name(f"{address.name}.lock").unlink(missing_ok=True)

    def _launch(self, deadline: float) -> bool:
        """Run the server until it is ready; false if leftovers of another still hold its memory."""
        log = self._cluster.log
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_name("postgres.log.1"))
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
            said_before = log.stat().st_size
            # A session of its own: Ctrl-C in the terminal must not end it before its clients.
            child = subprocess.Popen(  # noqa: S603 - our own binary and arguments
                self._cluster.server_command(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                cwd="/",
                env=server_environment(),
                start_new_session=True,
            )
        self._child = child
        while child.poll() is None:
            found = live_postmaster(self._cluster.folder)
            if found is not None and found.pid == child.pid and found.status == "ready":
                return True
            if time.monotonic() > deadline:
                self.stop()
                raise self._not_ready("the server was not ready after two minutes")
            time.sleep(TICK)
        self._child = None
        with log.open("rb") as file:
            file.seek(said_before)
            said = file.read().decode(errors="replace").strip()
        if SHARED_MEMORY_HELD in said and time.monotonic() < deadline:
            return False
        raise self._not_ready(f"it ended with: {said[-1500:] or child.returncode}")

    def _not_ready(self, what: str) -> EmbeddedPostgresError:
        return EmbeddedPostgresError(
            f"The database in {self._cluster.data} did not start: {what}. "
            f"Its log is {self._cluster.log}."
        )


def _answers(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        return probe.connect_ex(os.fspath(address)) == 0
