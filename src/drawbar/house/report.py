"""The status as a table for a terminal."""

import msgspec
from rich.table import Table

from drawbar.house.status import Status


def status_table(status: Status) -> Table:
    """Return two columns: what it is called, and how it is."""
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_row("Address", status.address)
    table.add_row("Pages and API", "[green]answer[/]" if status.answering else "[red]no answer[/]")
    table.add_row("Process", str(status.running.pid) if status.running else "none in this folder")
    table.add_row("Database", status.database)
    table.add_row("Revision", _revision(status))
    table.add_row("Workers", "–" if status.workers is None else str(status.workers))
    if status.counts is not None:
        for name, number in msgspec.structs.asdict(status.counts).items():
            table.add_row(name.replace("_", " ").capitalize(), f"{number:,}")
    return table


def _revision(status: Status) -> str:
    if status.revision is None:
        return "unknown"
    fits = status.revision == status.newest_revision
    return status.revision if fits else f"{status.revision}, run `drawbar migrate`"
