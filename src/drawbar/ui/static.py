"""Serves the bundled scripts and styles; their names change with their content."""

from litestar import Router
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from drawbar.ui.bundle import DIST, STATIC_PATH

YEAR_S = 31_536_000


def static_router() -> Router:
    """Return the routes under `/static`, to be kept by browsers for good."""
    return create_static_files_router(
        path=STATIC_PATH,
        directories=[DIST],
        name="static",
        cache_control=CacheControlHeader(public=True, max_age=YEAR_S, immutable=True),
        opt={"public": "style and script of every page"},
    )
