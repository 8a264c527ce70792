"""Signing keys that outlive the master key they came from.

Cursors and links in letters are signed with subkeys of the master key, and stay with clients and
people for long. Before a rotation drops a master key, what it signed with is stored, sealed under
the new one: a subkey cannot be turned back into its master key (HKDF).
"""

from collections.abc import Mapping
from typing import Any

from drawbar.kit.crypto import SealError, Vault
from drawbar.kit.db import Database, System
from drawbar.kit.sealed import SealedColumn

CURSORS = "cursors"
UNSUBSCRIBE = "unsubscribe"
LASTING = (CURSORS, UNSUBSCRIBE)
"""Purposes whose signatures are to stay valid after a rotation."""

KEEP = """
INSERT INTO former_signing_keys (key_id, purpose, sealed)
VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING
"""


def _context(row: Mapping[str, Any]) -> bytes:
    purpose: str = row["purpose"]
    id: bytes = row["key_id"]
    return b"former signing key:" + purpose.encode() + b":" + id


SEALED = (SealedColumn("former_signing_keys", "sealed", ("key_id", "purpose"), _context),)


async def keep(tx: System, vault: Vault) -> None:
    """Store the subkeys of every master key the vault knows but no longer seals with."""
    for id in vault.retired_ids:
        for purpose in LASTING:
            context = _context({"purpose": purpose, "key_id": id})
            sealed = vault.seal(vault.subkey_of(id, purpose), context=context)
            await tx.execute(KEEP, id, purpose, sealed)


async def recall(database: Database, vault: Vault) -> None:
    """Let the vault accept what was signed before a rotation; call it when a process starts."""
    async with database.as_system("signatures from before a rotation") as tx:
        rows = await tx.fetch("SELECT key_id, purpose, sealed FROM former_signing_keys")
    for row in rows:
        try:
            vault.remember(row["purpose"], vault.open(row["sealed"], context=_context(dict(row))))
        except SealError:
            # The master key is another, and cannot be had: those signatures are lost with it.
            continue
