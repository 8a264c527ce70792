"""The platform's pages, composed."""

from litestar import Router

from drawbar.assettracs.assets.pages import asset_routes
from drawbar.assettracs.compliance.pages import compliance_routes
from drawbar.assettracs.home.pages import home_routes
from drawbar.assettracs.inspections.pages import inspection_routes
from drawbar.assettracs.keys.pages import key_routes
from drawbar.assettracs.maintenance.pages import maintenance_routes
from drawbar.assettracs.places.pages import place_routes
from drawbar.assettracs.tags.pages import tag_routes


def asset_pages() -> Router:
    """Return every page under `/assets`, and the addresses of tags under `/t`."""
    handlers = [
        *home_routes(),
        *asset_routes(),
        *place_routes(),
        *inspection_routes(),
        *maintenance_routes(),
        *compliance_routes(),
        *tag_routes(),
        *key_routes(),
    ]
    return Router("/", route_handlers=handlers, include_in_schema=False)
