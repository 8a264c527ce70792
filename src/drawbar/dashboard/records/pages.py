"""Routes of the records browser."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get
from litestar.params import FromPath

from drawbar.connections import store as connections
from drawbar.dashboard.listing import address, asked, first_page, next_page
from drawbar.dashboard.records import store
from drawbar.identity.guards import actor_of, session
from drawbar.identity.rights import READ_HUB
from drawbar.kit import json
from drawbar.kit.errors import not_found
from drawbar.kit.http.provided import TheCursors, TheDatabase
from drawbar.schema.registry import ENTITIES
from drawbar.ui.responses import Page

AnyRequest = Request[Any, Any, Any]
PATH = "/hub/records"
ROWS = 50
MOST_CONNECTIONS = 500


class Place(msgspec.Struct, frozen=True, array_like=True):
    """The last record of a page."""

    modified_at: datetime
    id: UUID


@get(
    "/records",
    guards=[session(READ_HUB)],
    opt={
        "query": {
            "connection": "Whose records.",
            "entity": "Which kind of record.",
            "q": "Words in number or name.",
            "cursor": "Where the page before ended.",
        }
    },
)
async def list_records(request: AnyRequest, database: TheDatabase, cursors: TheCursors) -> Page:
    """List a connection's records of one entity, the newest changes first."""
    actor, parameters = actor_of(request), asked(request)
    async with database.reading(actor.workspace_id) as tx:
        known = await connections.CONNECTIONS.where(
            tx, f"connected_at IS NOT NULL ORDER BY name LIMIT {MOST_CONNECTIONS}"
        )
        chosen = next((one for one in known if str(one.id) == parameters.get("connection")), None)
        current = chosen or next(iter(known), None)
        entity = parameters.get("entity", "")
        entity = entity if entity in ENTITIES else "assets"
        words = parameters.get("q", "")
        rows: list[store.RecordLine] = []
        if current is not None:
            owner = f"records {actor.workspace_id} {current.id} {entity} {words}".encode()
            cursor = parameters.get("cursor")
            place = cursors.open(cursor, owner, Place) if cursor else None
            before = (place.modified_at, place.id) if place else None
            rows = await store.records_after(tx, current.id, entity, words, before, ROWS + 1)
    shown = rows[:ROWS]
    more = None
    if current is not None and len(rows) > ROWS:
        more = cursors.seal(Place(shown[-1].modified_at, shown[-1].id), owner)
    return Page(
        "dashboard/records/list.html",
        {
            "connections": [(one.id, one.name) for one in known],
            "current": current,
            "entities": list(ENTITIES),
            "entity": entity,
            "query": words,
            "records": shown,
            "next_href": next_page(PATH, parameters, more),
            "first_href": first_page(PATH, parameters),
        },
    )


@get(
    "/records/{connection_id:uuid}/{entity:str}/{id:uuid}",
    guards=[session(READ_HUB)],
    opt={"query": {}},
)
async def show_record(
    request: AnyRequest,
    database: TheDatabase,
    connection_id: FromPath[UUID],
    entity: FromPath[str],
    id: FromPath[UUID],
) -> Page:
    """Show one record: the unified body, and the row as the source gave it."""
    async with database.reading(actor_of(request).workspace_id) as tx:
        connection = await connections.CONNECTIONS.get(tx, connection_id)
        found = await store.whole_record(tx, connection_id, entity, id)
    if found is None:
        raise not_found("record")
    body, raw, deleted = json.decode(found[0]), json.decode(found[1]), found[2]
    return Page(
        "dashboard/records/record.html",
        {
            "connection": connection,
            "entity": entity,
            "list_href": address(PATH, {"connection": str(connection_id), "entity": entity}),
            "body": body,
            "raw": raw,
            "deleted": deleted,
        },
    )


ROUTES = [list_records, show_record]
