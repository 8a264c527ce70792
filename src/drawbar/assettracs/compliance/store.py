"""SQL of the compliance register: every asset × requirement, with its state at a moment."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.assettracs.compliance.model import DUE_SOON, Certificate, State
from drawbar.kit.db import Reading, System

HAS_LATER = """
SELECT EXISTS (
  SELECT FROM assettracs.certificates
   WHERE asset_id = $1 AND requirement_id = $2 AND deleted_at IS NULL
     AND id <> $3 AND issued_at >= $4
)
"""

RUN_OUT = """
SELECT workspace_id, id
  FROM assettracs.certificates
 WHERE status = 'valid' AND deleted_at IS NULL AND expires_at <= $1
 ORDER BY expires_at, id
"""

OBLIGATIONS = """
SELECT a.id AS asset_id, a.code AS asset_code, a.name AS asset_name, a.site_id,
       r.id AS requirement_id, r.title AS requirement,
       c.id AS certificate_id, c.number AS certificate_number, c.expires_at,
       CASE WHEN c.id IS NULL THEN 'never_done'
            WHEN least(c.expires_at, c.revoked_at) <= $1 THEN 'overdue'
            WHEN c.expires_at <= $1 + $2::interval THEN 'due_soon'
            ELSE 'valid' END AS state
  FROM assettracs.assets a
  JOIN assettracs.requirements r
    ON r.deleted_at IS NULL AND (r.category_id IS NULL OR r.category_id = a.category_id)
  LEFT JOIN LATERAL (
    SELECT id, number, expires_at, revoked_at
      FROM assettracs.certificates
     WHERE asset_id = a.id AND requirement_id = r.id AND deleted_at IS NULL AND issued_at <= $1
     ORDER BY issued_at DESC, id DESC
     LIMIT 1) c ON true
 WHERE a.deleted_at IS NULL AND a.status <> 'retired'
"""

COUNTS = f"""
SELECT o.site_id, s.name AS site,
       count(*) FILTER (WHERE state = 'valid') AS valid,
       count(*) FILTER (WHERE state = 'due_soon') AS due_soon,
       count(*) FILTER (WHERE state = 'overdue') AS overdue,
       count(*) FILTER (WHERE state = 'never_done') AS never_done
  FROM ({OBLIGATIONS}) o
  LEFT JOIN assettracs.sites s ON s.id = o.site_id
 GROUP BY o.site_id, s.name
 ORDER BY s.name NULLS LAST, o.site_id
"""

LISTING = f"""
SELECT *
  FROM ({OBLIGATIONS}) o
 WHERE ($3::uuid IS NULL OR o.site_id = $3)
   AND (cardinality($4::text[]) = 0 OR o.state = ANY($4))
 ORDER BY array_position(ARRAY['overdue', 'never_done', 'due_soon', 'valid'], o.state),
          o.expires_at, o.asset_code, o.requirement, o.asset_id, o.requirement_id
 LIMIT $5 OFFSET $6
"""


class Obligation(msgspec.Struct, frozen=True, kw_only=True):
    """One requirement of one asset, and where it stands."""

    asset_id: UUID
    asset_code: str
    asset_name: str
    site_id: UUID | None
    requirement_id: UUID
    requirement: str
    certificate_id: UUID | None
    certificate_number: str | None
    expires_at: datetime | None
    state: State


class SiteCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many obligations of a site stand where; `site_id` is None for assets without a site."""

    site_id: UUID | None
    site: str | None
    valid: int
    due_soon: int
    overdue: int
    never_done: int

    @property
    def percent(self) -> int:
        """The share that is proven, due soon or not, in whole per cent, rounded down."""
        proven = self.valid + self.due_soon
        return 100 * proven // (proven + self.overdue + self.never_done)


async def has_later(tx: Reading, certificate: Certificate) -> bool:
    """Whether another certificate for the same duty was issued at or after this one's moment."""
    later: bool = await tx.fetchval(
        HAS_LATER,
        certificate.asset_id,
        certificate.requirement_id,
        certificate.id,
        certificate.issued_at,
    )
    return later


async def run_out(tx: System, now: datetime) -> list[tuple[UUID, UUID]]:
    """Return (workspace, certificate) of every certificate still called valid after its end."""
    return [(row["workspace_id"], row["id"]) for row in await tx.fetch(RUN_OUT, now)]


async def counts_per_site(tx: Reading, at: datetime) -> list[SiteCounts]:
    """Return the states at a moment, counted per site, by the site's name."""
    rows = await tx.fetch(COUNTS, at, DUE_SOON)
    return [msgspec.convert(dict(row), SiteCounts) for row in rows]


async def obligations(
    tx: Reading,
    at: datetime,
    *,
    site_id: UUID | None = None,
    states: Sequence[State] = (),
    limit: int = 100,
    offset: int = 0,
) -> list[Obligation]:
    """Return what stands where at a moment, the worst and the earliest to expire first."""
    rows = await tx.fetch(LISTING, at, DUE_SOON, site_id, list(states), limit, offset)
    return [msgspec.convert(dict(row), Obligation) for row in rows]
