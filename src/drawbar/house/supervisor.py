"""Child processes kept running: one that ends is started again, after a pause that grows."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Mapping, Sequence

import structlog

log = structlog.get_logger()

FIRST_PAUSE = 0.5  # seconds; doubles with each death in a row
LONGEST_PAUSE = 30.0
STEADY = 20.0  # seconds a child must have run for its death not to count as one in a row


class Supervisor:
    """Runs commands, each as one child in a session of its own, until `stop`.

    Ctrl-C reaches only the supervisor that way, and it decides in which order things end.
    """

    def __init__(
        self,
        commands: Mapping[str, Sequence[str]],
        environment: Mapping[str, str],
        *,
        grace: float = 3.5,
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        self._commands = commands
        self._environment = environment
        self._grace = grace
        self._first_pause = first_pause
        self._stopping = asyncio.Event()
        self._children: dict[str, asyncio.subprocess.Process] = {}

    @property
    def pids(self) -> dict[str, int]:
        """The children alive, by name."""
        return {name: child.pid for name, child in self._children.items()}

    def stop(self) -> None:
        """Ask every child to end; `run` returns when they have, by force after the grace."""
        self._stopping.set()

    async def run(self) -> None:
        """Keep all children running until `stop`."""
        async with asyncio.TaskGroup() as group:
            for name, command in self._commands.items():
                group.create_task(self._keep(name, command))

    async def _keep(self, name: str, command: Sequence[str]) -> None:
        pause = self._first_pause
        while not self._stopping.is_set():
            started = time.monotonic()
            child = await asyncio.create_subprocess_exec(
                *command,
                env=dict(self._environment),
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )
            self._children[name] = child
            log.debug("child started", child=name, pid=child.pid)
            await self._until_end(child)
            del self._children[name]
            if self._stopping.is_set():
                return
            if time.monotonic() - started > STEADY:
                pause = self._first_pause
            log.error("child ended", child=name, code=child.returncode, again_in=pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _until_end(self, child: asyncio.subprocess.Process) -> None:
        """Wait until the child has ended, by itself or because we stop."""
        ended = asyncio.create_task(child.wait())
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not ended.done():
            with contextlib.suppress(ProcessLookupError):
                child.terminate()
            await asyncio.wait({ended}, timeout=self._grace)
        # What a child started must not outlive it, nor may a child that does not listen.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        await ended
