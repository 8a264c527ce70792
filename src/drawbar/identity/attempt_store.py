"""SQL of attempts: how often something was tried lately, by whom and from where."""

from datetime import datetime, timedelta

import msgspec

from drawbar.kit.db import System

LONGEST_MEMORY = timedelta(days=1)


class Attempt(msgspec.Struct, frozen=True):
    """One try: what (`log-in`, `code`, `letter`), on which address or person, from where."""

    what: str
    subject: str
    network: str


async def hold(tx: System, attempt: Attempt) -> None:
    """Let no other attempt on the same subject be counted before this transaction ends."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended($1 || ':' || lower($2), 0))",
        attempt.what,
        attempt.subject,
    )


async def here(tx: System, attempt: Attempt, since: datetime, most: int) -> list[datetime]:
    """Return when the last tries on this subject from this network were, newest first."""
    rows = await tx.fetch(
        "SELECT at FROM attempts WHERE what = $1 AND subject = lower($2) AND network = $3 "
        "AND at > $4 ORDER BY at DESC LIMIT $5",
        attempt.what,
        attempt.subject,
        attempt.network,
        since,
        most,
    )
    return [row["at"] for row in rows]


async def anywhere(tx: System, attempt: Attempt, since: datetime, most: int) -> list[datetime]:
    """Return when the last tries on this subject from all networks were, newest first."""
    rows = await tx.fetch(
        "SELECT at FROM attempts WHERE what = $1 AND subject = lower($2) AND at > $3 "
        "ORDER BY at DESC LIMIT $4",
        attempt.what,
        attempt.subject,
        since,
        most,
    )
    return [row["at"] for row in rows]


async def by_network(tx: System, attempt: Attempt, since: datetime, most: int) -> list[datetime]:
    """Return when the last tries from this network on all subjects were, newest first."""
    rows = await tx.fetch(
        "SELECT at FROM attempts WHERE what = $1 AND network = $2 AND at > $3 "
        "ORDER BY at DESC LIMIT $4",
        attempt.what,
        attempt.network,
        since,
        most,
    )
    return [row["at"] for row in rows]


async def note(tx: System, attempt: Attempt) -> None:
    """Count a try."""
    await tx.execute(
        "INSERT INTO attempts (what, subject, network, at) VALUES ($1, lower($2), $3, $4)",
        attempt.what,
        attempt.subject,
        attempt.network,
        tx.now,
    )


async def forget(tx: System, attempt: Attempt) -> None:
    """Count no try on this subject from this network any more."""
    await tx.execute(
        "DELETE FROM attempts WHERE what = $1 AND subject = lower($2) AND network = $3",
        attempt.what,
        attempt.subject,
        attempt.network,
    )


async def forget_old(tx: System) -> None:
    """Remove what no rule counts any more."""
    await tx.execute("DELETE FROM attempts WHERE at < $1", tx.now - LONGEST_MEMORY)
