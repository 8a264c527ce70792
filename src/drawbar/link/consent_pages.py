"""Routes of systems that grant access on a page of their own (OAuth 2, authorization code)."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.connectors.sdk.connector import Consent, SourceOAuth
from drawbar.connectors.sdk.errors import CredentialInvalid, SourceError
from drawbar.identity.guards import public
from drawbar.kit.crypto import fingerprint, new_secret, same
from drawbar.kit.errors import FieldError, Problem, invalid, invalid_fields, not_found
from drawbar.kit.http.forms import fields
from drawbar.kit.http.throttle import throttle
from drawbar.kit.outgoing import OutgoingError
from drawbar.link import session_store
from drawbar.link.answer_pages import Tools, come_in, page
from drawbar.link.finishing import check, open_entry, seal_entry
from drawbar.link.form import PREFIX
from drawbar.link.model import SESSION_LIFE, Kept
from drawbar.link.session_pages import CHECKS_PER_MINUTE, access, entered, is_elsewhere
from drawbar.link.step_pages import HOLDER, go_on
from drawbar.link.systems import connector_of, shown
from drawbar.link.visits import Dead
from drawbar.link.words import explained
from drawbar.ui.reader import gettext, writing_for
from drawbar.ui.responses import reader_of

AnyRequest = Request[Any, Any, Any]
CALLBACK = "/link/callback"
ANSWER = {
    "code": "What the source grants.",
    "state": "The text it was sent.",
    "error": "Why it grants nothing.",
    "error_description": "The same in words, for developers; it is not shown.",
    "iss": "Who answers (RFC 9207).",
}
DENIED = "You did not grant access. Nothing was connected; try again when you are ready."
ELSEWHERE = "This access was asked for in another browser. Nothing was connected; start anew there."
NOT_GRANTED = "The system did not grant access. Try again; if it stays so, ask its administrator."


@post("/s/{token:str}/systems/{slug:str}/consent", opt=HOLDER | {"query": {}})
async def ask_for_consent(
    request: AnyRequest, token: FromPath[str], slug: FromPath[str]
) -> Response[Any]:
    """Lead to the source's own page, by a page of ours: a form may lead nowhere else."""
    visit, tools = await come_in(request, token), Tools.of(request)
    if is_elsewhere(visit, slug):
        return Redirect(visit.home, status_code=303)
    throttle(request, "link_check", CHECKS_PER_MINUTE)
    manifest, oauth = connector_of(slug).manifest, _oauth(slug)
    sent, state = await fields(request), new_secret()
    consent = Consent(
        redirect_uri=tools.settings.address + CALLBACK, state=state, code_verifier=new_secret()
    )
    try:
        kept = await entered(tools.database, visit, manifest, sent)
        address = _consent_url(oauth, kept.credentials, consent)
    except Problem as problem:
        with writing_for(reader_of(request)):
            errors = explained(problem, manifest)
        return await access(tools.database, visit, manifest, sent, errors)
    kept = msgspec.structs.replace(
        kept,
        token=token,
        code_verifier=consent.code_verifier,
        browser=new_secret(),
        is_apart=sent.get("apart") == "true",
    )
    async with tools.database.writing(visit.session.workspace_id) as tx:
        await session_store.keep_entry(
            tx,
            visit.session.id,
            slug,
            seal_entry(tools.vault, visit, kept),
            consent_hash=fingerprint(state),
        )
    context = {"address": address, "system": shown(manifest)}
    leaving = page(visit, "leaving.html", context, refresh=f"0;url={address}")
    leaving.set_cookie(_kept_by_browser(state, kept, tools.settings.address))
    return leaving


@get("/callback", opt=public("a source leads the customer's browser here") | {"query": ANSWER})
async def come_back(request: AnyRequest) -> Response[Any]:
    """Take what a source granted, try it, and go on where the customer left.

    The state works once, and only in the browser that was sent away with it: a consent page sent
    on to somebody else would connect their system to the sender's visit (RFC 9700 §4.7). What the
    source says in words is not shown: anybody can write it.
    """
    tools, answer = Tools.of(request), request.query_params
    async with tools.database.as_system("whose consent comes back") as tx:
        state = fingerprint(answer.get("state", ""))
        session = await session_store.session_by_consent(tx, state)
    if session is None:
        raise Dead("unknown")
    kept = open_entry(tools.vault, session.id, session.sealed_entry)
    visit = await come_in(request, kept.token)
    if not same(request.cookies.get(_cookie(answer.get("state", "")), ""), kept.browser):
        error = FieldError("", ELSEWHERE)
        with writing_for(reader_of(request)):
            told = (msgspec.structs.replace(error, message=gettext(error.message)),)
        return page(None, "apart.html", {"errors": told}, status_code=403)
    manifest = connector_of(session.system).manifest
    try:
        granted = await _granted(tools, session.system, kept, answer)
        denied = await check(tools.http, manifest, granted)
    except Problem as problem:
        with writing_for(reader_of(request)):
            errors = explained(problem, manifest)
        if kept.is_apart:
            return page(visit, "apart.html", {"errors": errors}, status_code=422)
        typed = {PREFIX + name: text for name, text in kept.credentials.items()}
        sent = {"name": kept.name, "deployment": kept.deployment, **typed}
        return await access(tools.database, visit, manifest, sent, errors)
    async with tools.database.writing(session.workspace_id) as tx:
        sealed = seal_entry(tools.vault, visit, granted)
        await session_store.keep_entry(
            tx, session.id, session.system, sealed, denied=denied, is_checked=True
        )
    if kept.is_apart:
        return page(visit, "apart.html", {"errors": ()})
    return await go_on(request, await come_in(request, kept.token))


@get("/s/{token:str}/granted", opt=HOLDER | {"query": {}})
async def has_granted(request: AnyRequest, token: FromPath[str]) -> dict[str, bool]:
    """Say whether the consent has come back, for the page that waits in a frame."""
    visit = await come_in(request, token)
    return {"granted": visit.session.is_checked}


@post("/s/{token:str}/granted", opt=HOLDER | {"query": {}})
async def go_on_granted(request: AnyRequest, token: FromPath[str]) -> Response[Any]:
    """Go on with what the source granted in a window of its own."""
    visit = await come_in(request, token)
    if not visit.session.is_checked:
        return Redirect(f"{visit.home}/systems/{visit.session.system}", status_code=303)
    return await go_on(request, visit)


ROUTES = [ask_for_consent, come_back, has_granted, go_on_granted]


def _cookie(state: str) -> str:
    """Name the cookie of one consent; two windows may be away at once."""
    return f"drawbar_consent_{fingerprint(state).hex()[:12]}"


def _kept_by_browser(state: str, kept: Kept, address: str) -> Cookie:
    """Return what proves at the callback that the browser is the one that left."""
    return Cookie(
        _cookie(state),
        value=kept.browser,
        path=CALLBACK,
        max_age=int(SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=address.startswith("https:"),
    )


def _oauth(slug: str) -> SourceOAuth:
    oauth = connector_of(slug).oauth
    if oauth is None:
        raise not_found("consent page of this system")
    return oauth


def _consent_url(oauth: SourceOAuth, credentials: Mapping[str, str], consent: Consent) -> str:
    try:
        return oauth.consent_url(credentials, consent)
    except CredentialInvalid as error:
        raise invalid(PREFIX + error.field, str(error)) from error


async def _granted(tools: Tools, system: str, kept: Kept, answer: Mapping[str, str]) -> Kept:
    """Exchange the source's code for credentials; raise 422 in words fit for the customer."""
    connector = connector_of(system)
    if "error" in answer or "code" not in answer:
        sentence = DENIED if answer.get("error") == "access_denied" else NOT_GRANTED
        raise invalid_fields((FieldError("", sentence),))
    consent = Consent(
        redirect_uri=tools.settings.address + CALLBACK,
        state=answer.get("state", ""),
        code_verifier=kept.code_verifier,
    )
    requests = connector.transport or tools.http
    try:
        credentials = await _oauth(system).exchange(
            requests, kept.credentials, consent, answer["code"]
        )
    except SourceError as error:
        raise invalid_fields((FieldError("", NOT_GRANTED),)) from error
    except OutgoingError as error:
        raise invalid_fields((FieldError("", NOT_GRANTED),)) from error
    return Kept(name=kept.name, deployment=kept.deployment, credentials=dict(credentials))
