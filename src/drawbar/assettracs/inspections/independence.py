"""Four eyes: who repaired a quarantined asset does not judge the repair."""

from collections.abc import Sequence
from uuid import UUID

from drawbar.assettracs.assets.kinds import Asset
from drawbar.assettracs.assets.store import awaits_release
from drawbar.assettracs.inspections import store
from drawbar.assettracs.inspections.model import Inspection, InspectionTemplate
from drawbar.audit import Actor
from drawbar.kit.db import Reading
from drawbar.kit.errors import conflict, invalid


async def check_independence(
    tx: Reading, actor: Actor, asset: Asset, inspection: Inspection
) -> None:
    """Raise 409 when a completed inspection that may release its asset is the repairer's own.

    Two rules: the inspector's name is not that of an assignee, and the signed-in person who
    completes it moved no repair on. A key acts for a program, so only the first holds for it.
    """
    if not await _may_release(tx, asset, inspection.template_id, but=inspection.id):
        return
    inspector = (inspection.inspector or "").strip()
    if not inspector:
        raise invalid("inspector", f"is needed: {asset.code} is quarantined.")
    done_by = await store.repairers(tx, asset.id, but=inspection.id)
    named, moved = done_by.include(inspector, None), done_by.include("", _person(actor))
    if named or moved:
        raise conflict(
            f"{inspector if named else actor.label} repaired {asset.code}; somebody else must "
            "inspect it before it is released."
        )


async def templates_for_others(
    tx: Reading, actor: Actor, asset: Asset, templates: Sequence[InspectionTemplate]
) -> list[InspectionTemplate]:
    """Return those of the templates by which this person cannot release what they repaired."""
    done_by = await store.repairers(tx, asset.id)
    if not done_by.include(actor.label, _person(actor)):
        return []
    return [each for each in templates if await _may_release(tx, asset, each.id)]


async def is_for_others(
    tx: Reading, actor: Actor, asset: Asset, template_id: UUID, inspector: str | None
) -> bool:
    """Whether this person, inspecting under this name, would be refused at the end."""
    done_by = await store.repairers(tx, asset.id)
    refused = done_by.include(inspector or actor.label, _person(actor))
    return refused and await _may_release(tx, asset, template_id)


async def _may_release(
    tx: Reading, asset: Asset, template_id: UUID, *, but: UUID | None = None
) -> bool:
    """Whether passing this template frees the asset of a critical defect, or of its quarantine."""
    if await awaits_release(tx, asset.id, template_id=template_id, but=but):
        return True
    return asset.status == "quarantined" and not await awaits_release(tx, asset.id, but=but)


def _person(actor: Actor) -> UUID | None:
    return actor.id if actor.kind == "user" else None
