"""The application's routes and the door of each, read off the route table."""

from dataclasses import dataclass

from litestar import Litestar
from litestar.routes import HTTPRoute

from drawbar.app import create_app
from drawbar.identity.guards import Door
from drawbar.kit.crypto import Vault
from drawbar.kit.db import open_database
from drawbar.kit.settings import Settings

ANSWERED_BY_LITESTAR = {"OPTIONS", "HEAD"}


@dataclass(frozen=True)
class Entrance:
    """A method of a route, and who may come in."""

    method: str
    path: str
    doors: tuple[Door, ...]
    public: str | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def door(self) -> Door:
        """The one door of a route that is not public."""
        (door,) = self.doors
        return door


def bare_app() -> Litestar:
    """Make the application without starting it."""
    return create_app(Settings(), Vault(bytes(32)), lambda: open_database("postgresql://"))


def entrances() -> list[Entrance]:
    """Read every entrance off the route table, in an order that never varies."""
    found = [
        Entrance(
            method,
            route.path_format,
            tuple(one for one in handler.resolve_guards() if isinstance(one, Door)),
            handler.opt.get("public"),
        )
        for route in bare_app().routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in sorted(handler.http_methods - ANSWERED_BY_LITESTAR)
    ]
    return sorted(found, key=str)
