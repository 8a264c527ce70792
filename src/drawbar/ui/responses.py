"""Pages as answers: whole for a visit, one block when htmx asks for a fragment."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from litestar import MediaType, Request, Response
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.response import Redirect
from litestar.response.base import ASGIResponse

from drawbar.kit.clock import system_clock
from drawbar.ui import flash
from drawbar.ui.reader import Reader, gettext, locale_from, writing_for
from drawbar.ui.render import render, render_block

FRAME_CONTEXT = "frame_context"
"""Name in the application's state of a `FrameContext`, which the composing module puts there."""

FrameContext = Callable[[Request[Any, Any, Any]], Mapping[str, Any]]
"""Gives the frame what every page shows: nav, product, workspace, user."""


def wants_fragment(request: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Tell whether htmx replaces a part of a page it shows, rather than the page itself."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
        and headers.get("HX-Request-Type", "partial") == "partial"
    )


def reader_of(request: Request[Any, Any, Any]) -> Reader:
    """Return who reads: the user's own language and zone, else what the browser asks for."""
    user = request.scope.get("user")
    now: datetime = request.app.state.get("clock", system_clock)()
    return Reader(
        now=now,
        locale=locale_from(
            request.headers.get("Accept-Language", ""), getattr(user, "locale", "") or ""
        ),
        time_zone=getattr(user, "time_zone", "") or "UTC",
    )


def go_on(
    request: Request[Any, Any, Any], path: str, message: str = "", tone: str = "good", **values: Any
) -> Redirect:
    """Answer a form with 303 to a page of ours, which says the message once as a toast.

    `message` is a sentence of the catalogue; `values` fill its `%(name)s`.
    """
    if not message:
        return Redirect(path, status_code=303)
    with writing_for(reader_of(request)):
        text = gettext(message) % values
    return Redirect(path, status_code=303, cookies=[flash.saying(request, flash.Said(text, tone))])


class Page(Response[str]):
    """A template as the answer: `return Page("assettracs/assets/list.html", {"rows": rows})`.

    Sends only the block (by default `content`) to htmx when that asks for a fragment.
    """

    def __init__(
        self,
        template: str,
        context: Mapping[str, Any] | None = None,
        *,
        block: str = "content",
        status_code: int | None = None,
        headers: Mapping[str, str] | None = None,
        cookies: Iterable[Cookie] | None = None,
    ) -> None:
        super().__init__(
            content="",
            status_code=status_code,
            media_type=MediaType.HTML,
            headers={"Vary": "HX-Request, HX-Request-Type, Accept-Language", **(headers or {})},
            cookies=list(cookies or []),
        )
        self.template = template
        self.context = dict(context or {})
        self.block = block

    def to_asgi_response(
        self, app: Any, request: Request[Any, Any, Any], **settings: Any
    ) -> ASGIResponse:
        """Write the page for whoever sent the request."""
        frame: FrameContext | None = request.app.state.get(FRAME_CONTEXT)
        context = {**(frame(request) if frame else {}), **self.context}
        someone = reader_of(request)
        if wants_fragment(request):
            self.content = render_block(self.template, self.block, someone, **context)
        else:
            sentences = flash.said(request)
            if sentences:
                self.set_cookie(flash.forgetting())
            self.content = render(self.template, someone, **{"flash": sentences, **context})
        return super().to_asgi_response(app, request, **settings)
