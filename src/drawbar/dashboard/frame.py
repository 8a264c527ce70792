"""What the frame around every page shows: product, sections, workspace and person."""

import itertools
import re
from collections.abc import Mapping
from typing import Any

from litestar import Request

from drawbar.assettracs import navigation as assets
from drawbar.dashboard import navigation as hub
from drawbar.identity.model import SignedIn
from drawbar.identity.rights import HUB_ROLES
from drawbar.ui.reader import gettext, writing_for
from drawbar.ui.responses import reader_of

AnyRequest = Request[Any, Any, Any]
_SECTION_WORD = re.compile(r"[a-z-]{1,24}")
HUB, ASSETS = "hub", "assets"
PRODUCTS = ((HUB, "Hub", "/hub"), (ASSETS, "Assets", "/assets"))
SEARCHES = {
    HUB: ("/hub/connections", "Search connections"),
    ASSETS: ("/assets/list", "Search assets"),
}


def frame_context(request: AnyRequest) -> Mapping[str, Any]:
    """Return the frame's context for the signed-in person; nothing for anybody else."""
    state = request.scope.get("state") or {}
    person: SignedIn | None = state.get("person")
    if person is None:
        return {}
    path = request.scope["path"]
    where = request.query_params.get("from", path) if path.startswith("/help") else path
    product = _product(where, person)
    with writing_for(reader_of(request)):
        return {
            "product": product,
            "products": [
                (key, gettext(label), href)
                for key, label, href in PRODUCTS
                if person.current.opens(key)
            ],
            "nav": _nav(product, path) if person.current.opens(product) else [],
            "section_tabs": _tabs(person, path),
            "workspace": {"name": person.current.workspace_name},
            "workspaces": [
                {
                    "id": one.workspace_id,
                    "name": one.workspace_name,
                    "current": one.workspace_id == person.current.workspace_id,
                }
                for one in person.memberships
            ],
            "user": {"name": person.name, "email": person.email},
            "help_href": _help(path),
            "helping": path.startswith("/help"),
            "user_links": [(gettext("Account"), "/account")],
            "search_href": SEARCHES[product][0],
            "search_label": gettext(SEARCHES[product][1]),
        }


def _product(path: str, person: SignedIn) -> str:
    first = path.partition("?")[0].strip("/").partition("/")[0]
    if first in {HUB, ASSETS} and person.current.opens(first):
        return first
    return HUB if person.current.opens(HUB) else ASSETS


def _help(path: str) -> str:
    """Lead to help, telling the part of Drawbar one came from and no id or token."""
    parts = path.split("/")[1:]
    words = itertools.takewhile(_SECTION_WORD.fullmatch, parts)
    return f"/help?from=/{'/'.join(words)}" if parts[0] in {HUB, ASSETS, "account"} else "/help"


def _nav(product: str, path: str) -> list[tuple[str, str, str, bool]]:
    navigation = hub if product == HUB else assets
    current = navigation.section_of(path) if path.split("/")[1] == product else ""
    sections = navigation.SECTIONS
    return [(gettext(label), href, icon, href == current) for label, href, icon in sections]


def _tabs(person: SignedIn, path: str) -> list[tuple[str, str, bool]]:
    """Return the pages of the hub's settings this person may open, on those pages."""
    current = hub.settings_of(path)
    if not current:
        return []
    mine = [one for one in hub.SETTINGS if one[2] in HUB_ROLES[person.current.hub_role]]
    return [(gettext(label), href, href == current) for label, href, _ in mine]
