"""The worker process: background jobs, schedules and webhook deliveries."""

import asyncio
import signal

import uvloop

from drawbar.alerts import jobs as alerts
from drawbar.assettracs.compliance import expiration
from drawbar.assettracs.maintenance import generator
from drawbar.connections import jobs as connections
from drawbar.connections.jobs import CHECK_JOB, CHECKS_AT_ONCE
from drawbar.house.addresses import addresses_of, vault_of
from drawbar.identity import jobs as identity
from drawbar.kit.db import Database, open_database
from drawbar.kit.jobs import Recurring, Worker
from drawbar.kit.mail import jobs as mail
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.kit.settings import Settings
from drawbar.link import jobs as link
from drawbar.requests import jobs as requests
from drawbar.sync import jobs as sync
from drawbar.sync.model import RUN_JOB
from drawbar.webhooks.delivery import deliver

RUNS_AT_ONCE = 8
"""Sync runs on all workers together; more would only wait for the same cores."""
POOL = 16
IN_FLIGHT = 512
"""Connections to one host: many endpoints may share it."""


def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; what runs then gets three seconds, and is taken up later."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work(settings))


async def work(settings: Settings) -> None:
    """Run what every package wants done in the background."""
    addresses, vault = addresses_of(settings), vault_of(settings)
    stop = asyncio.Event()
    async with (
        open_database(addresses.app, size=POOL) as database,
        OutgoingHttp(settings.allow_networks, connections_per_origin=IN_FLIGHT) as http,
    ):
        worker = Worker(
            addresses.direct,
            {
                **mail.handlers(database, vault, settings),
                **connections.handlers(database, http, vault),
                **identity.handlers(database, vault, settings),
                **sync.handlers(database, http, vault, settings),
            },
            [
                *mail.schedules(database),
                *identity.schedules(database),
                *connections.schedules(database),
                *link.schedules(database),
                *sync.schedules(database),
                *alerts.schedules(database, vault, settings),
                *requests.schedules(database, settings.request_log_days),
                *_platform(database),
            ],
            limits={RUN_JOB: RUNS_AT_ONCE, CHECK_JOB: CHECKS_AT_ONCE},
        )

        def end() -> None:
            worker.stop()
            stop.set()

        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, end)
        async with asyncio.TaskGroup() as together:
            together.create_task(worker.run())
            together.create_task(
                deliver(database, http, vault, stop=stop, listen_url=addresses.direct)
            )


def _platform(database: Database) -> list[Recurring]:
    async def make_work_orders() -> None:
        await generator.generate(database)

    async def expire_certificates() -> None:
        await expiration.expire(database)

    return [
        Recurring("maintenance.make_work_orders", "* * * * *", make_work_orders),
        Recurring("compliance.expire_certificates", "*/2 * * * *", expire_certificates),
    ]
