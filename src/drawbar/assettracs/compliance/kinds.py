"""Requirements and certificates."""

import msgspec

from drawbar.assettracs.assets.kinds import CATEGORY_TABLE
from drawbar.assettracs.compliance import store
from drawbar.assettracs.compliance.model import (
    CERTIFICATE_TABLE,
    REQUIREMENT_TABLE,
    Certificate,
    Requirement,
)
from drawbar.assettracs.inspections.model import TEMPLATE_TABLE
from drawbar.assettracs.kind import Kind
from drawbar.assettracs.references import referred
from drawbar.kit.db import Writing
from drawbar.kit.errors import conflict


async def _provable(tx: Writing, before: Requirement | None, after: Requirement) -> Requirement:
    """A requirement names the template that proves it, and a category or none."""
    if before is None or before.template_id != after.template_id:
        await referred(tx, TEMPLATE_TABLE, after.template_id, "template_id")
    if after.category_id and (before is None or before.category_id != after.category_id):
        await referred(tx, CATEGORY_TABLE, after.category_id, "category_id")
    return after


async def _only_revoke(tx: Writing, before: Certificate | None, after: Certificate) -> Certificate:
    """A certificate can be revoked once; a later one supersedes it, its end expires it."""
    if before is None or before.status == after.status:
        return after
    if before.status != "revoked" and after.status == "revoked":
        return msgspec.structs.replace(after, revoked_at=tx.now)
    if after.status == "superseded" and await store.has_later(tx, before):
        return after
    if before.status == "valid" and after.status == "expired" and before.expires_at <= tx.now:
        return after
    raise conflict(
        f"{before.number} is {before.status}. A certificate can only be revoked, once; a new "
        "passed inspection issues a new one."
    )


REQUIREMENTS = Kind(
    REQUIREMENT_TABLE,
    filters=("template_id", "category_id"),
    search="title || ' ' || coalesce(regulation, '')",
    rule=_provable,
)
CERTIFICATES = Kind(
    CERTIFICATE_TABLE,
    server_set=frozenset(Certificate.__struct_fields__) - {"external_id", "status"},
    filters=("number", "asset_id", "requirement_id", "inspection_id", "status"),
    search="number",
    rule=_only_revoke,
    only_server_makes=(
        "Certificates are issued by passed inspections and never deleted; "
        "PATCH status to revoked to withdraw one."
    ),
)
