"""Magic links in the Admin API."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Router, delete, get, post
from litestar.params import FromPath, JSONBody

from drawbar.connections import store as connections
from drawbar.connections.model import Connection
from drawbar.identity.guards import actor_of, admin_token
from drawbar.identity.rights import READ_HUB, WRITE_HUB
from drawbar.kit.db import Reading
from drawbar.kit.http.parameters import list_query, listed, refuse_undeclared
from drawbar.kit.http.provided import TheCursors, TheDatabase, TheSettings
from drawbar.kit.tables import Page
from drawbar.link import magic
from drawbar.link.magic_store import MAGIC_LINKS, SPEC
from drawbar.link.model import MagicLink, NewMagicLink

AnyRequest = Request[Any, Any, Any]


class MagicLinkView(msgspec.Struct, frozen=True, kw_only=True):
    """A magic link as callers see it; its address is shown once, when it is made."""

    id: UUID
    status: str
    """`waiting`, `completed`, `expired` or `revoked`."""
    connection_id: UUID
    reconnects: bool
    """Whether it logs an established connection in anew."""
    name: str
    email: str
    system: str
    """Empty while the customer may choose."""
    customer_reference: str
    application_id: UUID | None
    created_at: datetime
    expires_at: datetime
    opened_at: datetime | None
    finished_at: datetime | None
    revoked_at: datetime | None


class NewMagicLinkView(MagicLinkView, frozen=True, kw_only=True):
    """The one answer that holds the link's address."""

    url: str

    def __repr__(self) -> str:
        return f"NewMagicLinkView({self.id})"


def magic_links_api() -> Router:
    """Return the routes of magic links in the Admin API."""
    return Router(
        "/admin/v1",
        route_handlers=[create_magic_link, list_magic_links, get_magic_link, revoke_magic_link],
        before_request=refuse_undeclared,
        tags=["Magic links"],
    )


@post("/magic-links", guards=[admin_token(WRITE_HUB)], operation_id="create_magic_link")
async def create_magic_link(
    request: AnyRequest,
    database: TheDatabase,
    settings: TheSettings,
    data: JSONBody[NewMagicLink],
) -> NewMagicLinkView:
    """Make a link with which a customer connects a system, or logs in anew, without your page.

    It is used up when it is finished, not when it is opened. `url` is shown this once.
    """
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        made = await magic.make_magic_link(tx, actor, data)
        connection = await connections.CONNECTIONS.get(tx, made.link.connection_id)
        fields = _fields(made.link, connection, tx.now)
    return NewMagicLinkView(**fields, url=address_of(settings.address, made.token))


@get(
    "/magic-links",
    guards=[admin_token(READ_HUB)],
    opt=listed(SPEC),
    operation_id="list_magic_links",
)
async def list_magic_links(
    request: AnyRequest, database: TheDatabase, cursors: TheCursors
) -> Page[MagicLinkView]:
    """List the workspace's magic links."""
    workspace_id = actor_of(request).workspace_id
    async with database.reading(workspace_id) as tx:
        query = list_query(request, SPEC, tx.now, cursors, workspace_id)
        page = await MAGIC_LINKS.page(tx, query, cursors)
        shown = await shown_links(tx, page.data)
    return Page(shown, page.next_cursor, page.as_of)


@get("/magic-links/{id:uuid}", guards=[admin_token(READ_HUB)], operation_id="get_magic_link")
async def get_magic_link(
    request: AnyRequest, database: TheDatabase, id: FromPath[UUID]
) -> MagicLinkView:
    """Show one magic link, without its address."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        (shown,) = await shown_links(tx, [await MAGIC_LINKS.get(tx, id)])
    return shown


@delete("/magic-links/{id:uuid}", guards=[admin_token(WRITE_HUB)], operation_id="revoke_magic_link")
async def revoke_magic_link(request: AnyRequest, database: TheDatabase, id: FromPath[UUID]) -> None:
    """End a link that was not used yet, and whatever visit it led to."""
    actor = actor_of(request)
    async with database.writing(actor.workspace_id) as tx:
        await magic.revoke_magic_link(tx, actor, id)


def address_of(public_address: str, token: str) -> str:
    """Return the address a customer opens."""
    return f"{public_address}/link/m/{token}"


async def shown_links(tx: Reading, links: list[MagicLink]) -> list[MagicLinkView]:
    """Return links with what their connections say."""
    named = await connections.CONNECTIONS.where(
        tx, "id = ANY($1::uuid[])", [one.connection_id for one in links]
    )
    by_id = {one.id: one for one in named}
    return [MagicLinkView(**_fields(one, by_id[one.connection_id], tx.now)) for one in links]


def _fields(link: MagicLink, connection: Connection, now: datetime) -> dict[str, Any]:
    names = set(MagicLinkView.__struct_fields__)
    of_connection = {
        name: getattr(connection, name)
        for name in names & {"name", "email", "system", "customer_reference"}
    }
    of_link = {
        name: getattr(link, name) for name in names & set(MagicLink.__struct_fields__) - {"system"}
    }
    return {**of_link, **of_connection, "status": link.standing(now)}
