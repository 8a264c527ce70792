"""Host names to addresses, kept for half a minute and asked once at a time."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from drawbar.kit.outgoing.errors import OutgoingError

Lookup = Callable[[str], Awaitable[Sequence[str]]]
"""Gives the addresses of a host name as text; raises OSError when there are none."""

_MOST_NAMES = 20_000
# Own threads: the loop's few would let one dead name server stall every other look-up and file
# access of the process.
_THREADS = 16


class SystemLookup:
    """The operating system's resolver (hosts file, search domains, DNS) in threads of its own."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="dns")

    async def __call__(self, host: str) -> Sequence[str]:
        """Return IPv4 and IPv6 addresses in the system's order of preference."""
        found = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        )
        return [str(entry[4][0]) for entry in found]

    def close(self) -> None:
        """Let the threads go without waiting for a slow name server."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Names:
    """A cache over a look-up: each name is asked at most once every `kept_s` seconds."""

    def __init__(self, look_up: Lookup, kept_s: float) -> None:
        self._look_up = look_up
        self._kept_s = kept_s
        self._known: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._asked: dict[str, asyncio.Task[Sequence[str]]] = {}

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Return the addresses of a name; raise OutgoingError("dns") when it has none."""
        known = self._known.get(host)
        if known is not None and known[0] > monotonic():
            return known[1]
        try:
            # Shielded: the first caller's deadline must not end the look-up for the others.
            found = await asyncio.shield(self._asked.get(host) or self._ask(host))
        except (OSError, UnicodeError) as error:
            raise OutgoingError("dns", f"The name {host} could not be resolved.") from error
        addresses = tuple(dict.fromkeys(found))
        self._forget_oldest()
        self._known[host] = (monotonic() + self._kept_s, addresses)
        return addresses

    def _ask(self, host: str) -> asyncio.Task[Sequence[str]]:
        async def answer() -> Sequence[str]:
            return await self._look_up(host)

        def done(task: asyncio.Task[Sequence[str]]) -> None:
            self._asked.pop(host, None)
            if not task.cancelled():
                task.exception()

        task = asyncio.create_task(answer())
        self._asked[host] = task
        task.add_done_callback(done)
        return task

    def _forget_oldest(self) -> None:
        while len(self._known) >= _MOST_NAMES:
            del self._known[next(iter(self._known))]

    async def close(self) -> None:
        """Stop waiting for answers that are still out."""
        for task in list(self._asked.values()):
            task.cancel()
        await asyncio.gather(*self._asked.values(), return_exceptions=True)
