"""Errors as pages for people at a browser; programs get problem+json."""

from typing import Any
from urllib.parse import quote

from litestar import Request, Response

from drawbar.kit.http.problems import as_problem, problem_response
from drawbar.kit.settings import Settings
from drawbar.ui.reader import gettext, writing_for
from drawbar.ui.responses import Page, reader_of

AnyRequest = Request[Any, Any, Any]
FOR_PROGRAMS = ("/api/", "/admin/v1", "/assettracs/api/", "/oauth/", "/hub/push/", "/healthz")


def problem_answer(request: AnyRequest, error: Exception) -> Response[Any]:
    """Answer with a page where a browser asks for one, else with problem+json."""
    if not is_for_person(request):
        return problem_response(request, error)
    problem = as_problem(error)
    request_id = str(request.scope.get("request_id", ""))
    settings: Settings = request.app.state.settings
    with writing_for(reader_of(request)):
        title = gettext(problem.title)
    return Page(
        "ui/problem.html",
        {
            "title": title,
            "detail": problem.detail,
            "request_id": request_id,
            "help_href": _help(request, request_id),
            "support_email": settings.support_email,
            "support_url": settings.support_url,
        },
        status_code=problem.status,
        headers={**problem.headers, "Cache-Control": "no-store"},
    )


def _help(request: AnyRequest, request_id: str) -> str:
    """Lead to the form for support with the request filled in, strangers to the documentation."""
    known = "person" in (request.scope.get("state") or {})
    where = "/help/contact" if known else "/help"
    return f"{where}?request={quote(request_id)}"


def is_for_person(request: AnyRequest) -> bool:
    """Whether a browser asks for a page, rather than a program for data."""
    wanted = request.headers.get("accept", "")
    return "text/html" in wanted and not request.scope["path"].startswith(FOR_PROGRAMS)
