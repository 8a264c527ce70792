"""Making and revoking API keys."""

from uuid import UUID

from drawbar import audit
from drawbar.audit import Actor
from drawbar.identity import api_key_store, store
from drawbar.identity.rights import KEY_SCOPES
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import Writing
from drawbar.kit.errors import invalid, not_found
from drawbar.kit.ids import new_id

HINT_LENGTH = 8
LONGEST_NAME = 100


async def make_key(tx: Writing, actor: Actor, name: str, scope: str) -> str:
    """Make a key and return its text, which is not stored; raise 422 for a bad name or scope."""
    if not name.strip() or len(name) > LONGEST_NAME:
        raise invalid("name", f"is needed, with at most {LONGEST_NAME} characters.")
    if scope not in KEY_SCOPES:
        raise invalid("scope", f"is one of {', '.join(KEY_SCOPES)}.")
    id, text = new_id(), new_secret("dbk_")
    await store.add_api_key(tx, id, name.strip(), text[:HINT_LENGTH], fingerprint(text), [scope])
    await audit.record(tx, actor, "api_key.created", id)
    return text


async def revoke_key(tx: Writing, actor: Actor, id: UUID) -> None:
    """End a key at once; raise 404 when there is no live one with this id."""
    if not await api_key_store.revoke_api_key(tx, id):
        raise not_found("API key")
    await audit.record(tx, actor, "api_key.revoked", id)
