"""The link under every letter: it works without a log-in, and only ever switches letters off."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

import msgspec

from drawbar.alerts import store
from drawbar.alerts.model import KINDS, default_choices
from drawbar.kit import signing
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.errors import not_found

PATH = "/alerts/unsubscribe"
_SIGNATURE_BYTES = 16
_ID_BYTES = 16


class Reader(msgspec.Struct, frozen=True):
    """Whom a letter was for, and of which workspace it told."""

    workspace_id: UUID
    user_id: UUID


def link(vault: Vault, address: str, reader: Reader) -> str:
    """Return the address that ends letters to this reader."""
    body = reader.workspace_id.bytes + reader.user_id.bytes
    signature = _signature(vault.subkey(signing.UNSUBSCRIBE), body)
    return f"{address}{PATH}/{urlsafe_b64encode(body + signature).decode()}"


def reader_of(vault: Vault, token: str) -> Reader:
    """Read a link's token; raise 404 for one that was never ours."""
    try:
        given = urlsafe_b64decode(token.encode("ascii"))
    except ValueError:
        raise not_found("link") from None
    body, signature = given[: 2 * _ID_BYTES], given[2 * _ID_BYTES :]
    keys = vault.subkeys(signing.UNSUBSCRIBE)
    if len(body) != 2 * _ID_BYTES or not any(
        hmac.compare_digest(signature, _signature(key, body)) for key in keys
    ):
        raise not_found("link")
    return Reader(UUID(bytes=body[:_ID_BYTES]), UUID(bytes=body[_ID_BYTES:]))


async def unsubscribe(database: Database, reader: Reader) -> None:
    """Switch every kind of letter of this workspace off for them."""
    async with database.writing(reader.workspace_id) as tx:
        before = await store.choices(tx, reader.user_id) or default_choices(None)
        off = msgspec.structs.replace(before, kinds=dict.fromkeys(KINDS, "off"))
        await store.choose(tx, reader.user_id, before, off)


def _signature(key: bytes, body: bytes) -> bytes:
    return hmac.digest(key, body, "sha256")[:_SIGNATURE_BYTES]
