"""Reading the asset API: pages by cursor, changes by `modified_after`, the watermark from each."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from drawbar.connectors.assettracs.manifest import MANIFEST
from drawbar.connectors.assettracs.mapping import MAPPINGS
from drawbar.connectors.assettracs.push import AssetTracsPush
from drawbar.connectors.sdk.connector import Access, Checked, Page, RawRecord, SourceHttp
from drawbar.connectors.sdk.errors import CredentialInvalid, PermissionMissing, SourceError
from drawbar.connectors.sdk.raw import Raw
from drawbar.kit.json import timestamp
from drawbar.schema.registry import ENTITIES, Fields, identified

API_ROOT = "/assettracs/api/v1"
PAGE_SIZE = 500
"""The most that the API gives at once."""


class AssetTracs:
    """The connector; it keeps no state, one serves every connection."""

    manifest = MANIFEST
    push = AssetTracsPush()
    oauth = None
    transport = None

    def access(
        self,
        credentials: Mapping[str, str],
        settings: Mapping[str, Any] = {},  # noqa: ARG002  a real system has no switches
    ) -> Access:
        """Turn address and key into access; the address may end with the API's own path."""
        typed = credentials.get("base_url", "").strip().rstrip("/").removesuffix(API_ROOT)
        _refuse_bad_address(typed)
        key = credentials.get("api_key", "").strip()
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise CredentialInvalid("api_key", "Paste the API key as it was shown.")
        return Access(address=typed + API_ROOT, headers={"Authorization": f"Bearer {key}"})

    async def check(self, http: SourceHttp) -> Checked:
        """Ask for one row of each entity: a 403 says what the key may not read."""
        permissions = {entity: await _may_read(http, entity) for entity in MANIFEST.entities}
        return Checked(
            display_name=f"AssetTracs at {http.host}", organization=None, permissions=permissions
        )

    async def pages(
        self, http: SourceHttp, entity: str, *, since: datetime | None, checkpoint: str | None
    ) -> AsyncIterator[Page]:
        """Read rows oldest change first; a checkpoint is `<modified_after>|<next cursor>`."""
        changed_after, _, cursor = (
            checkpoint.partition("|") if checkpoint else (timestamp(since) if since else "", "", "")
        )
        query = {"limit": str(PAGE_SIZE), "sort": "modified_at"}
        if changed_after:
            query["modified_after"] = changed_after
        while True:
            listed = await _listed(http, entity, query | ({"cursor": cursor} if cursor else {}))
            if listed.next_cursor and listed.next_cursor == cursor:
                raise SourceError(f"{http.host} gave the same cursor twice; the list has no end.")
            cursor = listed.next_cursor or ""
            yield Page(
                records=[_record(http.host, row) for row in listed.data],
                checkpoint=f"{changed_after}|{cursor}" if cursor else None,
                as_of=listed.as_of,
            )
            if not cursor:
                return

    def unify(self, entity: str, remote_id: str, raw: Raw, *, connection_id: UUID) -> Fields:
        """Map a row by the entity's table and derive its ids."""
        return identified(ENTITIES[entity], connection_id, remote_id, MAPPINGS[entity](raw))


def _refuse_bad_address(typed: str) -> None:
    try:
        parts = urlsplit(typed)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise CredentialInvalid("base_url", "This is no address of a website.") from None
    if not is_whole:
        raise CredentialInvalid("base_url", "Enter the whole address, with https://.")
    if parts.query or parts.fragment or parts.username is not None:
        raise CredentialInvalid("base_url", "Enter the address without name, ? and #.")


_Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _List(msgspec.Struct, frozen=True):
    data: list[msgspec.Raw]
    as_of: _Moment
    next_cursor: str | None = None


class _Head(msgspec.Struct, frozen=True):
    id: Annotated[str, msgspec.Meta(pattern=r"^[^\x00]{1,500}$")]
    created_at: _Moment
    modified_at: _Moment
    deleted_at: _Moment | None = None


YEARS = range(1970, 2200)
"""In which a watermark can lie: PostgreSQL's infinite times begin beyond them."""
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_LIST = msgspec.json.Decoder(_List)
_HEAD = msgspec.json.Decoder(_Head)


async def _may_read(http: SourceHttp, entity: str) -> bool:
    try:
        await _listed(http, entity, {"limit": "1"})
    except PermissionMissing:
        return False
    return True


async def _listed(http: SourceHttp, entity: str, query: Mapping[str, str]) -> _List:
    body = await http.get(f"/{ENTITIES[entity].path}", query)
    try:
        listed = _LIST.decode(body)
    except UNREADABLE as error:
        raise SourceError(f"{http.host} answered with no AssetTracs list: {error}.") from error
    if listed.as_of.year not in YEARS:
        raise SourceError(f"{http.host} told a watermark in the year {listed.as_of.year}.")
    return listed


def _record(host: str, row: msgspec.Raw) -> RawRecord:
    try:
        head = _HEAD.decode(row)
    except UNREADABLE as error:
        raise SourceError(f"{host} listed a row that is no AssetTracs row: {error}.") from error
    return RawRecord(
        remote_id=head.id,
        body=bytes(row),
        deleted=head.deleted_at is not None,
        created_at=head.created_at,
        modified_at=head.modified_at,
    )
