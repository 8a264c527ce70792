"""What follows from a try: delivered, tried again at a time, or failed."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from drawbar.webhooks.delivery_store import Claim, Result, Try
from drawbar.webhooks.schedule import MOST_ATTEMPTS, next_try, parse_retry_after

UNKNOWN = f"Given up: {MOST_ATTEMPTS} tries were begun and Drawbar stopped during the last one."


def is_accepted(made: Try) -> bool:
    """Say whether the receiver took the message: any 2xx."""
    return made.status is not None and HTTPStatus.OK <= made.status < HTTPStatus.MULTIPLE_CHOICES


def settled(id: UUID, claim: Claim, made: Try | None, now: datetime, jitter: float) -> Result:
    """Decide about a claim whose try ended at `now`; `made` is None when it was one too many."""
    if made is None:
        return Result(id=id, claim=claim, made=None, status="failed", last_error=UNKNOWN)
    if is_accepted(made):
        return Result(id=id, claim=claim, made=made, status="delivered")
    retry_after = parse_retry_after(made.retry_after, now)
    due_at = next_try(claim.first_at, claim.number, jitter, now, retry_after)
    return Result(
        id=id,
        claim=claim,
        made=made,
        status="pending" if due_at else "failed",
        due_at=due_at,
        last_error=_reason(made),
    )


def wants_no_more(result: Result) -> bool:
    """Say whether the last try was answered 410 Gone: the endpoint is to be disabled."""
    return (
        result.status == "failed"
        and result.made is not None
        and result.made.status == HTTPStatus.GONE
    )


def _reason(made: Try) -> str:
    if made.status is None:
        return made.error or "No answer."
    redirects = HTTPStatus.MULTIPLE_CHOICES <= made.status < HTTPStatus.BAD_REQUEST
    more = "; redirects are not followed" if redirects else ""
    return f"The receiver answered {made.status}{more}."
