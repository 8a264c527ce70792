"""A whole Drawbar in processes of its own, on a port and in a folder of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drawbar.kit.embedded import EmbeddedPostgres
from tests.support.patience import seen_within


def free_port() -> int:
    """Return a port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(data: Path, port: int, **more: str) -> dict[str, str]:
    """Return what a drawbar command of this folder and port is started with."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("DRAWBAR_")}
    ours = {"DRAWBAR_DATA": str(data), "DRAWBAR_PORT": str(port), **more}
    return {**kept, **ours, "PYTHONPATH": os.pathsep.join(sys.path)}


def drawbar(
    *arguments: str, env: dict[str, str], text_in: str = ""
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    return subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", "drawbar", *arguments],
        input=text_in,
        capture_output=True,
        text=True,
        check=False,
        env=env,
        timeout=60,
    )


class House:
    """`drawbar up` in a folder, which may be started and killed several times."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()
        self.env = environment(data, self.port)
        self.log = data / "up.log"
        self.up: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and return when the pages answer."""
        self.data.mkdir(exist_ok=True)
        with self.log.open("ab") as log:
            self.up = subprocess.Popen(
                [sys.executable, "-m", "drawbar", "up"], env=self.env, stdout=log, stderr=log
            )
        assert seen_within(30, self.answers), self.log.read_text()

    def be_running(self) -> None:
        """Start it unless it runs."""
        if self.up is None or self.up.poll() is not None:
            self.start()

    def answers(self) -> bool:
        """Whether the pages answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as got:
                return bool(got.status == 200)
        except OSError:
            return False

    def children(self, name: str) -> list[int]:
        """Return the processes `drawbar web` or `drawbar worker` of any `up` of this folder."""
        return [
            int(folder.name)
            for folder in Path("/proc").iterdir()
            if folder.name.isdigit() and self._is_child(folder, name)
        ]

    def kill(self) -> None:
        """Kill `up` alone, without warning."""
        assert self.up is not None
        self.up.kill()
        self.up.wait()

    def stop(self) -> int:
        """Ask it to stop and return its exit code."""
        assert self.up is not None
        self.up.send_signal(signal.SIGTERM)
        return self.up.wait(timeout=20)

    def end(self) -> None:
        """Leave nothing running, however the test ended."""
        if self.up is not None and self.up.poll() is None:
            self.up.kill()
            self.up.wait()
        EmbeddedPostgres(self.data).stop()

    def setup_link(self) -> str:
        """Return the last set-up link it printed, or nothing."""
        found = re.findall(r"http://\S+/setup/\S+", self.log.read_text())
        return found[-1] if found else ""

    def _is_child(self, folder: Path, name: str) -> bool:
        try:
            arguments = (folder / "cmdline").read_bytes().split(b"\0")
            environ = (folder / "environ").read_bytes().split(b"\0")
        except OSError:
            return False
        return name.encode() in arguments and f"DRAWBAR_DATA={self.data}".encode() in environ


@contextmanager
def house(data: Path) -> Iterator[House]:
    """Have a Drawbar for the length of a block; the caller starts it."""
    ours = House(data)
    try:
        yield ours
    finally:
        ours.end()
