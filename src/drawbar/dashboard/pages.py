"""The hub's pages, composed."""

from typing import Any

from litestar import Request, Router, get
from litestar.response import Redirect

from drawbar.identity.guards import member, person_of
from drawbar.kit.errors import denied

AnyRequest = Request[Any, Any, Any]


@get("/", guards=[member()], opt={"query": {}}, include_in_schema=False)
async def go_home(request: AnyRequest) -> Redirect:
    """Lead a person to the half of Drawbar that is theirs, the hub first."""
    current = person_of(request).current
    if current.opens("hub"):
        return Redirect("/hub", status_code=303)
    if current.opens("assets"):
        return Redirect("/assets", status_code=303)
    raise denied("You have no role in this workspace. Ask its owner for one.")


def hub_pages() -> list[Any]:
    """Return the start page and the routes under `/hub`."""
    return [go_home, Router("/hub", route_handlers=[], include_in_schema=False)]
