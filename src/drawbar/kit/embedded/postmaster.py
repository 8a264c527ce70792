"""Which operating-system processes belong to a cluster: its postmaster and stray backends.

A process id alone proves nothing: after a crash or a restart of a container the number in
postmaster.pid may belong to anyone. So a postmaster counts only if its arguments name the cluster,
and a backend only if its title carries the cluster's name and its owner is the cluster's.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

PROC = Path("/proc")
TICK = 0.01  # seconds between looks; far below what a person or the start budget would notice
# Lines of postmaster.pid, from src/include/utils/pidfile.h: pid, …, status ("ready", "starting"…).
PID_LINE, STATUS_LINE = 0, 7


class Postmaster(msgspec.Struct, frozen=True):
    """A live server process of the cluster and what it says of itself."""

    pid: int
    status: str


def live_postmaster(cluster: Path) -> Postmaster | None:
    """Return the verified postmaster of the cluster, or None if none is alive."""
    lines = _pid_file_lines(cluster)
    pid = int(lines[PID_LINE])
    if pid <= 0 or not serves(pid, cluster):
        return None
    return Postmaster(pid=pid, status=lines[STATUS_LINE].strip())


def serves(pid: int, cluster: Path) -> bool:
    """Whether the process is a live server of this cluster, by its arguments."""
    if PROC.joinpath("self").exists():
        arguments = _read(PROC / str(pid) / "cmdline").split("\0")
        return ["-D", str(cluster)] in [arguments[i : i + 2] for i in range(len(arguments))]
    return f"-D {cluster} " in _ps("args=", "-p", str(pid))


def recorded_pid_is_taken(cluster: Path) -> bool:
    """Whether the number in a stale postmaster.pid now belongs to some other process."""
    pid = int(_pid_file_lines(cluster)[PID_LINE])
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def stray_backends(cluster: Path, cluster_name: str) -> list[int]:
    """Return processes of a killed postmaster that may still hold its shared memory."""
    owner = cluster.stat().st_uid
    title = f"postgres: {cluster_name}: "
    return [pid for pid, uid, command in _processes() if uid == owner and command.startswith(title)]


def end_stray_backends(cluster: Path, cluster_name: str) -> None:
    """Make leftover backends quit at once, by force after two seconds."""
    for sign, seconds in ((signal.SIGQUIT, 2.0), (signal.SIGKILL, 5.0)):
        for pid in stray_backends(cluster, cluster_name):
            send(pid, sign)
        if wait_until(lambda: not stray_backends(cluster, cluster_name), seconds):
            return


def send(pid: int, sign: signal.Signals) -> None:
    """Send a signal; a process that has gone already is what was wanted."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, sign)


def wait_until(reached: Callable[[], bool], seconds: float) -> bool:
    """Look until the condition holds; false when the time is over."""
    deadline = time.monotonic() + seconds
    while not reached():
        if time.monotonic() > deadline:
            return False
        time.sleep(TICK)
    return True


def _pid_file_lines(cluster: Path) -> list[str]:
    try:
        lines = (cluster / "postmaster.pid").read_text().split("\n")
    except FileNotFoundError:
        lines = []
    known = lines + [""] * (STATUS_LINE + 1 - len(lines))
    # A server that was killed while it wrote the file leaves it empty.
    return known if known[PID_LINE].strip().isdigit() else ["0", *known[1:]]


def _processes() -> Iterator[tuple[int, int, str]]:
    """Yield pid, user id and command line of every process this user may see."""
    if not PROC.joinpath("self").exists():
        for line in _ps("pid=,uid=,args=", "-A").splitlines():
            pid, uid, command = line.split(None, 2)
            yield int(pid), int(uid), command
        return
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            status = _read(folder / "status").partition("\nUid:")[2].split()
            if status:
                yield int(folder.name), int(status[0]), _read(folder / "cmdline")


def _read(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""


def _ps(columns: str, *selection: str) -> str:
    command = ["/bin/ps", "-ww", *selection, "-o", columns]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603
