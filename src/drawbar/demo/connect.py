"""Connect Delta's organisation over the Admin API, the way any vendor would."""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import msgspec

from drawbar.demo.record import Connected, DemoRecord
from drawbar.house.mendable import Mendable
from drawbar.kit import json
from drawbar.kit.outgoing import OutgoingError, OutgoingHttp

Told = Callable[[float], None]
"""Called with the share of the sync that is done, 0 to 1."""

CUSTOMER = "delta"
FORM = "application/x-www-form-urlencoded"
CONNECT_DEADLINE = 30.0  # seconds; connecting checks the credentials over HTTP
LONGEST_SYNC = 300.0
LOOK_EVERY = 0.25
FIRST_ERROR = 400


class DemoNotConnectedError(Mendable):
    """The hub did not do what it was asked; the text is its answer."""


async def connect_delta(http: OutgoingHttp, record: DemoRecord) -> DemoRecord:
    """Connect Delta, unless it is, and return the record with the connection and a fresh token."""
    client = urlencode(
        {
            "grant_type": "client_credentials",
            "client_id": record.admin.client_id,
            "client_secret": record.admin.client_secret,
        }
    )
    granted = await _ask(http, "POST", f"{record.url}/oauth/token", client.encode(), type=FORM)
    admin, connections = granted["access_token"], f"{record.url}/admin/v1/connections"
    found = await _ask(http, "GET", f"{connections}?customer_reference={CUSTOMER}", token=admin)
    id = next((each["id"] for each in found["data"] if each["connected_at"]), None)
    if id is None:
        body = {
            "name": "Delta Air Lines",
            "system": "assettracs",
            "customer_reference": CUSTOMER,
            "credentials": {"base_url": record.url, "api_key": record.assettracs.api_key},
        }
        id = (await _ask(http, "POST", connections, json.encode(body), token=admin))["id"]
    issued = await _ask(http, "POST", f"{connections}/{id}/token", token=admin)
    return msgspec.structs.replace(record, connection=Connected(id, issued["access_token"]))


async def wait_for_sync(http: OutgoingHttp, record: DemoRecord, told: Told) -> None:
    """Return once every entity was read through; raise DemoNotConnectedError if one failed."""
    if record.connection is None:
        raise ValueError("The record has no connection.")
    url, token = f"{record.url}/api/v1/sync-status", record.connection.token
    deadline = time.monotonic() + LONGEST_SYNC
    while time.monotonic() < deadline:
        status = await _ask(http, "GET", url, token=token)
        told(status["progress"] or 0.0)
        if status["status"] == "completed":
            return
        if status["status"] == "failed":
            said = "; ".join(each["message"] for each in status["errors"])
            raise DemoNotConnectedError(f"The first sync failed: {said}")
        await asyncio.sleep(LOOK_EVERY)
    raise DemoNotConnectedError(
        f"The first sync was not over after {LONGEST_SYNC:g} seconds; the log says why."
    )


async def _ask(
    http: OutgoingHttp,
    method: str,
    url: str,
    body: bytes = b"",
    *,
    token: str = "",
    type: str = "application/json",
) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if body:
        headers["Content-Type"] = type
    try:
        answer = await http.request(
            method, url, headers=headers, body=body, deadline_s=CONNECT_DEADLINE
        )
    except OutgoingError as error:
        raise DemoNotConnectedError(f"{method} {url} had no answer: {error}") from error
    if answer.status >= FIRST_ERROR:
        said = answer.body.decode(errors="replace")
        raise DemoNotConnectedError(f"{method} {url} was answered {answer.status}: {said}")
    return json.decode(answer.body)
