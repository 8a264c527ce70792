"""Routes of the systems catalogue and of the form that connects a system."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post

from drawbar.connections import actions
from drawbar.connections.model import NewConnection
from drawbar.connectors.catalogue import CATALOGUE
from drawbar.connectors.sdk.manifest import Manifest
from drawbar.dashboard.link.guide import guide_markup
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_HUB, WRITE_HUB
from drawbar.kit.errors import FieldError, Problem, not_found
from drawbar.kit.http.forms import fields
from drawbar.kit.http.provided import TheDatabase, TheHttp, TheVault
from drawbar.ui.responses import Page, go_on
from drawbar.workspaces import credits
from drawbar.workspaces import store as workspaces

AnyRequest = Request[Any, Any, Any]
NEVER_KEPT = {"Cache-Control": "no-store"}


@get("/systems", guards=[session(READ_HUB)], opt={"query": {}})
async def list_systems(request: AnyRequest) -> Page:
    """Show what can be connected and what it costs."""
    return Page(
        "dashboard/link/systems.html",
        {
            "systems": [(one.manifest, _prices(one.manifest)) for one in CATALOGUE.values()],
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
        wish = _wish(manifest, sent)
        connection = await actions.connect(database, http, vault, actor_of(request), wish)
    except Problem as problem:
        errors = problem.errors or (FieldError("", problem.detail),)
        return await _form(request, database, manifest, sent, errors)
    return go_on(
        request, f"/hub/connections/{connection.id}", "%(name)s is connected", name=wish.name
    )


ROUTES = [list_systems, show_form, connect]


def _wish(manifest: Manifest, sent: dict[str, str]) -> NewConnection:
    missing = [
        FieldError(f"credentials.{one.name}", "Enter it.")
        for one in manifest.credentials
        if one.is_required and not sent.get(f"credentials.{one.name}", "").strip()
    ]
    name = sent.get("name", "").strip()
    if not name:
        missing.append(FieldError("name", "Give it a name, such as your customer's."))
    if missing:
        raise Problem(422, "VALIDATION_FAILED", "Validation failed", "", errors=tuple(missing))
    credentials = {
        one.name: text
        for one in manifest.credentials
        if (text := sent.get(f"credentials.{one.name}", "").strip())
    }
    try:
        return msgspec.convert(
            {
                "name": name,
                "system": manifest.slug,
                "credentials": credentials,
                "customer_reference": sent.get("customer_reference", "").strip(),
            },
            NewConnection,
        )
    except msgspec.ValidationError as error:
        raise Problem(
            422,
            "VALIDATION_FAILED",
            "Validation failed",
            "",
            errors=(FieldError("name", "Use at most 200 characters."),),
        ) from error


def _placed(manifest: Manifest, errors: tuple[FieldError, ...]) -> dict[str, str]:
    """Put each error beside the field that most likely causes it.

    Refused credentials are the secret's fault, a system that does not answer the address's.
    """
    secret = next((one.name for one in manifest.credentials if one.secret), "")
    address = next((one.name for one in manifest.credentials if one.kind == "url"), secret)
    stand_ins = {"credentials": f"credentials.{secret}", "": f"credentials.{address}"}
    return {stand_ins.get(error.field, error.field): error.message for error in errors}


async def _form(
    request: AnyRequest,
    database: TheDatabase,
    manifest: Manifest,
    sent: dict[str, str],
    errors: tuple[FieldError, ...],
) -> Page:
    async with database.reading(actor_of(request).workspace_id) as tx:
        pool = await workspaces.pool(tx)
    return Page(
        "dashboard/link/connect.html",
        {
            "manifest": manifest,
            "guide": guide_markup(manifest.guide),
            "cost": _prices(manifest)[0][1],
            "available": pool.available,
            "typed": sent,
            "errors": _placed(manifest, errors),
        },
        status_code=422 if errors else 200,
        headers=NEVER_KEPT,
    )


def _prices(manifest: Manifest) -> list[tuple[str, int]]:
    return [(kind, credits.price(manifest.tier, kind)) for kind in manifest.deployments]


def _manifest(slug: str) -> Manifest:
    if slug not in CATALOGUE:
        raise not_found("system in the catalogue")
    return CATALOGUE[slug].manifest
