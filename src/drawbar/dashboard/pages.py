"""The hub's pages, composed."""

from typing import Any

from litestar import Request, Router, get
from litestar.response import Redirect

from drawbar.dashboard.audit import pages as audit
from drawbar.dashboard.connections import life_pages
from drawbar.dashboard.connections import pages as connections
from drawbar.dashboard.credits import pages as credits
from drawbar.dashboard.link import pages as link
from drawbar.dashboard.logs import pages as logs
from drawbar.dashboard.magic_links import pages as magic_links
from drawbar.dashboard.overview import pages as overview
from drawbar.dashboard.records import pages as records
from drawbar.dashboard.sandbox import pages as sandbox
from drawbar.dashboard.sandbox.consent_pages import consent_pages
from drawbar.dashboard.settings import application_pages
from drawbar.dashboard.settings import pages as settings
from drawbar.dashboard.webhooks import endpoint_pages
from drawbar.dashboard.webhooks import pages as webhooks
from drawbar.identity.guards import member, person_of
from drawbar.kit.errors import denied

AnyRequest = Request[Any, Any, Any]
SECTIONS = (
    overview,
    connections,
    life_pages,
    sandbox,
    link,
    magic_links,
    webhooks,
    endpoint_pages,
    records,
    credits,
    logs,
    audit,
    settings,
    application_pages,
)


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
    routes = [route for section in SECTIONS for route in section.ROUTES]
    return [
        go_home,
        consent_pages(),
        Router(
            "/hub",
            route_handlers=routes,
            include_in_schema=False,
            response_headers={"Cache-Control": "private, no-cache"},
        ),
    ]
