"""Query parameters are declared in a route's `opt["query"]`; an undeclared one is a 400."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request

from drawbar.kit.errors import invalid_request
from drawbar.kit.listing import Cursors, ListQuery, ListSpec, read_query

AnyRequest = Request[Any, Any, Any]


def declared(**parameters: str) -> dict[str, dict[str, str]]:
    """Declare a route's query parameters, each with a sentence: `opt=declared(entity="…")`."""
    return {"query": parameters}


def listed(spec: ListSpec) -> dict[str, dict[str, str]]:
    """Declare the parameters of a list route."""
    return {"query": spec.parameters()}


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
