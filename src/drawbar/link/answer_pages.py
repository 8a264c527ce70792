"""How Link answers: its pages, and what the application is told, by redirect or by a message."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.response import Redirect

from drawbar.identity import grants
from drawbar.identity.application_store import Application
from drawbar.identity.grants import AuthorizationRefused, AuthorizationRequest
from drawbar.kit import json
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.http.problems import as_problem
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.kit.settings import Settings
from drawbar.link import session_store
from drawbar.link.finishing import BeingFinished
from drawbar.link.model import LinkSession
from drawbar.link.policy import headers_of
from drawbar.link.visits import Dead, Look, Visit, look_of, origin_of, visit_of
from drawbar.ui.reader import LANGUAGES, LOCALES, gettext, writing_for
from drawbar.ui.responses import Page, reader_of

AnyRequest = Request[Any, Any, Any]
VISIT = "link_visit"
"""Name in the request's scope of its visit, once that is known."""
GONE = 410


class Guest(msgspec.Struct, frozen=True):
    """Who reads a page of Link: nobody we know, but for the language they chose."""

    locale: str


class Tools(msgspec.Struct, frozen=True):
    """What the steps of a visit work with."""

    database: Database
    http: OutgoingHttp
    vault: Vault
    settings: Settings

    @classmethod
    def of(cls, request: AnyRequest) -> "Tools":
        """Take them from the application's state."""
        state = request.app.state
        return cls(state.database, state.http, state.vault, state.settings)


async def come_in(request: AnyRequest, token: str) -> Visit:
    """Find the visit a request belongs to, and write for its reader; raise `Dead`.

    `?lang=` chooses the language from here on: in a frame of another site no cookie keeps it.
    """
    database: Database = request.app.state.database
    visit = await visit_of(database, token)
    wanted = request.query_params.get("lang", "")
    if wanted in LOCALES and wanted != visit.session.locale:
        async with database.writing(visit.session.workspace_id) as tx:
            await session_store.choose_language(tx, visit.session.id, wanted)
        session = msgspec.structs.replace(visit.session, locale=wanted)
        visit = msgspec.structs.replace(visit, session=session)
    receive(request, visit)
    return visit


def receive(request: AnyRequest, visit: Visit) -> None:
    """Answer this request as one of this visit, in its language."""
    request.scope[VISIT] = visit  # type: ignore[literal-required]
    # The request log tells the workspace what its customers met with.
    request.state.actor = visit.actor
    if visit.session.locale:
        request.scope["user"] = Guest(visit.session.locale)


def page(
    visit: Visit | None,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    status_code: int = 200,
    look: Look | None = None,
    refresh: str = "",
) -> Page:
    """Return a page of Link in the application's look; `refresh` is `seconds;url=address`."""
    return Page(
        f"link/{template}",
        {
            "visit": visit,
            "look": look or (visit.look if visit else None),
            "languages": LANGUAGES,
            **(context or {}),
        },
        status_code=status_code,
        headers={**headers_of(visit), **({"Refresh": refresh} if refresh else {})},
    )


def connected(visit: Visit, asked: AuthorizationRequest, code: str, issuer: str) -> Response[Any]:
    """Hand the application its code."""
    return _told(visit, asked, "connected", grants.answer_with_code(asked, issuer, code))


def cancelled(visit: Visit, asked: AuthorizationRequest, issuer: str) -> Response[Any]:
    """Tell the application that its customer did not want to connect."""
    answer = grants.answer_with_error(grants.cancelled(asked), issuer)
    return _told(visit, asked, "closed", answer)


def refused(application: Application, refusal: AuthorizationRefused, issuer: str) -> Response[Any]:
    """Tell the application what was wrong with what it asked for."""
    asked = refusal.request
    nowhere = LinkSession(
        workspace_id=application.workspace_id,
        id=application.id,
        created_at=application.created_at,
        expires_at=application.created_at,
        redirect_uri=asked.redirect_uri,
        response_mode=asked.response_mode,
    )
    look = look_of(application)
    visit = Visit(token="", session=nowhere, look=look, application=application)
    return _told(visit, asked, "error", grants.answer_with_error(refusal, issuer))


def dead(request: AnyRequest, error: Dead) -> Page:
    """Say why a visit or link does not go on, and what to do."""
    if error.visit:
        receive(request, error.visit)
    status = 404 if error.reason == "unknown" else GONE
    return page(error.visit, "dead.html", {"reason": error.reason}, status_code=status)


def waiting(visit: Visit) -> Page:
    """Wait for the request that makes the connection; the page looks again by itself."""
    return page(visit, "waiting.html", status_code=202, refresh=f"2;url={visit.home}")


def being_finished(request: AnyRequest, error: BeingFinished) -> Response[Any]:
    """Wait for the request that makes the connection."""
    visit = _known(request)
    return waiting(visit) if visit else trouble(request, error)


def trouble(request: AnyRequest, error: Exception) -> Response[Any]:
    """Say what went wrong in a page that may stand where Link stands."""
    problem = as_problem(error)
    with writing_for(reader_of(request)):
        title, detail = gettext(problem.title), gettext(problem.detail)
    shown = page(
        _known(request),
        "trouble.html",
        {"trouble": title, "detail": detail, "request_id": request.scope.get("request_id", "")},
        status_code=problem.status,
    )
    shown.headers.update(problem.headers)
    return shown


def _known(request: AnyRequest) -> Visit | None:
    visit: Visit | None = dict(request.scope).get(VISIT)  # type: ignore[assignment]
    return visit


def _told(
    visit: Visit, asked: AuthorizationRequest, type: str, answer: Mapping[str, str]
) -> Response[Any]:
    if asked.response_mode != "web_message":
        address = grants.address_with(asked.redirect_uri, answer)
        return Redirect(address, status_code=303, headers=headers_of(visit))
    message = {"source": "drawbar-link", "type": type, **answer}
    if "error_description" in answer:
        message["message"] = answer["error_description"]
    context = {
        "type": type,
        "message": json.encode(message).decode(),
        # An app's own scheme has no origin: nobody may read the answer, so it is not posted.
        "target": origin_of(asked.redirect_uri) or "",
    }
    return page(visit, "posted.html", context)
