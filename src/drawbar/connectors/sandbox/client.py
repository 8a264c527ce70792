"""Reading the sandbox as any vendor's API is read: sign-in, pages by cursor, changes since."""

import base64
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec

from drawbar.connectors.sandbox.mapping import MAPPINGS
from drawbar.connectors.sandbox.server import API_ROOT, RESOURCES, SandboxServer
from drawbar.connectors.sandbox.switches import header_of, switches_in
from drawbar.connectors.sdk.connector import (
    Access,
    Checked,
    Page,
    RawRecord,
    Requests,
    SourceHttp,
    SourceOAuth,
)
from drawbar.connectors.sdk.errors import CredentialInvalid, SourceError
from drawbar.connectors.sdk.manifest import Manifest, manifest_at
from drawbar.connectors.sdk.raw import Raw
from drawbar.kit.json import timestamp
from drawbar.schema.registry import ENTITIES, Fields, identified

USUAL_ADDRESS = "https://sandbox.example"
PAGE_SIZE = 200
Answer = TypeVar("Answer")


class Sandbox:
    """The connector; `server` answers in place of the network."""

    manifest: Manifest = manifest_at(Path(__file__).parent, available=True)
    push = None

    def __init__(self, server: SandboxServer) -> None:
        self.transport: Requests = server
        self.oauth: SourceOAuth | None = None

    def access(self, credentials: Mapping[str, str], settings: Mapping[str, Any] = {}) -> Access:
        """Turn address, user and password into access; the switches go along in a header."""
        root = address_of(self.manifest, credentials)
        pair = f"{credentials['user'].strip()}:{credentials['password'].strip()}"
        login = base64.b64encode(pair.encode()).decode()
        return Access(
            address=root + API_ROOT,
            headers={"Authorization": f"Basic {login}", **header_of(switches_in(settings))},
        )

    async def check(self, http: SourceHttp) -> Checked:
        """Ask who one is, and what one may read."""
        me = _read(http.host, await http.get("/me"), _Me)
        return Checked(
            display_name=f"Sandbox of {me.company}",
            organization=me.company,
            permissions={
                entity: me.may_read.get(name, False) for entity, name in RESOURCES.items()
            },
        )

    async def pages(
        self, http: SourceHttp, entity: str, *, since: datetime | None, checkpoint: str | None
    ) -> AsyncIterator[Page]:
        """Read rows oldest change first; a checkpoint is `<changed_since>|<cursor>`."""
        changed_since, _, cursor = (
            checkpoint.partition("|") if checkpoint else (timestamp(since) if since else "", "", "")
        )
        query = {"size": str(PAGE_SIZE)}
        if changed_since:
            query["changed_since"] = changed_since
        while True:
            place = {"after": cursor} if cursor else {}
            body = await http.get(f"/{RESOURCES[entity]}", query | place)
            listed = _read(http.host, body, _List)
            if listed.after and listed.after == cursor:
                raise SourceError(f"{http.host} gave the same cursor twice; the list has no end.")
            cursor = listed.after or ""
            yield Page(
                records=[_record(http.host, row) for row in listed.rows],
                checkpoint=f"{changed_since}|{cursor}" if cursor else None,
                as_of=listed.read_at,
                total=listed.count,
            )
            if not cursor:
                return

    def unify(self, entity: str, remote_id: str, raw: Raw, *, connection_id: UUID) -> Fields:
        """Map a row by the entity's table and derive its ids."""
        return identified(ENTITIES[entity], connection_id, remote_id, MAPPINGS[entity](raw))


def address_of(manifest: Manifest, credentials: Mapping[str, str]) -> str:
    """Return the root of the sandbox that is meant; raise `CredentialInvalid`."""
    for field in manifest.credentials:
        fault = field.check_format(credentials.get(field.name, ""))
        if fault:
            raise CredentialInvalid(field.name, fault)
    typed = credentials.get("address", "").strip().rstrip("/") or USUAL_ADDRESS
    return typed.removesuffix(API_ROOT)


_Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Me(msgspec.Struct, frozen=True):
    user: str
    company: str
    may_read: dict[str, bool]


class _List(msgspec.Struct, frozen=True):
    rows: list[msgspec.Raw]
    read_at: _Moment
    count: int
    after: str | None = None


class _Head(msgspec.Struct, frozen=True):
    key: str
    created: _Moment
    changed: _Moment
    archived: _Moment | None = None


def _record(host: str, row: msgspec.Raw) -> RawRecord:
    head = _read(host, row, _Head)
    return RawRecord(
        remote_id=head.key,
        body=bytes(row),
        deleted=head.archived is not None,
        created_at=head.created,
        modified_at=head.changed,
    )


def _read(host: str, body: bytes | msgspec.Raw, wanted: type[Answer]) -> Answer:
    try:
        return msgspec.json.decode(body, type=wanted)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(f"{host} answered, but is no sandbox: {error}.") from error
