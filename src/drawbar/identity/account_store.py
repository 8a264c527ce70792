"""SQL of what a person changes in their own account."""

from uuid import UUID

from drawbar.kit.db import System


async def set_profile(tx: System, id: UUID, name: str, locale: str, time_zone: str) -> None:
    """Store a person's name, language and time zone."""
    await tx.execute(
        "UPDATE users SET name = $2, locale = $3, time_zone = $4 WHERE id = $1",
        id,
        name,
        locale,
        time_zone,
    )


async def set_password(tx: System, id: UUID, password_hash: str) -> None:
    """Store another password's hash."""
    await tx.execute("UPDATE users SET password_hash = $2 WHERE id = $1", id, password_hash)


async def set_email(tx: System, id: UUID, email: str) -> None:
    """Store a person's address, which they have just proved to be theirs."""
    await tx.execute(
        "UPDATE users SET email = $2, email_confirmed_at = $3 WHERE id = $1", id, email, tx.now
    )


async def confirm_email(tx: System, id: UUID) -> None:
    """Note that a person proved that letters to their address reach them."""
    await tx.execute(
        "UPDATE users SET email_confirmed_at = $2 WHERE id = $1 AND email_confirmed_at IS NULL",
        id,
        tx.now,
    )
