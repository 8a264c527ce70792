"""Query parameters are declared in a route's `opt["query"]`; an undeclared one is a 400."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request

from drawbar.kit import dates
from drawbar.kit.errors import invalid_request
from drawbar.kit.listing import MOST, SORTS, Cursors, ListQuery, ListSpec, read_query

AnyRequest = Request[Any, Any, Any]


def declared(**parameters: str) -> dict[str, dict[str, str]]:
    """Declare a route's query parameters, each with a sentence: `opt=declared(entity="…")`."""
    return {"query": parameters}


def listed(spec: ListSpec) -> dict[str, Any]:
    """Declare the parameters of a list route."""
    return {"query": spec.parameters(), "schemas": schemas_of(spec)}


def schemas_of(spec: ListSpec) -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of each parameter; an array is written with commas."""
    told: dict[str, dict[str, Any]] = {
        "limit": {"type": "integer", "minimum": 1, "maximum": MOST},
        "cursor": {"type": "string"},
        "sort": {"type": "string", "enum": list(SORTS)},
        "include_deleted": {"type": "boolean"},
    }
    for name, (_, array_type) in spec.filters.items():
        item = {"format": "uuid"} if array_type == "uuid[]" else {"pattern": "^[^,]+$"}
        words = {"enum": list(spec.words[name])} if name in spec.words else item
        told[name] = {"type": "array", "minItems": 1, "items": {"type": "string", **words}}
    for name in spec.within:
        told[name] = {"type": "array", "minItems": 1, "items": {"type": "string"}}
    for stem in spec.dates:
        told[f"{stem}_after"] = told[f"{stem}_before"] = {"anyOf": list(dates.SCHEMAS)}
    return told


async def refuse_undeclared(request: AnyRequest) -> None:
    """Answer 400 when a query parameter is not one the route declares (a before_request hook)."""
    offered = request.route_handler.opt.get("query", {})
    for name in request.query_params:
        if name not in offered:
            known = f"It takes {', '.join(sorted(offered))}." if offered else "It takes none."
            raise invalid_request(f"Unknown parameter {name!r}. {known}", name)


def list_query(
    request: AnyRequest, spec: ListSpec, now: datetime, cursors: Cursors, owner: UUID
) -> ListQuery:
    """Read the list parameters of a request; the cursor fits only this path and this owner."""
    return read_query(
        spec,
        request.query_params.multi_items(),
        cursors,
        now,
        of=f"{request.url.path} {owner}",
    )
