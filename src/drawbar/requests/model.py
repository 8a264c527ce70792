"""One logged request, as it is stored and shown."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec


class RequestLog(msgspec.Struct, frozen=True, kw_only=True):
    """A request and its answer; secrets were masked and long bodies cut before it was stored."""

    id: UUID
    request_id: str
    created_at: datetime
    """When it arrived."""
    method: str
    path: str
    query: str
    status: int
    duration_ms: float
    actor_kind: str
    actor_id: UUID | None
    actor_label: str
    connection_id: UUID | None
    application_id: UUID | None
    client: str
    """The caller's network address."""
    user_agent: str


class RequestDetail(RequestLog, frozen=True, kw_only=True):
    """A request with headers and bodies; a body is null when there was none or it is not kept."""

    request_headers: dict[str, Any]
    request_body: str | None
    response_headers: dict[str, Any]
    response_body: str | None


class NewLog(RequestDetail, frozen=True, kw_only=True):
    """A request to be stored, with its workspace."""

    workspace_id: UUID
