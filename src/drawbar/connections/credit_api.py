"""Credits in the Admin API: the pool, its ledger, what a connection would cost (hub.md §2)."""

from collections.abc import AsyncIterator
from typing import Annotated, Any, get_args
from uuid import UUID

import msgspec
from litestar import Request, get, patch
from litestar.params import JSONBody
from litestar.response import Stream

from drawbar import audit
from drawbar.audit import Actor
from drawbar.connections import store
from drawbar.connectors.catalogue import SYSTEMS
from drawbar.connectors.sdk.manifest import Deployment, Manifest
from drawbar.identity.guards import actor_of, admin_token
from drawbar.identity.rights import READ_HUB, WRITE_HUB
from drawbar.kit.db import Database, Reading, Writing
from drawbar.kit.errors import invalid_request
from drawbar.kit.http.parameters import declared, list_query, listed
from drawbar.kit.http.provided import TheCursors, TheDatabase
from drawbar.kit.listing import ListSpec
from drawbar.kit.tables import Page
from drawbar.workspaces import credits
from drawbar.workspaces import ledger_store as ledger
from drawbar.workspaces import store as workspaces

AnyRequest = Request[Any, Any, Any]
MOST_LOW_AT = 1_000_000
LEDGER = ListSpec(
    filters={"kind": ("kind", "text[]"), "connection_id": ("connection_id", "uuid[]")},
    words={"kind": ("grant", "consume", "release", "overage")},
    dates={"created": "created_at"},
    soft_deletes=False,
)
CSV_HEADERS = {
    "Content-Disposition": 'attachment; filename="credits.csv"',
    "Cache-Control": "no-store",
}


class CreditsView(msgspec.Struct, frozen=True, kw_only=True):
    """The pool, and who uses it; it is low at `low_at` credits."""

    granted: int
    used: int
    available: int
    overage: int
    low_at: int
    by_connection: list[workspaces.Holder]
    by_customer: list[store.CustomerShare]


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What a connection would cost; `available_after` below zero is what would be missing."""

    system: str
    deployment: str
    tier: int
    credits: int
    available: int
    enough: bool
    available_after: int


class ChangedLevel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When the pool counts as low; null goes back to a fifth of what was granted."""

    low_at: Annotated[int, msgspec.Meta(ge=0, le=MOST_LOW_AT)] | None


async def shown_credits(tx: Reading) -> CreditsView:
    """Read the pool and who holds what."""
    pool, level = await workspaces.pool(tx), await workspaces.credit_level(tx)
    return CreditsView(
        granted=pool.granted,
        used=pool.used,
        available=pool.available,
        overage=pool.overage,
        low_at=credits.low_at(pool.granted) if level.low_at is None else level.low_at,
        by_connection=await workspaces.holders(tx),
        by_customer=await store.credits_by_customer(tx),
    )


@get("/credits", guards=[admin_token(READ_HUB)], operation_id="get_credits")
async def get_credits(request: AnyRequest, database: TheDatabase) -> CreditsView:
    """Show the pool and who holds what."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        return await shown_credits(tx)


@patch("/credits", guards=[admin_token(WRITE_HUB)], operation_id="change_credit_level")
async def change_credit_level(
    request: AnyRequest, database: TheDatabase, data: JSONBody[ChangedLevel]
) -> CreditsView:
    """Choose at how many credits `credits.low` is published."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        await change_level(tx, actor, data)
        return await shown_credits(tx)


async def change_level(tx: Writing, actor: Actor, level: ChangedLevel) -> None:
    """Keep at how many credits the pool is low."""
    await workspaces.set_credit_level(tx, level.low_at)
    await audit.record(tx, actor, "workspace.credit_level_changed", actor.workspace_id, after=level)


@get(
    "/credits/quote",
    guards=[admin_token(READ_HUB)],
    opt=declared(
        system="Slug of the system.",
        deployment="`cloud` or `on_premises`; default the system's first.",
    )
    | {
        "needed": ("system",),
        "schemas": {
            "system": {"type": "string", "enum": sorted(SYSTEMS)},
            "deployment": {"type": "string", "enum": list(get_args(Deployment))},
        },
    },
    operation_id="quote_connection",
)
async def quote_connection(request: AnyRequest, database: TheDatabase) -> Quote:
    """Say what connecting a system would cost, before anybody enters credentials."""
    manifest = _manifest(request.query_params.get("system", ""))
    deployment = request.query_params.get("deployment", manifest.deployments[0])
    if deployment not in manifest.deployments:
        offered = " or ".join(manifest.deployments)
        raise invalid_request(
            f"deployment={deployment[:40]!r} is not offered by {manifest.name}; use {offered}.",
            "deployment",
        )
    async with database.reading(actor_of(request).workspace_id) as tx:
        available = (await workspaces.pool(tx)).available
    cost = credits.price(manifest.tier, deployment)
    return Quote(
        system=manifest.slug,
        deployment=deployment,
        tier=manifest.tier,
        credits=cost,
        available=available,
        enough=cost <= available,
        available_after=available - cost,
    )


@get(
    "/credits/ledger",
    guards=[admin_token(READ_HUB)],
    opt=listed(LEDGER),
    operation_id="list_credit_entries",
)
async def list_credit_entries(
    request: AnyRequest, database: TheDatabase, cursors: TheCursors
) -> Page[workspaces.Entry]:
    """List the entries of the ledger, oldest first unless `sort` says otherwise."""
    actor = actor_of(request)
    async with database.reading(actor.workspace_id) as tx:
        query = list_query(request, LEDGER, tx.now, cursors, actor.workspace_id)
        return await ledger.page_of_entries(tx, query, cursors)


@get(
    "/credits/ledger.csv",
    guards=[admin_token(READ_HUB)],
    media_type="text/csv",
    operation_id="export_credit_entries",
)
async def export_credit_entries(request: AnyRequest, database: TheDatabase) -> Stream:
    """Send the whole ledger as CSV, oldest entry first."""
    return ledger_csv(database, actor_of(request).workspace_id)


def ledger_csv(database: Database, workspace_id: UUID) -> Stream:
    """Stream a workspace's ledger; it is never whole in memory."""

    async def lines() -> AsyncIterator[bytes]:
        async with database.reading(workspace_id) as tx:
            async for part in ledger.csv_of_entries(tx):
                yield part

    return Stream(lines(), media_type="text/csv; charset=utf-8", headers=CSV_HEADERS)


def _manifest(slug: str) -> Manifest:
    if slug not in SYSTEMS:
        raise invalid_request(
            f"system={slug[:60]!r} is not in the catalogue; there is {', '.join(sorted(SYSTEMS))}.",
            "system",
        )
    return SYSTEMS[slug]


CREDIT_ROUTES = [
    get_credits,
    change_credit_level,
    quote_connection,
    list_credit_entries,
    export_credit_entries,
]
