"""Certificates come from passed inspections, and from nowhere else."""

from datetime import datetime
from uuid import UUID

from drawbar.assettracs import actions, counters
from drawbar.assettracs.assets.kinds import Asset
from drawbar.assettracs.compliance.kinds import CERTIFICATES
from drawbar.assettracs.compliance.model import (
    CERTIFICATE_TABLE,
    REQUIREMENT_TABLE,
    Requirement,
    expiry,
)
from drawbar.audit import Actor
from drawbar.kit.db import Reading, Writing
from drawbar.kit.ids import derived_id


async def demanded_by(tx: Reading, asset: Asset, template_id: UUID) -> list[Requirement]:
    """Return the requirements an asset meets by passing this template, the oldest first."""
    return await REQUIREMENT_TABLE.where(
        tx,
        "template_id = $1 AND (category_id IS NULL OR category_id = $2) ORDER BY created_at, id",
        template_id,
        asset.category_id,
    )


def certificate_id(inspection_id: UUID, requirement_id: UUID) -> UUID:
    """Return the id of the certificate an inspection gives for a requirement."""
    return derived_id("certificate", inspection_id, requirement_id)


async def issue(
    tx: Writing,
    actor: Actor,
    requirement: Requirement,
    asset_id: UUID,
    inspection_id: UUID,
    issued_at: datetime,
) -> None:
    """Issue a certificate; of two for the same duty the one issued later stays valid.

    The caller holds the asset's row, so that two inspections cannot certify it at once.
    """
    former = await CERTIFICATE_TABLE.where(
        tx,
        "asset_id = $1 AND requirement_id = $2 AND status IN ('valid', 'expired')",
        asset_id,
        requirement.id,
    )
    outdated = any(certificate.issued_at > issued_at for certificate in former)
    expires_at = expiry(issued_at, requirement.interval_months)
    serial = await counters.next_number(tx, f"certificate:{issued_at.year}")
    fields = {
        "number": f"C-{issued_at.year}-{serial:06d}",
        "asset_id": asset_id,
        "requirement_id": requirement.id,
        "inspection_id": inspection_id,
        "issued_at": issued_at,
        "expires_at": expires_at,
        "status": "superseded" if outdated else "expired" if expires_at <= tx.now else "valid",
    }
    id = certificate_id(inspection_id, requirement.id)
    await actions.create(tx, actor, CERTIFICATES, fields, id=id)
    in_force = [] if outdated else [one for one in former if one.status == "valid"]
    for certificate in in_force:
        await actions.change(tx, actor, CERTIFICATES, certificate.id, {"status": "superseded"})
