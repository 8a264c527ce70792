"""Waiting for what other processes do."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(
    holds: Callable[[], Awaitable[bool]], *, within_s: float, every_s: float = 0.05
) -> None:
    """Return once the condition holds; raise TimeoutError when it does not in time."""
    async with asyncio.timeout(within_s):
        while not await holds():  # noqa: ASYNC110 - another process cannot set our event
            await asyncio.sleep(every_s)


def seen_within(seconds: float, holds: Callable[[], bool], *, every_s: float = 0.05) -> bool:
    """Whether the condition came true in time, for tests without a loop."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(every_s)
    return True
