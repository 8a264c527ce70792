"""The command line. Each command loads only what it needs: `drawbar up` has a budget of seconds."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape

from drawbar.kit.settings import Settings, settings_from

if TYPE_CHECKING:
    from drawbar.kit.db import Database
    from drawbar.workspaces.operator import Decided

app = typer.Typer(
    help="Drawbar: a unified API for maintenance systems, and an asset platform, in one.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)
Parent = Annotated[int, typer.Option(hidden=True, help="End when this process is gone.")]


def main() -> None:
    """Run a command; whatever the operator can mend is one red line and exit code 1."""
    from drawbar.house.errors import MENDABLE

    try:
        app()
    except MENDABLE as error:
        errors.print(f"[bold red]{escape(str(error))}[/]")
        sys.exit(1)


@app.command()
def up() -> None:
    """Run everything: the database, the pages and the API, the worker. Ctrl-C stops it."""
    from drawbar.house.up import run

    settings = _settings()
    asyncio.run(run(settings, out.print))


@app.command()
def stop() -> None:
    """Stop the Drawbar that runs in this data folder."""
    from drawbar.house.occupancy import stop as stop_occupant

    stopped = stop_occupant(_settings().data)
    out.print("Stopped." if stopped else "Nothing runs in this data folder.")


@app.command()
def status() -> None:
    """Say what runs and how much there is; exit code 1 when it does not answer."""
    from drawbar.house.report import status_table
    from drawbar.house.status import status_of

    found = asyncio.run(status_of(_settings()))
    out.print(status_table(found))
    raise typer.Exit(0 if found.answering else 1)


@app.command()
def web(parent: Parent = 0) -> None:
    """Run a web process; the database must be running."""
    with _process(parent) as settings:
        from drawbar.web import serve

        serve(settings)


@app.command()
def worker(parent: Parent = 0) -> None:
    """Run a worker: jobs, schedules, deliveries; the database must be running."""
    with _process(parent) as settings:
        from drawbar.worker import run

        run(settings)


@app.command()
def migrate() -> None:
    """Bring the database to the revision this version of Drawbar works with."""
    from drawbar.house.schema import migrate as bring_up
    from drawbar.house.up import running_database

    async def run() -> str | None:
        async with running_database(_settings()) as addresses:
            return await bring_up(addresses)

    came_from = asyncio.run(run())
    out.print(f"Migrated (it was {came_from})." if came_from else "Nothing to do.")


@app.command("create-owner")
def create_owner(
    email: Annotated[str, typer.Option(help="What the owner logs in with.")],
    name: Annotated[str, typer.Option(help="The owner's name, as others see it.")],
    workspace: Annotated[str, typer.Option(help="The name of the new workspace.")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Add a person and a workspace they own."""
    from drawbar.house.schema import check
    from drawbar.house.up import running_database
    from drawbar.kit.db import open_database
    from drawbar.workspaces.actions import NewOwner
    from drawbar.workspaces.actions import create_owner as create

    settings = _settings()
    password = _password(from_stdin=password_stdin)
    new = NewOwner(email=email, name=name, password=password, workspace_name=workspace)

    async def run() -> None:
        async with running_database(settings) as addresses:
            await check(addresses)
            async with open_database(addresses.app, size=1) as database:
                await create(database, new)

    asyncio.run(run())
    out.print(escape(f"{name} owns {workspace}. Log in at {settings.address}/login"))


@app.command("grant-credits")
def grant_credits(
    workspace: Annotated[str, typer.Option(help="The workspace's name or id.")],
    credits: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many.")],
    note: Annotated[str, typer.Option(help="What the ledger says.")] = "granted by the operator",
) -> None:
    """Add credits to a workspace's pool; what it uses as overage is settled first."""
    from drawbar.workspaces.credits import counted
    from drawbar.workspaces.operator import grant_credits as grant

    decided = _decide(lambda database: grant(database, workspace, credits, note))
    pool = decided.pool
    out.print(
        escape(
            f"{decided.workspace.name} has {counted(pool.available)} available of {pool.granted}"
            f" granted; {pool.used} are used, {pool.overage} of them as overage."
        )
    )


@app.command("set-plan")
def set_plan(
    workspace: Annotated[str, typer.Option(help="The workspace's name or id.")],
    plan: Annotated[
        Literal["trial", "paid"], typer.Option(help="Only a paid workspace may go into overage.")
    ],
) -> None:
    """Move a workspace to the trial or to the paid plan."""
    from drawbar.workspaces.operator import set_plan as choose

    decided = _decide(lambda database: choose(database, workspace, plan))
    out.print(escape(f"{decided.workspace.name} is on the {plan} plan."))


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Where to write the copy.")]) -> None:
    """Write the whole database to one file, in PostgreSQL's custom format."""
    from drawbar.house.addresses import postgres_of
    from drawbar.house.backup import dump
    from drawbar.house.up import running_database

    settings = _settings()

    async def run() -> int:
        async with running_database(settings) as addresses:
            return dump(addresses, file, postgres_of(settings))

    size = asyncio.run(run())
    out.print(escape(f"Wrote {file} ({size:,} bytes)."))
    where = "DRAWBAR_MASTER_KEY" if settings.master_key else settings.data / "master.key"
    out.print(
        escape(f"It does not hold the master key. Keep a copy of {where} apart from it: ")
        + "without the key, stored credentials cannot be read."
    )


@app.command("rotate-keys")
def rotate_keys(
    keep_retired: Annotated[
        bool, typer.Option("--keep-retired", help="Keep the old key's file when all is moved.")
    ] = False,
) -> None:
    """Exchange the master key while Drawbar runs; run it again when it was interrupted."""
    from drawbar.house.rotation import Rotated, rotate
    from drawbar.house.schema import check
    from drawbar.house.up import running_database

    settings = _settings()

    async def run() -> Rotated:
        async with running_database(settings) as addresses:
            await check(addresses)
            return await rotate(settings, addresses, out.print, keep_retired=keep_retired)

    done = asyncio.run(run())
    out.print(f"Master key {done.key_id} seals now; {done.moved:,} values were moved to it.")
    if done.unreadable:
        out.print(f"{done.unreadable:,} are sealed under keys this server does not have.")
    if not settings.master_key:
        out.print(escape(f"Keep a copy of {settings.data / 'master.key'} apart from the backup."))


@app.command()
def demo(
    detach: Annotated[bool, typer.Option("--detach", help="Go on in the background.")] = False,
    ready: Annotated[int, typer.Option(hidden=True, help="Say here that it is up.")] = -1,
) -> None:
    """Load airlines with their aircraft, connect one of them, and run everything."""
    # The demo's connection reaches this machine's own pages, which the address guard refuses.
    os.environ.setdefault("DRAWBAR_ALLOW_NETWORKS", "127.0.0.0/8,::1/128")
    # A line per request would bury the address and the log-in.
    os.environ.setdefault("DRAWBAR_LOG_LEVEL", "warning")
    from drawbar.demo.command import run, run_detached

    settings = _settings()
    if detach:
        run_detached(settings, out)
    else:
        run(settings, out, ready)


def _decide(act: "Callable[[Database], Awaitable[Decided]]") -> "Decided":
    """Do what the operator wants in the database, which is started for it when it is embedded."""
    from drawbar.house.schema import check
    from drawbar.house.up import running_database
    from drawbar.kit.db import open_database

    async def run() -> "Decided":
        async with running_database(_settings()) as addresses:
            await check(addresses)
            async with open_database(addresses.app, size=1) as database:
                return await act(database)

    return asyncio.run(run())


def _settings() -> Settings:
    from drawbar.kit import logs

    settings = settings_from(os.environ)
    logs.configure(settings.log_level)
    return settings


@contextmanager
def _process(parent: int) -> Iterator[Settings]:
    """Prepare a web or worker process: end with the parent, refuse an unfit database."""
    from drawbar.house.addresses import addresses_of, require_running
    from drawbar.house.parent import end_with
    from drawbar.house.schema import check

    if parent:
        end_with(parent)
    settings = _settings()
    require_running(settings)
    asyncio.run(check(addresses_of(settings)))
    yield settings


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    if not sys.stdin.isatty():
        raise typer.BadParameter("There is no terminal to ask for it: use --password-stdin.")
    answer: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer
