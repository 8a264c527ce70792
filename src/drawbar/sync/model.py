"""Runs, and what the hub knows of each entity of a connection."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

Mode = Literal["initial", "incremental", "full"]
Trigger = Literal["connect", "schedule", "manual", "push"]
RunStatus = Literal["queued", "running", "completed", "failed", "cancelled"]
UNDER_WAY: tuple[RunStatus, ...] = ("queued", "running")

RUN_JOB = "sync.run"
TRIES_BEFORE_FAILING = 4
"""Attempts at a source that does not answer before the run is called failed."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One pass over one entity of one connection."""

    id: UUID
    connection_id: UUID
    entity: str
    mode: Mode
    trigger: Trigger
    status: RunStatus
    again: bool
    """A change was announced while it ran: another run follows."""
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    since: datetime | None
    as_of: datetime | None
    checkpoint: str | None
    expected: int | None
    pages: int
    seen: int
    created: int
    updated: int
    deleted: int
    attempt: int
    error_code: str | None
    error_message: str | None


class EntityState(msgspec.Struct, frozen=True, kw_only=True):
    """What the hub has of one entity; `watermark` is null until its first run completed."""

    entity: str
    permitted: bool
    watermark: datetime | None
    records_total: int


class RunRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `POST /api/v1/sync` asks for; no entities means all."""

    entities: list[str] | None = None
    mode: Literal["incremental", "full"] = "incremental"


class RunJob(msgspec.Struct, frozen=True):
    """The payload of a `sync.run` job."""

    workspace_id: UUID
    run_id: UUID


class ConnectedJob(msgspec.Struct, frozen=True):
    """The payload of a `connections.connected` job.

    `denied` are the entities that the credentials do not open; None when nobody looked.
    """

    workspace_id: UUID
    connection_id: UUID
    denied: list[str] | None = None
