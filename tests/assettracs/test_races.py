"""Two people change the same things at the same moment."""

import asyncio
from uuid import UUID

import pytest

from drawbar.assettracs import actions
from drawbar.assettracs.assets.kinds import ASSET_TABLE, ASSETS
from drawbar.assettracs.places.kinds import LOCATIONS
from drawbar.assettracs.tags.kinds import TAG_SCANS
from drawbar.audit import model
from drawbar.kit.db import Database, Writing
from drawbar.kit.errors import Problem
from tests.support.cast import Cast


async def new_location(database: Database, workspace_id: UUID, name: str) -> UUID:
    async with database.writing(workspace_id) as tx:
        made = await actions.create(
            tx, model.drawbar(workspace_id, "tests"), LOCATIONS, {"name": name, "type": "region"}
        )
    return made.id


async def put_below(tx: Writing, one: UUID, other: UUID) -> None:
    actor = model.drawbar(tx.workspace_id, "tests")
    await actions.change(tx, actor, LOCATIONS, one, {"parent_id": other})


async def test_a_scan_under_way_keeps_nobody_from_changing_its_asset(
    database: Database, cast: Cast
) -> None:
    ours = cast.alice.workspace_id
    actor = model.drawbar(ours, "tests")
    async with database.writing(ours) as tx:
        asset = await actions.create(tx, actor, ASSETS, {"name": "Chain hoist"})
    async with database.writing(ours) as scanning:
        scan = {"payload": "T", "asset_id": asset.id, "scanned_at": scanning.now}
        await actions.create(scanning, actor, TAG_SCANS, scan)
        async with asyncio.timeout(5), database.writing(ours) as tx:
            locked = await ASSET_TABLE.get(tx, asset.id, lock=True)
    assert locked.id == asset.id


async def test_two_locations_moved_into_each_other_at_once_make_no_loop(
    database: Database, cast: Cast
) -> None:
    ours = cast.alice.workspace_id
    bay, hall = await new_location(database, ours, "Bay"), await new_location(database, ours, "H")

    async def put_hall_below_bay() -> None:
        async with database.writing(ours) as tx:
            await put_below(tx, hall, bay)

    async with database.writing(ours) as tx:
        await put_below(tx, bay, hall)
        second = asyncio.create_task(put_hall_below_bay())
        await asyncio.wait({second}, timeout=0.3)
    with pytest.raises(Problem, match="below itself"):
        await second
