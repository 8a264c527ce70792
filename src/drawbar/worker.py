"""The worker process: background jobs, schedules and webhook deliveries."""

import asyncio
import signal

import uvloop

from drawbar.house.addresses import addresses_of
from drawbar.kit.jobs import Worker
from drawbar.kit.settings import Settings


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; what runs then gets three seconds, and is taken up later."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work(settings))


async def work(settings: Settings) -> None:
    """Run what every package wants done in the background."""
    worker = Worker(addresses_of(settings).direct, {})
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, worker.stop)
    await worker.run()
