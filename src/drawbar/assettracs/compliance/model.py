"""What is required, what proves it, and the state that follows at any date."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from dateutil.relativedelta import relativedelta
from msgspec import Meta

from drawbar.assettracs.fields import Moment, Name, Word
from drawbar.kit.tables import Row, Table

State = Literal["valid", "due_soon", "overdue", "never_done"]

DUE_SOON = timedelta(days=30)
"""How long before it expires a certificate asks for its successor; our own default."""


class Requirement(Row, frozen=True, kw_only=True):
    """Something to be proven every few months: of one category's assets, or of all."""

    title: Name
    regulation: Word | None = None
    interval_months: Annotated[int, Meta(ge=1, le=600)]
    template_id: UUID
    category_id: UUID | None = None


class Certificate(Row, frozen=True, kw_only=True):
    """Proof that one asset met one requirement; issued by a passed inspection."""

    number: str
    asset_id: UUID
    requirement_id: UUID
    inspection_id: UUID
    issued_at: Moment
    expires_at: Moment
    status: Literal["valid", "expired", "superseded", "revoked"] = "valid"
    revoked_at: Moment | None = None


REQUIREMENT_TABLE = Table("assettracs.requirements", Requirement, "requirement")
CERTIFICATE_TABLE = Table("assettracs.certificates", Certificate, "certificate")


def expiry(issued_at: datetime, interval_months: int) -> datetime:
    """Return the end of validity: calendar months on, in UTC; 31 January + 1 is 28 February."""
    return issued_at.astimezone(UTC) + relativedelta(months=interval_months)


def state_at(certificates: Iterable[Certificate], at: datetime) -> State:
    """Return the state of one asset and requirement at a moment, from all its certificates.

    The last one issued until then decides; a revoked one ends when it was revoked.
    """
    issued = [certificate for certificate in certificates if certificate.issued_at <= at]
    if not issued:
        return "never_done"
    last = max(issued, key=lambda certificate: (certificate.issued_at, certificate.id))
    ends_at = min(last.expires_at, last.revoked_at or last.expires_at)
    if ends_at <= at:
        return "overdue"
    return "due_soon" if last.expires_at <= at + DUE_SOON else "valid"
