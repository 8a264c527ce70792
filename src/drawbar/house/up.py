"""`drawbar up`: the database, the web process and the worker, started and stopped as one."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from drawbar.house.addresses import Addresses, addresses_of, postgres_of, start_database, vault_of
from drawbar.house.mendable import Mendable
from drawbar.house.occupancy import LEFTOVERS_END, Occupied, occupy, require_free_port
from drawbar.house.owner import setup_link
from drawbar.house.schema import check, migrate
from drawbar.house.supervisor import Supervisor
from drawbar.kit.embedded import EmbeddedPostgres, EmbeddedPostgresError
from drawbar.kit.mail.mailbox import mailbox_of
from drawbar.kit.settings import Settings

log = structlog.get_logger()
Say = Callable[[str], None]
Step = Callable[[Addresses], Awaitable[None]]

LONGEST_START = 30.0  # seconds
TICK = 0.05
WATCH_EVERY = 1.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what to ask when we listen on all


class NoAnswerError(Mendable):
    """The web process did not come up; the sentence says where to look."""


async def _nothing(_: Addresses) -> None:
    return


async def run(
    settings: Settings, say: Say, *, prepare: Step = _nothing, greet: Step = _nothing
) -> None:
    """Run until SIGINT, SIGTERM or SIGHUP, then stop everything this started.

    `prepare` runs when the database is ready and nothing else yet, `greet` when the pages answer.
    Raises Occupied, EmbeddedPostgresError, UnfitDatabase, MasterKeyError or NoAnswerError.
    """
    _make_folder(settings.data)
    with occupy(settings.data, settings.address) as left_behind:
        patience = LEFTOVERS_END if left_behind else 0.0
        require_free_port(settings.host, settings.port, patience=patience)
        with contextlib.suppress(asyncio.CancelledError), _cancelled_by_signals():
            async with running_database(settings, keep=False) as addresses:
                came_from = await migrate(addresses)
                if came_from:
                    say(f"Brought the database up to date (it was {came_from}).")
                await check(addresses)
                vault_of(settings)
                await prepare(addresses)
                async with _kept_running(settings), _children(settings):
                    say(f"Drawbar answers at {settings.address}")
                    link = await setup_link(addresses.app)
                    if link:
                        say(f"Make the first owner: {settings.address}/setup/{link}")
                    if not settings.smtp_url:
                        say(f"No mail server is set: letters go to {mailbox_of(settings.data)}")
                    await greet(addresses)
                    await asyncio.Event().wait()
        say("Stopped.")


@asynccontextmanager
async def running_database(settings: Settings, *, keep: bool = True) -> AsyncIterator[Addresses]:
    """Have the database running in the block.

    An embedded server this call started is stopped at the end; `keep=False` stops any.
    """
    postgres = postgres_of(settings)
    started = await start_database(settings)
    try:
        yield addresses_of(settings)
    finally:
        if postgres is not None and (started or not keep):
            postgres.stop()


@asynccontextmanager
async def _kept_running(settings: Settings) -> AsyncIterator[None]:
    """Start the embedded server again whenever it is gone, for the length of the block."""
    watch = asyncio.create_task(_watch(postgres_of(settings)))
    try:
        yield
    finally:
        watch.cancel()
        await asyncio.wait({watch})


async def _watch(postgres: EmbeddedPostgres | None) -> None:
    while postgres is not None:
        await asyncio.sleep(WATCH_EVERY)
        if postgres.is_running:
            continue
        try:
            # In a thread, for recovery after a crash may take its time.
            if await asyncio.to_thread(postgres.start):
                log.error("database was gone and is started again")
        except EmbeddedPostgresError:
            log.exception("database is gone and does not start")


@asynccontextmanager
async def _children(settings: Settings) -> AsyncIterator[None]:
    """Keep web and worker running in the block, which begins when the pages answer."""
    parent = f"--parent={os.getpid()}"
    commands = {name: (sys.executable, "-m", "drawbar", name, parent) for name in ("web", "worker")}
    supervisor = Supervisor(commands, os.environ)
    running = asyncio.create_task(supervisor.run())
    try:
        await _until_answered(settings)
        yield
    finally:
        supervisor.stop()
        await running


async def _until_answered(settings: Settings) -> None:
    deadline = time.monotonic() + LONGEST_START
    while not await answers(settings):
        if time.monotonic() > deadline:
            raise NoAnswerError(
                f"The pages did not answer at {settings.address} within {LONGEST_START:g} seconds. "
                "The lines above say why; DRAWBAR_LOG_LEVEL=debug says more."
            )
        await asyncio.sleep(TICK)


async def answers(settings: Settings) -> bool:
    """Whether the web process answers on host and port."""
    host = ANYWHERE.get(settings.host, settings.host)
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_connection(host, settings.port)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            status = await reader.readline()
            writer.close()
    except (OSError, TimeoutError):
        return False
    return b" 200 " in status


@contextlib.contextmanager
def _cancelled_by_signals() -> Iterator[None]:
    """Let the first signal end the block; what then cleans up is not disturbed by a second."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    asked = False

    def ask() -> None:
        nonlocal asked
        if task is not None and not asked:
            asked = True
            task.cancel()

    for sign in STOP_SIGNALS:
        loop.add_signal_handler(sign, ask)
    try:
        yield
    finally:
        for sign in STOP_SIGNALS:
            loop.remove_signal_handler(sign)


def _make_folder(data: Path) -> None:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        (data / "drawbar.pid").touch(mode=0o644)
    except OSError as error:
        raise Occupied(
            f"Cannot write in the data folder {data.resolve()} ({error.strerror}). "
            "Run Drawbar as the user who owns it, or point DRAWBAR_DATA at a folder of your own."
        ) from error
