"""The real web server on a free loopback port, inside the test's own event loop."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from granian.server.embed import Server
from litestar import Litestar


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def served(app: Litestar, port: int) -> AsyncIterator[str]:
    """Serve an application while the block runs; yields its address."""
    server = Server(app, address="127.0.0.1", port=port, interface="asgi", log_enabled=False)  # type: ignore[arg-type]
    running = asyncio.create_task(server.serve())
    address = f"http://127.0.0.1:{port}"
    await _answering(address, running)
    try:
        yield address
    finally:
        server.stop()  # type: ignore[no-untyped-call]
        await asyncio.wait({running}, timeout=5)
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def _answering(address: str, running: "asyncio.Task[Any]") -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(100):
            if running.done():
                running.result()
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"{address}/healthz"):
                    return
            await asyncio.sleep(0.05)
    raise TimeoutError(f"{address} does not answer")
