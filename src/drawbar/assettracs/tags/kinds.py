"""Tags with a life of their own, and tag scans."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from drawbar.assettracs import actions
from drawbar.assettracs.assets.kinds import ASSET_TABLE, ASSETS
from drawbar.assettracs.fields import Latitude, Longitude, Moment, Word
from drawbar.assettracs.kind import Kind
from drawbar.audit import Actor
from drawbar.kit.crypto import new_secret
from drawbar.kit.db import Writing
from drawbar.kit.tables import Row, Table


class Tag(Row, frozen=True, kw_only=True):
    """A mark with a payload; several per asset, and a former one still resolves."""

    asset_id: UUID | None = None
    kind: Literal["qr"] = "qr"
    payload: Annotated[str, Meta(max_length=500)] = ""
    state: Literal["blank", "attached", "damaged", "lost", "replaced", "retired"] = "blank"
    attached_at: Moment | None = None


class TagScan(Row, frozen=True, kw_only=True):
    """Somebody read a tag: what, where, when, and to what end."""

    tag_id: UUID | None = None
    asset_id: UUID | None = None
    payload: Annotated[str, Meta(min_length=1, max_length=500)]
    action: Literal["look_up", "move", "check_out", "check_in", "count", "inspect"] = "look_up"
    scanned_at: Moment
    site_id: UUID | None = None
    location_id: UUID | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    scanned_by: Word | None = None


TAG_TABLE = Table("assettracs.tags", Tag, "tag")
SCAN_TABLE = Table("assettracs.tag_scans", TagScan, "tag scan")


async def tag_with_payload(tx: Writing, payload: str) -> Tag | None:
    """Return the tag that carries this text, or None."""
    found = await TAG_TABLE.where(tx, "payload = $1", payload)
    return found[0] if found else None


async def _attach(tx: Writing, before: Tag | None, after: Tag) -> Tag:
    """Give a tag its payload, and the moment it was attached."""
    newly = after.asset_id is not None and (before is None or before.asset_id != after.asset_id)
    if newly and after.asset_id is not None:
        await ASSET_TABLE.get(tx, after.asset_id)
    state = "attached" if newly and after.state == "blank" else after.state
    return msgspec.structs.replace(
        after,
        payload=after.payload or new_secret("T")[:12].replace("_", "x").replace("-", "y"),
        state=state,
        attached_at=(after.attached_at or tx.now) if newly else after.attached_at,
    )


async def _show_on_asset(tx: Writing, actor: Actor, before: Tag | None, after: Tag) -> None:
    """Keep the payloads shown on the assets this tag is on, or was."""
    touched = {tag.asset_id for tag in (before, after) if tag and tag.asset_id}
    for asset_id in sorted(touched):
        asset = await ASSET_TABLE.find(tx, asset_id, lock=True)
        if asset is None or asset.deleted_at is not None:
            continue  # Its tags outlive it, to be put on another.
        live = await TAG_TABLE.where(
            tx, "asset_id = $1 AND state = 'attached' ORDER BY created_at, id", asset_id
        )
        await actions.change(tx, actor, ASSETS, asset_id, {"tags": [tag.payload for tag in live]})


async def _resolve(tx: Writing, before: TagScan | None, after: TagScan) -> TagScan:
    """Find which tag and asset the payload belongs to."""
    if before is not None or after.asset_id is not None:
        return after
    tag = await tag_with_payload(tx, after.payload)
    if tag is None:
        return after
    return msgspec.structs.replace(after, tag_id=tag.id, asset_id=tag.asset_id)


async def _move(tx: Writing, actor: Actor, before: TagScan | None, after: TagScan) -> None:
    """A scan that moves puts the asset where it was scanned."""
    if before is None and after.action == "move" and after.asset_id:
        moved = {"site_id": after.site_id, "location_id": after.location_id}
        place = {name: value for name, value in moved.items() if value}
        await actions.change(tx, actor, ASSETS, after.asset_id, place)


TAGS = Kind(
    TAG_TABLE,
    filters=("asset_id", "state", "kind", "payload"),
    search="payload",
    rule=_attach,
    effect=_show_on_asset,
)
TAG_SCANS = Kind(
    SCAN_TABLE,
    server_set=frozenset({"tag_id"}),
    filters=("asset_id", "tag_id", "action", "site_id"),
    rule=_resolve,
    effect=_move,
)
