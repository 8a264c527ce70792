"""Listens to requests of the APIs and hands them to the journal once they are answered."""

import time
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

from drawbar.audit import Actor
from drawbar.kit.ids import new_id
from drawbar.requests import masking
from drawbar.requests.journal import Journal
from drawbar.requests.model import NewLog

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
"""ASGI 3.0's own shapes."""
LOGGED = ("/admin/v1/", "/api/v1/", "/oauth/", "/assettracs/api/v1/", "/hub/push/", "/link/")
"""What programs and customers ask; the pages of signed-in people are not logged."""
UNLOGGED = ("/link/drawbar-link.js",)
LONGEST_LABEL = 200


class Heard:
    """One request while it runs: the beginning of both bodies, and how long they were."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.at = datetime.now(UTC)
        self.began = time.perf_counter()
        self.request_body = bytearray()
        self.request_size = 0
        self.status = 0
        self.ms = 0.0
        self.start: Any = {"headers": []}
        self.response_body = bytearray()
        self.response_size = 0

    def hear(self, message: Message) -> None:
        """Keep the beginning of what the caller sends."""
        if message["type"] == "http.request":
            self.request_size += _collect(self.request_body, message.get("body", b""))

    def say(self, message: Message) -> None:
        """Keep the status and the beginning of what is answered."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.ms = round((time.perf_counter() - self.began) * 1000, 2)
            # The message itself: the envelope adds its headers after this.
            self.start = message
        elif message["type"] == "http.response.body":
            self.response_size += _collect(self.response_body, message.get("body", b""))

    def row(self, actor: Actor) -> NewLog:
        """Shape what was heard, masked."""
        scope = self.scope
        sent = {name: value.decode("latin-1") for name, value in reversed(scope["headers"])}
        response_headers = [*self.start["headers"]]
        answered = {name.lower(): value for name, value in response_headers}
        is_read = scope["method"] == "GET" and self.status < 400  # noqa: PLR2004 - errors matter
        of_application = actor.kind in {"application", "link"}
        return NewLog(
            workspace_id=actor.workspace_id,
            id=new_id(),
            request_id=scope["request_id"],
            created_at=self.at,
            method=scope["method"],
            path=masking.path(scope["path"]),
            query=masking.query(scope["query_string"].decode("latin-1")),
            status=self.status,
            duration_ms=self.ms,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_label=masking.plain(actor.label)[:LONGEST_LABEL],
            connection_id=actor.connection_id or _connection_in(scope),
            application_id=actor.id if of_application else None,
            client=str(scope["client"][0]) if scope["client"] else "",
            user_agent=masking.headers([(b"user-agent", sent.get(b"user-agent", "").encode())])[
                "user-agent"
            ],
            request_headers=masking.headers(scope["headers"]),
            request_body=masking.body(
                bytes(self.request_body), sent.get(b"content-type", ""), self.request_size
            ),
            response_headers=masking.headers(response_headers),
            response_body=masking.body(
                bytes(self.response_body),
                answered.get(b"content-type", b"").decode("latin-1"),
                self.response_size,
                masking.LONGEST_READ if is_read else masking.LONGEST_BODY,
            ),
        )


def recorded(app: Any) -> Any:
    """Wrap the application, inside the envelope that gives a request its id.

    Requests go to the `Journal` in the application's state, which lives as long as it serves.
    """

    async def recording(scope: Scope, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(LOGGED) or path in UNLOGGED:
            await app(scope, receive, send)
            return
        heard = Heard(scope)

        async def listened() -> Any:
            message = await receive()
            heard.hear(message)
            return message

        async def noted(message: Message) -> None:
            heard.say(message)
            await send(message)

        try:
            await app(scope, listened, noted)
        finally:
            actor = (scope.get("state") or {}).get("actor")
            if isinstance(actor, Actor) and heard.status:
                journal: Journal = scope["litestar_app"].state.journal
                journal.add(lambda: heard.row(actor))

    return recording


def _collect(kept: bytearray, more: bytes) -> int:
    room = masking.LONGEST_BODY - len(kept)
    if room > 0:
        kept += more[:room]
    return len(more)


def _connection_in(scope: Any) -> Any:
    """Return the connection an Admin API path is about, so that its page shows the request."""
    template = scope.get("path_template") or ""
    if template.startswith("/admin/v1/connections/{id"):
        return scope.get("path_params", {}).get("id")
    return None
