"""Applications kept for the next test: making one takes most of a second, starting it nothing."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager

import msgspec
from litestar import Litestar

from drawbar.app import create_app
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.settings import Settings

OpenDatabase = Callable[[], AbstractAsyncContextManager[Database]]


class Kept:
    """One application; each test that borrows it opens a database of its own."""

    def __init__(self, settings: Settings, vault: Vault, open_database: OpenDatabase) -> None:
        self.open_database = open_database
        self.app = create_app(settings, vault, self._open)

    def _open(self) -> AbstractAsyncContextManager[Database]:
        return self.open_database()


_idle: dict[tuple[Settings, str], list[Kept]] = {}


@contextmanager
def borrowed_app(
    settings: Settings, vault: Vault, open_database: OpenDatabase
) -> Iterator[Litestar]:
    """Lend an application with these settings and master key that nobody else uses meanwhile."""
    waiting = _idle.setdefault((msgspec.structs.replace(settings, port=1), repr(vault)), [])
    kept = waiting.pop() if waiting else Kept(settings, vault, open_database)
    kept.open_database = open_database
    kept.app.state.settings = settings
    yield kept.app
    waiting.append(kept)
