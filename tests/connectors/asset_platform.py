"""A small real HTTP server that keeps rows and follows the asset API's contract."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from drawbar.connectors.assettracs.client import AssetTracs
from drawbar.connectors.sdk.http import JsonHttp
from drawbar.kit.json import timestamp
from drawbar.kit.outgoing import OutgoingHttp

KEY = "at_live_alice"
START = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 6, 41, 56, tzinfo=UTC)


@dataclass
class AssetPlatform:
    """The server's state, free to be changed while it runs."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    refusals: list[web.Response] = field(default_factory=list)
    """Answers given, first one first, instead of the true ones."""
    endpoints: dict[str, dict[str, Any]] = field(default_factory=dict)
    as_of: datetime = NOW
    largest_page: int = 500
    address: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)

    def add(self, kind: str, count: int, **values: Any) -> None:
        """Add rows, each changed a minute after the one before."""
        rows = self.rows.setdefault(kind, [])
        for number in range(len(rows), len(rows) + count):
            changed_at = timestamp(START + timedelta(minutes=number))
            row = {"id": f"{kind}-{number}", "created_at": changed_at, "modified_at": changed_at}
            rows.append(row | {"external_id": None, "deleted_at": None, "version": 1} | values)

    def delete(self, kind: str, number: int, at: datetime) -> None:
        """Delete softly: the row stays, with the time."""
        self.rows[kind][number] |= {"deleted_at": timestamp(at), "modified_at": timestamp(at)}

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer any request below the API's root."""
        kind = request.match_info["kind"]
        self.asked.append(dict(request.query))
        if self.refusals:
            return self.refusals.pop(0)
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return problem(401, "The API key is not known.")
        if kind in self.denied:
            return problem(403, f"The API key may not read {kind}.")
        if request.method == "POST":
            endpoint = {"id": f"we-{len(self.endpoints)}", "secret": "whsec_c2VjcmV0"}
            self.endpoints[endpoint["id"]] = await request.json()
            return web.json_response(endpoint, status=201)
        if request.method == "DELETE":
            found = self.endpoints.pop(request.match_info["id"], None)
            return web.Response(status=204) if found else problem(404, "No such endpoint.")
        return self._list(kind, request.query.get)

    def _list(self, kind: str, asked: Any) -> web.Response:
        changed_after, cursor = asked("modified_after", ""), asked("cursor")
        place = json.loads(base64.b64decode(cursor)) if cursor else ["", "", timestamp(self.as_of)]
        found = sorted(
            (row["modified_at"], row["id"], json.dumps(row))
            for row in self.rows.get(kind, [])
            if row["modified_at"] > changed_after
            and (changed_after or row["deleted_at"] is None)
            and [row["modified_at"], row["id"]] > place[:2]
        )
        page = found[: min(int(asked("limit", "100")), self.largest_page)]
        following = json.dumps([*page[-1][:2], place[2]]) if len(page) < len(found) else ""
        next_cursor = base64.b64encode(following.encode()).decode() or None
        rows = [json.loads(row) for _, _, row in page]
        return web.json_response({"data": rows, "next_cursor": next_cursor, "as_of": place[2]})


def problem(status: int, detail: str, **headers: str) -> web.Response:
    """Refuse as RFC 9457 says."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return web.json_response({"title": "Refused", "detail": detail}, status=status, headers=named)


@asynccontextmanager
async def serving(platform: AssetPlatform, key: str = KEY) -> AsyncIterator[JsonHttp]:
    """Serve on loopback and give the real way to call it."""
    app = web.Application()
    for path in ("/{kind}", "/{kind}/{id}"):
        app.router.add_route("*", f"/assettracs/api/v1{path}", platform.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    platform.address = f"http://{host}:{port}"
    access = AssetTracs().access({"base_url": platform.address, "api_key": key})
    try:
        async with OutgoingHttp(allow_networks=["127.0.0.0/8"]) as outgoing:
            yield JsonHttp(outgoing, access, clock=lambda: NOW)
    finally:
        await runner.cleanup()
