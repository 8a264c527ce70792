"""An endpoint's headers and secrets, sealed to that endpoint of that workspace."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from drawbar.kit import json
from drawbar.kit.crypto import Vault
from drawbar.kit.sealed import SealedColumn
from drawbar.webhooks.model import Secret


def seal_headers(vault: Vault, workspace_id: UUID, id: UUID, headers: Mapping[str, str]) -> bytes:
    """Encrypt custom headers."""
    return vault.seal(json.encode(headers), context=_context(b"headers", workspace_id, id))


def open_headers(vault: Vault, workspace_id: UUID, id: UUID, sealed: bytes) -> dict[str, str]:
    """Decrypt custom headers; raise SealError when the master key is another."""
    opened = vault.open(sealed, context=_context(b"headers", workspace_id, id))
    return json.decode(opened, dict[str, str])


def seal_secrets(vault: Vault, workspace_id: UUID, id: UUID, secrets: Sequence[Secret]) -> bytes:
    """Encrypt the secrets, the newest first."""
    return vault.seal(json.encode(secrets), context=_context(b"secrets", workspace_id, id))


def open_secrets(
    vault: Vault, workspace_id: UUID, id: UUID, sealed: bytes, now: datetime
) -> list[Secret]:
    """Decrypt the secrets that are still live; raise SealError when the master key is another."""
    opened = vault.open(sealed, context=_context(b"secrets", workspace_id, id))
    secrets = json.decode(opened, list[Secret])
    return [secret for secret in secrets if secret.ends_at is None or secret.ends_at > now]


def _context(part: bytes, workspace_id: UUID, id: UUID) -> bytes:
    return b"webhook endpoint " + part + b":" + workspace_id.bytes + id.bytes


def _column(name: str, part: bytes) -> SealedColumn:
    return SealedColumn(
        "webhook_endpoints",
        name,
        ("workspace_id", "id"),
        lambda row: _context(part, row["workspace_id"], row["id"]),
    )


SEALED = (_column("sealed_headers", b"headers"), _column("sealed_secret", b"secrets"))
