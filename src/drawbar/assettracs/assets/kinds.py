"""Categories and assets."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from drawbar.assettracs import counters
from drawbar.assettracs.assets import store
from drawbar.assettracs.assets.prefix import UNSORTED, suggested_prefix
from drawbar.assettracs.fields import Name, Text, Word
from drawbar.assettracs.kind import Kind
from drawbar.assettracs.places.kinds import LOCATION_TABLE
from drawbar.assettracs.trees import refuse_loop
from drawbar.audit import Actor
from drawbar.kit.db import Writing
from drawbar.kit.errors import conflict
from drawbar.kit.tables import Row, Table

AssetStatus = Literal[
    "in_service", "restricted", "out_of_service", "in_repair", "quarantined", "missing", "retired"
]


FIT: frozenset[AssetStatus] = frozenset({"in_service", "restricted"})
"""States in which an asset may be used."""


class Category(Row, frozen=True, kw_only=True):
    """What sort of thing it is; its prefix begins the codes of its assets.

    Left empty, the prefix is made from the name.
    """

    name: Name
    code_prefix: Annotated[str, Meta(pattern=r"^[A-Z0-9]{0,8}$")] = ""
    parent_id: UUID | None = None


class Asset(Row, frozen=True, kw_only=True):
    """A thing worth tracking. `category` repeats the category's name; `tags` its live payloads."""

    code: Word = ""
    name: Name
    description: Text | None = None
    category_id: UUID | None = None
    category: str | None = None
    make: Word | None = None
    model: Word | None = None
    serial_number: Word | None = None
    criticality: Literal["low", "medium", "high", "critical"] = "medium"
    status: AssetStatus = "in_service"
    site_id: UUID | None = None
    location_id: UUID | None = None
    parent_id: UUID | None = None
    activated_on: date | None = None
    warranty_ends_on: date | None = None
    custom_fields: dict[str, Any] = {}
    tags: list[str] = []


CATEGORY_TABLE = Table("assettracs.categories", Category, "category")
ASSET_TABLE = Table("assettracs.assets", Asset, "asset")

RENAME = """
UPDATE assettracs.assets SET category = $2, modified_at = $3, version = version + 1
 WHERE category_id = $1 AND category IS DISTINCT FROM $2
"""


async def _complete(tx: Writing, before: Asset | None, after: Asset) -> Asset:
    """Give the asset its code, its category's name, and the site of its location."""
    if before is not None and before.status != after.status and after.status in FIT:
        await _refuse_unreleased(tx, after)
    category = await CATEGORY_TABLE.get(tx, after.category_id) if after.category_id else None
    await refuse_loop(tx, ASSET_TABLE, before, after)
    site_id = after.site_id
    if after.location_id and (before is None or before.location_id != after.location_id):
        place = await LOCATION_TABLE.get(tx, after.location_id)
        site_id = place.site_id or site_id
    return msgspec.structs.replace(
        after,
        code=after.code or await _next_code(tx, category),
        category=category.name if category else None,
        site_id=site_id,
    )


async def _refuse_unreleased(tx: Writing, asset: Asset) -> None:
    if await store.awaits_release(tx, asset.id):
        raise conflict(
            f"A critical defect keeps {asset.code} out of service: finish its work order, then let "
            "somebody else than the repairer pass the inspection that found it."
        )


async def _next_code(tx: Writing, category: Category | None) -> str:
    prefix = (category.code_prefix if category else "") or UNSORTED
    number = await counters.next_number(tx, f"asset:{prefix}")
    return f"{prefix}-{number:05d}"


async def _rename_on_assets(
    tx: Writing, _actor: Actor, before: Category | None, after: Category
) -> None:
    if before is not None and before.name != after.name:
        await tx.execute(RENAME, after.id, after.name, tx.now)


async def _no_loop(tx: Writing, before: Category | None, after: Category) -> Category:
    await refuse_loop(tx, CATEGORY_TABLE, before, after)
    return after if after.code_prefix else await _with_prefix(tx, after)


async def _with_prefix(tx: Writing, category: Category) -> Category:
    others = await CATEGORY_TABLE.where(tx, "id <> $1", category.id)
    taken = {other.code_prefix for other in others}
    prefix = suggested_prefix(category.name, taken)
    return msgspec.structs.replace(category, code_prefix=prefix)


CATEGORIES = Kind(
    CATEGORY_TABLE,
    filters=("parent_id",),
    search="name",
    rule=_no_loop,
    effect=_rename_on_assets,
    used_by=(
        ("assettracs.assets", "category_id"),
        ("assettracs.categories", "parent_id"),
        ("assettracs.requirements", "category_id"),
    ),
)
ASSETS = Kind(
    ASSET_TABLE,
    server_set=frozenset({"category", "tags"}),
    filters=(
        "code",
        "category_id",
        "make",
        "model",
        "serial_number",
        "criticality",
        "status",
        "site_id",
        "location_id",
        "parent_id",
    ),
    search="code || ' ' || name || ' ' || coalesce(make, '') || ' ' || coalesce(model, '') "
    "|| ' ' || coalesce(serial_number, '')",
    rule=_complete,
    used_by=(("assettracs.assets", "parent_id"),),
)
