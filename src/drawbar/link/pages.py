"""Link's routes, composed, and the files its pages and those of others load."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Request, Response, Router, get
from litestar.params import FromPath

from drawbar.identity.guards import public
from drawbar.kit.errors import not_found
from drawbar.link import authorize_pages, consent_pages, session_pages, step_pages
from drawbar.link.answer_pages import being_finished, dead, trouble
from drawbar.link.colours import is_colour, style_of
from drawbar.link.finishing import BeingFinished
from drawbar.link.policy import headers_of
from drawbar.link.visits import Dead
from drawbar.ui.bundle import DIST, STATIC_PATH, asset_url

AnyRequest = Request[Any, Any, Any]
SCRIPT = "drawbar-link.js"
HOUR_S, YEAR_S = 3_600, 31_536_000
SECTIONS = (authorize_pages, session_pages, step_pages, consent_pages)


def link_pages() -> Router:
    """Return the routes under `/link`."""
    return Router(
        "/link",
        route_handlers=[
            send_script,
            send_colours,
            *(route for section in SECTIONS for route in section.ROUTES),
        ],
        # Redirects too: one with the opener policy of our other pages would cut a popup off.
        response_headers=headers_of(None),
        exception_handlers={Dead: dead, BeingFinished: being_finished, Exception: trouble},
        include_in_schema=False,
    )


@get(
    "/drawbar-link.js",
    opt=public("pages of applications load it") | {"query": {}},
    sync_to_thread=False,
)
def send_script(request: AnyRequest) -> Response[bytes]:
    """Send the script that opens Link from a page of an application.

    Its address never changes, so it is kept for an hour only and asked for by its ETag after.
    """
    content, tag = _script(asset_url(SCRIPT))
    headers = {
        "ETag": tag,
        "Cache-Control": f"public, max-age={HOUR_S}",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Access-Control-Allow-Origin": "*",
    }
    if tag in request.headers.get("If-None-Match", ""):
        return Response(b"", status_code=304, headers=headers)
    return Response(content, media_type="text/javascript; charset=utf-8", headers=headers)


@get(
    "/colours/{name:str}",
    opt=public("a style sheet; it says nothing but a colour") | {"query": {}},
    sync_to_thread=False,
)
def send_colours(name: FromPath[str]) -> Response[str]:
    """Send the style sheet of a colour, `0f6b6b.css`: pages may have no style of their own."""
    colour = f"#{name.removesuffix('.css')}"
    if not is_colour(colour):
        raise not_found("colour")
    kept = {"Cache-Control": f"public, max-age={YEAR_S}, immutable"}
    return Response(style_of(colour), media_type="text/css", headers=kept)


@cache
def _script(address: str) -> tuple[bytes, str]:
    content = Path(DIST, address.removeprefix(f"{STATIC_PATH}/")).read_bytes()
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'
