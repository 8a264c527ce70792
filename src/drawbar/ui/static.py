"""Serves the bundled scripts and styles; their names change with their content."""

from typing import Any

from litestar import Request, Response, Router
from litestar.datastructures import CacheControlHeader
from litestar.static_files import create_static_files_router

from drawbar.kit.errors import not_found
from drawbar.ui.bundle import DIST, STATIC_PATH
from drawbar.ui.problems import problem_answer

YEAR_S = 31_536_000


def static_router() -> Router:
    """Return the routes under `/static`, to be kept by browsers for good."""
    return create_static_files_router(
        path=STATIC_PATH,
        directories=[DIST],
        name="static",
        cache_control=CacheControlHeader(public=True, max_age=YEAR_S, immutable=True),
        # What the file system says to a NUL in a name.
        exception_handlers={ValueError: _no_such_file},
        opt={"public": "style and script of every page"},
    )


def _no_such_file(request: Request[Any, Any, Any], _: ValueError) -> Response[Any]:
    return problem_answer(request, not_found("file"))
