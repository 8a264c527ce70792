"""Routes of the systems catalogue and of the form that connects a system."""

from typing import Any

from litestar import Request, Response, get, post

from drawbar.connections import actions
from drawbar.connections.model import NewConnection
from drawbar.connectors.catalogue import CATALOGUE, SYSTEMS
from drawbar.connectors.sdk.manifest import Manifest
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_HUB, WRITE_HUB
from drawbar.kit.errors import FieldError, Problem, not_found
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheDatabase, TheHttp, TheVault
from drawbar.link.colours import colour_of
from drawbar.link.form import placed, prices, read_entry
from drawbar.link.guide import guide_markup
from drawbar.link.words import explained
from drawbar.ui.reader import gettext, writing_for
from drawbar.ui.responses import Page, go_on, reader_of
from drawbar.workspaces import store as workspaces

AnyRequest = Request[Any, Any, Any]
NEVER_KEPT = {"Cache-Control": "no-store"}
LONGEST_REFERENCE = 200
SEARCH = {"q": "Words of the name or the description.", "category": "Kind of system."}
CATEGORIES = {"cmms": "CMMS", "eam": "EAM", "erp": "ERP", "wms": "WMS", "files": "Files"}


@get("/systems", guards=[session(READ_HUB)], opt={"query": SEARCH})
async def list_systems(request: AnyRequest) -> Page:
    """Show every system that fits the search: what can be connected, then what is planned."""
    search = request.query_params.get("q", "").strip()
    category = request.query_params.get("category", "")
    with writing_for(reader_of(request)):
        found = [one for one in SYSTEMS.values() if _fits(one, search, category)]
    return Page(
        "dashboard/link/systems.html",
        {
            "groups": [[one for one in found if one.available is there] for there in (True, False)],
            "prices": prices,
            "colour_of": colour_of,
            "by_link_only": {slug for slug, one in CATALOGUE.items() if one.oauth},
            "categories": CATEGORIES,
            "search": search,
            "category": category,
            "may_write": actor_of(request).may(WRITE_HUB),
        },
    )


@get(
    "/connections/new",
    guards=[session(WRITE_HUB)],
    opt={"query": {"system": "Slug of the system to connect."}},
)
async def show_form(request: AnyRequest, database: TheDatabase) -> Page:
    """Show the form that the system's manifest describes."""
    manifest = _manifest(request.query_params.get("system", ""))
    return await _form(request, database, manifest, {}, ())


@post("/connections/new", guards=[session(WRITE_HUB)], opt={"query": {}})
async def connect(
    request: AnyRequest, database: TheDatabase, http: TheHttp, vault: TheVault
) -> Response[Any]:
    """Try the credentials; go on to the first sync, or say beside the field why not."""
    sent = await fields(request)
    manifest = _manifest(sent.get("system", ""))
    try:
        entry = read_entry(manifest, sent)
        wish = NewConnection(
            name=entry.name,
            system=manifest.slug,
            deployment=entry.deployment,
            credentials=entry.credentials,
            customer_reference=sent.get("customer_reference", "").strip()[:LONGEST_REFERENCE],
        )
        connection = await actions.connect(database, http, vault, actor_of(request), wish)
    except Problem as problem:
        with writing_for(reader_of(request)):
            errors = explained(problem, manifest)
        return await _form(request, database, manifest, sent, errors)
    return go_on(
        request, f"/hub/connections/{connection.id}", "%(name)s is connected", name=wish.name
    )


ROUTES = [list_systems, show_form, connect]


async def _form(
    request: AnyRequest,
    database: TheDatabase,
    manifest: Manifest,
    sent: dict[str, str],
    errors: tuple[FieldError, ...],
) -> Page:
    async with database.reading(actor_of(request).workspace_id) as tx:
        pool = await workspaces.pool(tx)
    with writing_for(reader_of(request)):
        guide = guide_markup(gettext(manifest.guide))
    return Page(
        "dashboard/link/connect.html",
        {
            "manifest": manifest,
            "guide": guide,
            "prices": prices(manifest),
            "available": pool.available,
            "typed": sent,
            "errors": placed(manifest, errors),
        },
        status_code=422 if errors else 200,
        headers=NEVER_KEPT,
    )


def _manifest(slug: str) -> Manifest:
    if slug not in CATALOGUE:
        raise not_found("system in the catalogue")
    return CATALOGUE[slug].manifest


def _fits(manifest: Manifest, search: str, category: str) -> bool:
    if category and manifest.category != category:
        return False
    told = f"{manifest.name} {manifest.slug} {manifest.description} {gettext(manifest.description)}"
    return all(word in told.casefold() for word in search.casefold().split())
