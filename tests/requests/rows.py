"""Rows of the request log for tests."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from drawbar.kit.ids import new_id
from drawbar.requests.model import NewLog


def a_request(workspace_id: UUID, at: datetime, **fields: Any) -> NewLog:
    """A request of the workspace, with an id of its own."""
    given: dict[str, Any] = {
        "workspace_id": workspace_id,
        "id": new_id(),
        "request_id": f"req_{uuid4().hex}",
        "created_at": at,
        "method": "GET",
        "path": "/api/v1/assets",
        "query": "",
        "status": 200,
        "duration_ms": 1.5,
        "actor_kind": "connection",
        "actor_id": None,
        "actor_label": "connection",
        "connection_id": None,
        "application_id": None,
        "client": "203.0.113.1",
        "user_agent": "tests",
        "request_headers": {},
        "request_body": None,
        "response_headers": {},
        "response_body": None,
    }
    return NewLog(**(given | fields))
