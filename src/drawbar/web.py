"""The web process: granian with one worker, which loads the application from the environment."""

import multiprocessing
import os

from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import Server
from litestar import Litestar

from drawbar.app import create_app
from drawbar.house.addresses import addresses_of, vault_of
from drawbar.house.parent import end_with
from drawbar.kit import logs
from drawbar.kit.db import open_database
from drawbar.kit.settings import Settings, settings_from

KILL_AFTER = 2
"""Seconds an open live page may hold up a stop; granian would wait for it for ever."""
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"_granian": {"handlers": [], "propagate": True}},
}


def app() -> Litestar:
    """Make the application from `DRAWBAR_*`; granian calls this in its worker process."""
    if multiprocessing.parent_process() is not None:
        end_with(os.getppid())
    settings = settings_from(os.environ)
    logs.configure(settings.log_level)
    url = addresses_of(settings).app
    return create_app(settings, vault_of(settings), lambda: open_database(url))


def serve(settings: Settings) -> None:
    """Answer requests on `DRAWBAR_HOST` and `DRAWBAR_PORT` until SIGTERM or SIGINT."""
    Server(
        "drawbar.web:app",
        settings.host,
        settings.port,
        interface=Interfaces.ASGI,
        factory=True,
        loop=Loops.uvloop,
        websockets=False,
        workers=1,
        workers_kill_timeout=KILL_AFTER,
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig=LOGGING,
    ).serve()
