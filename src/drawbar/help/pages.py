"""Routes of help: search and documents for everybody, the way to support for members."""

import asyncio
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, Router, get, post
from litestar.params import FromPath

from drawbar.help.bundle import support_bundle, well_formed
from drawbar.help.contact import Question, ask
from drawbar.help.library import library, shelves
from drawbar.help.search import index
from drawbar.help.suggestions import suggested
from drawbar.identity.guards import actor_of, member, person_of, public, recognised
from drawbar.identity.pages import own_path
from drawbar.kit.errors import Problem, not_found
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheDatabase, TheSettings, TheVault
from drawbar.kit.http.throttle import take
from drawbar.ui.responses import Page, go_on

AnyRequest = Request[Any, Any, Any]
PATH = "/help"
NEVER_KEPT = {"Cache-Control": "no-store"}
QUESTIONS_A_MINUTE = 5
PUBLIC = public("the documentation holds nothing of anybody")
FRAMED, PLAIN = "ui/frame.html", "help/plain.html"


@get("/", opt={**PUBLIC, "query": {"q": "Words.", "from": "The page left.", "request": "Its id."}})
async def show_help(request: AnyRequest, settings: TheSettings) -> Page:
    """Search the documentation, offer what fits the page somebody came from, name the operator."""
    person = await recognised(request)
    documents = await asyncio.to_thread(library)
    query = request.query_params.get("q", "")
    came_from = own_path(request.query_params.get("from", ""))
    request_id = well_formed(request.query_params.get("request", ""))
    fitting = documents.get(suggested(came_from) or "")
    return Page(
        "help/help.html",
        {
            "layout": FRAMED if person else PLAIN,
            "sought": query,
            "results": (await asyncio.to_thread(index)).search(query) if query.strip() else [],
            "shelves": shelves(documents),
            "fitting": fitting,
            "may_ask": person is not None,
            "request_id": request_id,
            "contact_href": contact_href(request_id, came_from),
            "support_email": settings.support_email,
            "support_url": settings.support_url,
        },
    )


@get("/docs/{path:path}", opt={**PUBLIC, "query": {}})
async def show_document(request: AnyRequest, path: FromPath[str]) -> Page:
    """Show a document of the shipped documentation."""
    person = await recognised(request)
    documents = await asyncio.to_thread(library)
    document = documents.get(path.strip("/").removesuffix(".md"))
    if document is None:
        raise not_found("document")
    return Page(
        "help/document.html",
        {
            "layout": FRAMED if person else PLAIN,
            "document": document,
            "contents": [one for one in document.sections if one.anchor],
        },
    )


@get("/contact", guards=[member()], opt={"query": {"request": "Its id.", "from": "The page."}})
async def show_contact(
    request: AnyRequest, database: TheDatabase, vault: TheVault, settings: TheSettings
) -> Page:
    """Show the form to support, and exactly what would be sent along."""
    request_id = well_formed(request.query_params.get("request", ""))
    came_from = own_path(request.query_params.get("from", ""))
    bundle = await support_bundle(
        database, vault, settings, person_of(request), request_id=request_id, page=came_from
    )
    return _contact(request, {"request_id": request_id, "bundle": bundle, "attach": "true"})


@post("/contact", guards=[member()], opt={"query": {}})
async def send_question(
    request: AnyRequest, database: TheDatabase, vault: TheVault, settings: TheSettings
) -> Response[Any]:
    """Send a question and, if wanted, the details that were shown."""
    person = person_of(request)
    take(request, f"support:{person.user_id}", QUESTIONS_A_MINUTE)
    sent = await fields(request)
    question = Question(
        message=sent.get("message", ""),
        request_id=well_formed(sent.get("request_id", "")),
        bundle=sent.get("bundle", "") if sent.get("attach") else "",
    )
    try:
        await ask(database, vault, settings, actor_of(request), person, question)
    except Problem as problem:
        return _contact(request, sent, problem)
    return go_on(request, PATH, "Sent. The answer comes by e-mail.")


@post("/contact/download", guards=[member()], opt={"query": {}})
async def download_bundle(
    request: AnyRequest, database: TheDatabase, vault: TheVault, settings: TheSettings
) -> Response[str]:
    """Give the details as a file, for who sends them another way."""
    sent = await fields(request)
    bundle = await support_bundle(
        database,
        vault,
        settings,
        person_of(request),
        request_id=well_formed(sent.get("request_id", "")),
    )
    return Response(
        bundle,
        media_type="application/json",
        status_code=200,
        headers={
            **NEVER_KEPT,
            "Content-Disposition": 'attachment; filename="drawbar-support.json"',
        },
    )


def contact_href(request_id: str = "", page: str = "") -> str:
    """Return the address of the form to support, with what is known filled in."""
    given = {"request": request_id, "from": page if page != "/" else ""}
    query = "&".join(f"{name}={quote(text)}" for name, text in given.items() if text)
    return f"{PATH}/contact" + (f"?{query}" if query else "")


def help_pages() -> Router:
    """Return the routes under `/help`."""
    return Router(
        PATH,
        route_handlers=[
            show_help,
            show_document,
            show_contact,
            send_question,
            download_bundle,
        ],
        include_in_schema=False,
        response_headers={"Cache-Control": "private, no-cache"},
    )


def _contact(request: AnyRequest, typed: dict[str, str], problem: Problem | None = None) -> Page:
    settings = request.app.state.settings
    errors = {one.field: one.message for one in problem.errors} if problem else {}
    return Page(
        "help/contact.html",
        {
            "typed": typed,
            "errors": errors,
            "refusal": problem.detail if problem and not errors else None,
            "support_email": settings.support_email,
            "support_url": settings.support_url,
        },
        status_code=problem.status if problem else 200,
        headers=NEVER_KEPT,
    )
