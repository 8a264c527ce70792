"""The pages of compliance: where each site stands, each duty, requirements, certificates."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, get_args
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from drawbar.assettracs import actions
from drawbar.assettracs.assets.kinds import ASSET_TABLE
from drawbar.assettracs.assets.pages import code_of
from drawbar.assettracs.compliance import register_store, store
from drawbar.assettracs.compliance.kinds import CERTIFICATES
from drawbar.assettracs.compliance.model import CERTIFICATE_TABLE, REQUIREMENT_TABLE, State
from drawbar.assettracs.compliance.sheet import CERTIFICATE_SHEET, REQUIREMENT_SHEET
from drawbar.assettracs.inspections.model import INSPECTION_TABLE
from drawbar.assettracs.places.kinds import SITE_TABLE
from drawbar.assettracs.sheets.pages import (
    REFUSED,
    context_of,
    detail_route,
    form_routes,
    list_route,
)
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import ADMINISTER_ASSETS, READ_ASSETS
from drawbar.kit.errors import Problem, invalid_request
from drawbar.kit.http.provided import TheDatabase
from drawbar.kit.listing import whole_number
from drawbar.kit.settings import Settings
from drawbar.ui.responses import Page, go_on, reader_of

AnyRequest = Request[Any, Any, Any]
STATES: tuple[State, ...] = get_args(State)
PAGE_SIZE = 50
MOST_PAGES = 100_000
LIST = "/assets/compliance/list"


@get("/assets/compliance", guards=[session(READ_ASSETS)], include_in_schema=False)
async def overview(request: AnyRequest, database: TheDatabase) -> Page:
    """Show what is valid, due soon, overdue and never done, for each site, on any day."""
    day = request.query_params.get("at", "")
    async with database.reading(actor_of(request).workspace_id) as tx:
        at = _moment(request, day, tx.now)
        sites = await store.counts_per_site(tx, at)
    totals = {state: sum(getattr(site, state) for site in sites) for state in STATES}
    context = context_of(
        request, sites=sites, totals=totals, percent=_percent(totals), at=at, day=day
    )
    return Page("assettracs/compliance/overview.html", context)


@get(LIST, guards=[session(READ_ASSETS)], include_in_schema=False)
async def duties(request: AnyRequest, database: TheDatabase) -> Page:
    """List every duty of every asset, the worst first."""
    given = {name: text for name, text in request.query_params.items() if text}
    site_id, states, page = _site(given), _states(given), _page(given)
    async with database.reading(actor_of(request).workspace_id) as tx:
        at = _moment(request, given.get("at", ""), tx.now)
        found = await store.obligations(
            tx,
            at,
            site_id=site_id,
            states=states,
            limit=PAGE_SIZE + 1,
            offset=(page - 1) * PAGE_SIZE,
        )
        total = await register_store.count_of_obligations(tx, at, site_id, states)
        sites = await store.counts_per_site(tx, at)
    more = {name: text for name, text in given.items() if name != "page"}
    context = context_of(
        request,
        duties=found[:PAGE_SIZE],
        total=total,
        sites=[(str(site.site_id), site.site) for site in sites if site.site_id],
        given=given,
        states=STATES,
        next_href=_address({**more, "page": page + 1}) if len(found) > PAGE_SIZE else None,
        first_href=_address(more) if page > 1 else None,
    )
    return Page("assettracs/compliance/duties.html", context)


@get("/assets/certificates/{id:uuid}", guards=[session(READ_ASSETS)], include_in_schema=False)
async def show_certificate(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Page:
    """Show a certificate as a document to print: of what, for what, until when, and a code."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        certificate = await CERTIFICATE_TABLE.get(tx, id)
        asset = await ASSET_TABLE.find(tx, certificate.asset_id)
        facts = {
            "asset": asset,
            "site": await SITE_TABLE.find(tx, asset.site_id) if asset and asset.site_id else None,
            "requirement": await REQUIREMENT_TABLE.find(tx, certificate.requirement_id),
            "inspection": await INSPECTION_TABLE.find(tx, certificate.inspection_id),
        }
    settings: Settings = request.app.state.settings
    address = f"{settings.address}/assets/certificates/{id}"
    context = context_of(
        request, row=certificate, address=address, drawing=code_of(address), **facts
    )
    return Page("assettracs/compliance/certificate.html", context)


@post(
    "/assets/certificates/{id:uuid}/revoke",
    guards=[session(ADMINISTER_ASSETS)],
    include_in_schema=False,
)
async def revoke(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> Redirect:
    """Withdraw a certificate for good."""
    actor, back = actor_of(request), f"/assets/certificates/{id}"
    try:
        async with database.writing(actor.workspace_id) as tx:
            await actions.change(tx, actor, CERTIFICATES, id, {"status": "revoked"})
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        return go_on(request, back, "%(reason)s", tone="bad", reason=problem.detail)
    return go_on(request, back, "Revoked.")


def compliance_routes() -> Sequence[HTTPRouteHandler]:
    """Return the routes of compliance."""
    return [
        overview,
        duties,
        list_route(REQUIREMENT_SHEET),
        *form_routes(REQUIREMENT_SHEET, ADMINISTER_ASSETS),
        detail_route(REQUIREMENT_SHEET),
        list_route(CERTIFICATE_SHEET),
        show_certificate,
        revoke,
    ]


def _moment(request: AnyRequest, day: str, now: datetime) -> datetime:
    """Return the end of a day in the reader's zone; now when none is given."""
    if not day:
        return now
    try:
        end = datetime.combine(date.fromisoformat(day), time(), reader_of(request).zone)
        return end + timedelta(days=1, microseconds=-1)
    except (ValueError, OverflowError) as error:
        raise invalid_request(f"at={day[:20]!r} is not a day such as 2026-11-23.", "at") from error


def _site(given: dict[str, str]) -> UUID | None:
    text = given.get("site_id")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise invalid_request("site_id is not an id (UUID).", "site_id") from error


def _states(given: dict[str, str]) -> list[State]:
    wanted = given.get("state", "").split(",")
    return [state for state in STATES if state in wanted]


def _page(given: dict[str, str]) -> int:
    return whole_number(given.get("page", "1"), "page", MOST_PAGES)


def _percent(totals: dict[State, int]) -> int | None:
    everything = sum(totals.values())
    proven = totals["valid"] + totals["due_soon"]
    return 100 * proven // everything if everything else None


def _address(parameters: dict[str, Any]) -> str:
    return f"{LIST}?{urlencode(parameters)}" if parameters else LIST
