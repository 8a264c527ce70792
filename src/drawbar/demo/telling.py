"""Progress: a bar on a terminal, plain lines elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

Told = Callable[[str, int, int], None]
"""Called with what is being done (or nothing), how much is done, and of how much."""


class Teller:
    """Says what goes on, as the console can show it."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def line(self, text: str) -> None:
        """Say a sentence."""
        self.console.print(escape(text))

    @contextmanager
    def bar(self, title: str) -> Iterator[Told]:
        """Show how far something is, for the length of a block."""
        if not self.console.is_terminal:
            yield self._plain(title)
            return
        columns = (TextColumn(title), BarColumn(), TextColumn("{task.description}"))
        with Progress(*columns, TimeElapsedColumn(), console=self.console) as progress:
            task = progress.add_task("", total=None)

            def told(what: str, done: int, total: int) -> None:
                progress.update(task, description=escape(what), completed=done, total=total)

            yield told

    def _plain(self, title: str) -> Told:
        last = ""

        def told(what: str, done: int, total: int) -> None:
            nonlocal last
            # Tenths only: a log is read later, line by line.
            now = f"{title}: {what} {done * 10 // total * 10} %".replace("  ", " ")
            if now != last:
                self.line(now)
            last = now

        return told
