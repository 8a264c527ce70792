"""Lists on pages: what the address asks for, and the addresses of other pages."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request

from drawbar.kit.db import Reading
from drawbar.kit.listing import Cursors, ListQuery, ListSpec, read_query

AnyRequest = Request[Any, Any, Any]
PAGE_SIZE = "50"
NEWEST_FIRST = "-created_at"


def asked(request: AnyRequest) -> dict[str, str]:
    """Return the parameters that say something: a form sends its empty fields too."""
    return {name: text for name, text in request.query_params.multi_items() if text.strip()}


def page_query(
    tx: Reading, spec: ListSpec, path: str, parameters: dict[str, str], cursors: Cursors
) -> ListQuery:
    """Read a page's list parameters: fifty rows, newest first, unless asked otherwise."""
    wishes = {"limit": PAGE_SIZE, "sort": NEWEST_FIRST} | parameters
    owner: UUID = tx.workspace_id
    return read_query(spec, wishes.items(), cursors, tx.now, of=f"{path} {owner}")


def next_page(path: str, parameters: dict[str, str], cursor: str | None) -> str | None:
    """Return the address of the next page, or None after the last."""
    return address(path, parameters | {"cursor": cursor}) if cursor else None


def first_page(path: str, parameters: dict[str, str]) -> str | None:
    """Return the address of the first page, or None on it."""
    return without(path, parameters, ("cursor",)) if "cursor" in parameters else None


def without(path: str, parameters: dict[str, str], names: Iterable[str]) -> str:
    """Return the address that asks for the same without some parameters."""
    dropped = {*names, "cursor"}
    return address(path, {name: text for name, text in parameters.items() if name not in dropped})


def address(path: str, parameters: dict[str, str]) -> str:
    """Return a path with its query."""
    return f"{path}?{urlencode(parameters)}" if parameters else path
