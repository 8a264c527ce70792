"""SQL of a workspace's applications (OAuth clients)."""

from datetime import datetime
from uuid import UUID

import msgspec

from drawbar.kit.db import Reading, System, Writing

COLUMNS = """
SELECT id, workspace_id, name, client_id, environment, is_public, redirect_uris, colour, logo_type,
       asks_for_webhook, created_at,
       CASE WHEN former_secret_ends_at > $1 THEN former_secret_ends_at END AS former_secret_ends_at
"""
LIVE = "FROM applications WHERE revoked_at IS NULL"
SHOWN = f"{COLUMNS} {LIVE}"
WITH_LOGO = f"{COLUMNS}, logo {LIVE}"


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """An OAuth client, with how Link looks when it is opened for it."""

    id: UUID
    workspace_id: UUID
    name: str
    client_id: str
    environment: str
    is_public: bool = False
    """Can keep no secret: it proves itself by PKCE alone (RFC 6749 §2.1)."""
    redirect_uris: tuple[str, ...] = ()
    colour: str = ""
    """`#rrggbb`, or nothing for Drawbar's own."""
    logo_type: str = ""
    """`image/png`, `image/jpeg`, `image/webp`, or nothing where there is no logo."""
    logo: bytes | None = None
    """Read only by `application_by_client_id`."""
    asks_for_webhook: bool = False
    """Whether Link asks the customer for a webhook address too."""
    created_at: datetime
    former_secret_ends_at: datetime | None = None
    """Until when the secret before the present one works."""


class ClientOwner(msgspec.Struct, frozen=True, kw_only=True):
    """Whose OAuth client it is, and what its secrets are checked against."""

    workspace_id: UUID
    id: UUID
    name: str
    is_public: bool
    redirect_uris: tuple[str, ...]
    secret_hash: bytes | None
    former_secret_hash: bytes | None


async def application_by_client_id(tx: System, client_id: str) -> Application | None:
    """Return the live application with this client id, with its logo, or None."""
    if "\0" in client_id:
        return None
    row = await tx.fetchrow(f"{WITH_LOGO} AND client_id = $2", tx.now, client_id)
    return msgspec.convert(dict(row), Application) if row else None


async def owner_of_client(tx: System, client_id: str) -> ClientOwner | None:
    """Return the live application with this client id, or None."""
    row = await tx.fetchrow(
        "SELECT workspace_id, id, name, is_public, redirect_uris, secret_hash, "
        "CASE WHEN former_secret_ends_at > $2 THEN former_secret_hash END AS former_secret_hash "
        "FROM applications WHERE client_id = $1 AND revoked_at IS NULL",
        client_id,
        tx.now,
    )
    return msgspec.convert(dict(row), ClientOwner) if row else None


async def applications(tx: Reading) -> list[Application]:
    """Return the workspace's live applications, newest first."""
    rows = await tx.fetch(f"{SHOWN} ORDER BY created_at DESC, id DESC", tx.now)
    return msgspec.convert([dict(row) for row in rows], list[Application])


async def application(tx: Reading, id: UUID, *, lock: bool = False) -> Application | None:
    """Return one live application of the workspace, or None; `lock` holds it until the end."""
    row = await tx.fetchrow(
        f"{SHOWN} AND id = $2{' FOR NO KEY UPDATE' if lock else ''}", tx.now, id
    )
    return msgspec.convert(dict(row), Application) if row else None


async def save_application(tx: Writing, application: Application) -> None:
    """Store what may be changed about an application, its logo apart."""
    await tx.execute(
        "UPDATE applications SET name = $2, redirect_uris = $3, colour = $4, asks_for_webhook = $5 "
        "WHERE id = $1",
        application.id,
        application.name,
        application.redirect_uris,
        application.colour,
        application.asks_for_webhook,
    )


async def save_logo(tx: Writing, id: UUID, logo: bytes | None, logo_type: str) -> None:
    """Store an application's logo, or take it away."""
    await tx.execute(
        "UPDATE applications SET logo = $2, logo_type = $3 WHERE id = $1", id, logo, logo_type
    )


async def replace_secret(
    tx: Writing, id: UUID, secret_hash: bytes, former_ends_at: datetime | None
) -> None:
    """Give an application another secret; the one before it works until then, if at all."""
    await tx.execute(
        "UPDATE applications SET secret_hash = $2, former_secret_ends_at = $3, "
        "former_secret_hash = CASE WHEN $3::timestamptz IS NOT NULL THEN secret_hash END "
        "WHERE id = $1",
        id,
        secret_hash,
        former_ends_at,
    )


async def revoke_application(tx: Writing, id: UUID) -> bool:
    """End an application, and with it every token of its; whether there was one."""
    tag = await tx.execute(
        "UPDATE applications SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", id, tx.now
    )
    return tag == "UPDATE 1"
