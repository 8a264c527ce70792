"""What goes along to support: states and errors of one workspace, with nothing secret in it.

Two walls: names and texts that look secret are masked as in the log (`kit.logs.masked`), and
every credential the workspace has stored is looked for by its value and struck out.
"""

import platform
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import msgspec

from drawbar import __version__
from drawbar.connections.store import readable_secrets
from drawbar.help import store
from drawbar.identity.model import SignedIn
from drawbar.kit import json
from drawbar.kit.crypto import SealError, Vault
from drawbar.kit.db import Database, Reading
from drawbar.kit.logs import MASK, masked
from drawbar.kit.settings import Settings
from drawbar.webhooks.sealing import open_headers, open_secrets

SHORTEST_SECRET = 4
"""Shorter values would strike out ordinary words."""
PLAIN_NAMES = frozenset({"Accept", "Content-Type", "User-Agent"})
LONG_AGO = timedelta(days=3650)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


async def support_bundle(
    database: Database,
    vault: Vault,
    settings: Settings,
    person: SignedIn,
    *,
    request_id: str = "",
    page: str = "",
) -> str:
    """Write what support gets to see as JSON, exactly as it will be sent.

    Rows come from the person's current workspace alone, and those of the hub only if it is open
    to them.
    """
    current = person.current
    async with database.reading(current.workspace_id) as tx:
        told: dict[str, Any] = {
            "drawbar": {"version": __version__, "python": platform.python_version()},
            "database": await store.database(tx),
            "settings": _settings(settings),
            "at": tx.now,
            "request_id": request_id,
            "page": page.partition("?")[0],
            "workspace": {"id": current.workspace_id, "name": current.workspace_name},
            "person": {"hub_role": current.hub_role, "asset_role": current.asset_role},
        }
        secrets: set[str] = set()
        if current.opens("hub"):
            told |= await _hub(tx, request_id)
            secrets = await stored_secrets(tx, vault)
    return indented(struck(json.plain(masked(told)), secrets))


def well_formed(request_id: str) -> str:
    """Return a request id as it may stand in a letter, or nothing."""
    return request_id if _REQUEST_ID.fullmatch(request_id) else ""


async def _hub(tx: Reading, request_id: str) -> dict[str, Any]:
    connections = await store.connections(tx)
    return {
        "connections": [
            {name: value for name, value in one.items() if name != "settings"}
            for one in connections
        ],
        "failed_syncs": await store.failed_runs(tx),
        "failed_webhooks": await store.failed_messages(tx),
        "request": await store.request_lines(tx, request_id) if request_id else [],
    }


def _settings(settings: Settings) -> dict[str, Any]:
    """Say how it is set up, without an address or a name of the operator's network."""
    return {
        "embedded_database": settings.embedded,
        "direct_database_url": bool(settings.direct_database_url),
        "sealed_by": "a key of the environment" if settings.master_key else "master.key",
        "mail": "SMTP" if settings.smtp_url else "mailbox folder",
        "own_public_url": bool(settings.public_url),
        "https": settings.address.startswith("https:"),
        "allowed_networks": len(settings.allow_networks),
        "log_level": settings.log_level,
    }


async def stored_secrets(tx: Reading, vault: Vault) -> set[str]:
    """Return every credential the workspace has stored for what the bundle may show."""
    found: set[str] = set()
    for one in await store.connections(tx):
        secrets = await readable_secrets(tx, vault, one["id"])
        if secrets is None:
            continue
        plain = {str(value) for value in one["settings"].values()}
        found |= {value for value in secrets.credentials.values() if value not in plain}
        found |= {secrets.push_secret or ""}
    for row in await store.sealed_endpoints(tx):
        found |= set(_endpoint_secrets(tx, vault, row))
    return {value for value in found if len(value) >= SHORTEST_SECRET}


def _endpoint_secrets(tx: Reading, vault: Vault, row: dict[str, Any]) -> Iterable[str]:
    place = (vault, tx.workspace_id, row["id"])
    try:
        headers = open_headers(*place, row["sealed_headers"])
        live = open_secrets(*place, row["sealed_secret"], tx.now - LONG_AGO)
    except SealError:
        return
    yield from (value for name, value in headers.items() if name not in PLAIN_NAMES)
    yield from (secret.text for secret in live)


def struck(value: Any, secrets: Iterable[str]) -> Any:
    """Strike out stored secrets in every text, the longest first: one may hold another."""
    if isinstance(value, str):
        for secret in sorted(secrets, key=len, reverse=True):
            value = value.replace(secret, MASK)
        return value
    if isinstance(value, dict):
        return {name: struck(inner, secrets) for name, inner in value.items()}
    if isinstance(value, list):
        return [struck(inner, secrets) for inner in value]
    return value


def indented(value: Any) -> str:
    """Write JSON as people read it."""
    return msgspec.json.format(json.encode(value), indent=2).decode()
