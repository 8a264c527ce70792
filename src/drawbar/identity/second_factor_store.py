"""SQL of second factors and their recovery codes."""

from collections.abc import Iterable
from uuid import UUID

from drawbar.kit.db import System


async def sealed_secret(tx: System, user_id: UUID) -> bytes | None:
    """Return a person's sealed secret, holding it, or None without a second factor."""
    found: bytes | None = await tx.fetchval(
        "SELECT sealed_secret FROM second_factors WHERE user_id = $1 FOR UPDATE", user_id
    )
    return found


async def add(tx: System, user_id: UUID, sealed_secret: bytes, last_step: int) -> bool:
    """Store a second factor; False when there is one already."""
    tag = await tx.execute(
        "INSERT INTO second_factors (user_id, sealed_secret, last_step, created_at) "
        "VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        user_id,
        sealed_secret,
        last_step,
        tx.now,
    )
    return tag == "INSERT 0 1"


async def use_step(tx: System, user_id: UUID, step: int) -> bool:
    """Note that the code of this step was used; False when it or a later one was already."""
    tag = await tx.execute(
        "UPDATE second_factors SET last_step = $2 WHERE user_id = $1 AND last_step < $2",
        user_id,
        step,
    )
    return tag == "UPDATE 1"


async def use_recovery_code(tx: System, user_id: UUID, code_hash: bytes) -> bool:
    """Remove a recovery code; whether it was one."""
    tag = await tx.execute(
        "DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = $2", user_id, code_hash
    )
    return tag == "DELETE 1"


async def replace_recovery_codes(tx: System, user_id: UUID, hashes: Iterable[bytes]) -> None:
    """Store fresh recovery codes; the ones before end."""
    await tx.execute("DELETE FROM recovery_codes WHERE user_id = $1", user_id)
    await tx.executemany(
        "INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)",
        [(user_id, one) for one in hashes],
    )


async def recovery_codes_left(tx: System, user_id: UUID) -> int:
    """Return how many recovery codes were not used yet."""
    left: int = await tx.fetchval("SELECT count(*) FROM recovery_codes WHERE user_id = $1", user_id)
    return left


async def remove(tx: System, user_id: UUID) -> None:
    """Forget a second factor and its recovery codes."""
    await tx.execute("DELETE FROM second_factors WHERE user_id = $1", user_id)
