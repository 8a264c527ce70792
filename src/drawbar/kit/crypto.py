"""Sealing of stored credentials, tokens and their look-up prints, and keys derived from one key.

Where master keys come from, and how a running process learns of a new one, is `kit/keyring.py`.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Protocol

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_KEY_ID_BYTES = 8
# Layout: version, master key id, nonce, wrapped data key, nonce, ciphertext with tag.
_VERSION = b"\x01"
_WRAPPED_FROM = len(_VERSION) + _KEY_ID_BYTES
_SEALED_FROM = _WRAPPED_FROM + _NONCE_BYTES + KEY_BYTES + _TAG_BYTES
_SHORTEST = _SEALED_FROM + _NONCE_BYTES + _TAG_BYTES
_SECRET_BYTES = 32


class MasterKeyError(Exception):
    """The master key is malformed or not private; the sentence says how to mend it."""


class SealError(Exception):
    """Sealed bytes cannot be opened: another master key, another context, or changed bytes."""


class Keys(msgspec.Struct, frozen=True):
    """The master key that seals, and those that only open what they sealed."""

    current: bytes
    retired: tuple[bytes, ...] = ()

    def __repr__(self) -> str:
        return f"Keys({key_id(self.current).hex()} and {len(self.retired)} retired)"


class KeySource(Protocol):
    """Where a vault learns of other master keys while it lives."""

    def changed(self) -> Keys | None:
        """Return the keys when they are no longer those returned last; cheap when they are."""
        ...


class Vault:
    """Envelope encryption: AES-256-GCM under a fresh data key, itself wrapped by the master key.

    `retired` master keys still open what they sealed; `rewrap` moves it to the current one
    without touching the secret itself. With a `source` a rotation is noticed while the process
    runs; a key once known is known until its end, for it may hold sealed bytes in its memory.
    """

    def __init__(
        self, master_key: bytes, *, retired: Sequence[bytes] = (), source: KeySource | None = None
    ) -> None:
        self._keys: dict[bytes, bytes] = {}
        self._source = source
        self._former: dict[str, list[bytes]] = {}
        self._learn(Keys(master_key, tuple(retired)))

    def __repr__(self) -> str:
        return f"Vault({self._id.hex()})"

    @property
    def current_id(self) -> bytes:
        """The eight bytes that name the master key which seals now."""
        self._look()
        return self._id

    @property
    def retired_ids(self) -> list[bytes]:
        """The names of the other master keys this vault knows."""
        self._look()
        return [id for id in self._keys if id != self._id]

    def seal(self, plaintext: bytes, *, context: bytes) -> bytes:
        """Encrypt for one place: `context` (say `b"connection:" + id`) must be given to open."""
        self._look()
        data_key = secrets.token_bytes(KEY_BYTES)
        head = self._wrap(data_key, context)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return head + nonce + AESGCM(data_key).encrypt(nonce, plaintext, _bound(b"body", context))

    def open(self, sealed: bytes, *, context: bytes) -> bytes:
        """Decrypt; raise SealError when bytes, context or master key are not the same."""
        data_key = self._unwrap(sealed, context)
        nonce = sealed[_SEALED_FROM : _SEALED_FROM + _NONCE_BYTES]
        try:
            return AESGCM(data_key).decrypt(
                nonce, sealed[_SEALED_FROM + _NONCE_BYTES :], _bound(b"body", context)
            )
        except InvalidTag as error:
            raise SealError("The sealed bytes were changed since they were stored.") from error

    def rewrap(self, sealed: bytes, *, context: bytes) -> bytes:
        """Return the same secret under the current master key."""
        self._look()
        return self._wrap(self._unwrap(sealed, context), context) + sealed[_SEALED_FROM:]

    def is_current(self, sealed: bytes) -> bool:
        """Say whether the bytes were wrapped by the current master key."""
        return sealed[len(_VERSION) : _WRAPPED_FROM] == self.current_id

    def subkey(self, purpose: str) -> bytes:
        """Derive a 32-byte key for one purpose (signing cursors), by HKDF-SHA256 (RFC 5869)."""
        self._look()
        return derived(self._key, purpose)

    def subkeys(self, purpose: str) -> list[bytes]:
        """Return the key to sign with, then all those that older signatures may be under."""
        self._look()
        others = [derived(self._keys[id], purpose) for id in self.retired_ids]
        return [derived(self._key, purpose), *others, *self._former.get(purpose, [])]

    def subkey_of(self, id: bytes, purpose: str) -> bytes:
        """Derive a key from one of the master keys this vault knows."""
        return derived(self._keys[id], purpose)

    def remember(self, purpose: str, key: bytes) -> None:
        """Accept signatures of a subkey whose master key is gone."""
        self._former.setdefault(purpose, []).append(key)

    def _look(self) -> None:
        keys = self._source.changed() if self._source else None
        if keys is not None:
            self._learn(keys)

    def _learn(self, keys: Keys) -> None:
        known = (*keys.retired, keys.current)
        if any(len(key) != KEY_BYTES for key in known):
            raise MasterKeyError(f"A master key has exactly {KEY_BYTES} bytes.")
        self._keys |= {key_id(key): key for key in known}
        self._key, self._id = keys.current, key_id(keys.current)

    def _wrap(self, data_key: bytes, context: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        wrapped = AESGCM(self._key).encrypt(nonce, data_key, _bound(b"key", context))
        return _VERSION + self._id + nonce + wrapped

    def _unwrap(self, sealed: bytes, context: bytes) -> bytes:
        if len(sealed) < _SHORTEST or not sealed.startswith(_VERSION):
            raise SealError("These are no bytes sealed by this product.")
        id = sealed[len(_VERSION) : _WRAPPED_FROM]
        if id not in self._keys:
            self._look()
        key = self._keys.get(id)
        if key is None:
            raise SealError(
                f"Sealed with master key {id.hex()}, but this server has "
                f"{self._id.hex()}. Put the old key back, or store the secret anew."
            )
        nonce = sealed[_WRAPPED_FROM : _WRAPPED_FROM + _NONCE_BYTES]
        wrapped = sealed[_WRAPPED_FROM + _NONCE_BYTES : _SEALED_FROM]
        try:
            return AESGCM(key).decrypt(nonce, wrapped, _bound(b"key", context))
        except InvalidTag as error:
            raise SealError("The sealed bytes were changed or belong somewhere else.") from error


def new_secret(prefix: str = "") -> str:
    """Return a fresh URL-safe token of 32 random bytes behind a telling prefix (`dbk_`)."""
    return prefix + secrets.token_urlsafe(_SECRET_BYTES)


def fingerprint(secret: str) -> bytes:
    """Return the SHA-256 to store and look a token up by.

    Only for tokens of `new_secret`: they cannot be guessed, so no slow hash is needed. Passwords
    take argon2id instead.
    """
    return hashlib.sha256(secret.encode()).digest()


def same(left: str | bytes, right: str | bytes) -> bool:
    """Compare in constant time; text and bytes are equal when their UTF-8 is."""
    return hmac.compare_digest(_octets(left), _octets(right))


def _octets(value: str | bytes) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value


def _bound(part: bytes, context: bytes) -> bytes:
    return b"drawbar vault 1\x00" + part + b"\x00" + context


def derived(key: bytes, purpose: str) -> bytes:
    """Derive a 32-byte key for one purpose from a master key."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"drawbar\x00" + purpose.encode()).derive(key)


def key_id(key: bytes) -> bytes:
    """Name a master key by eight bytes that tell nothing about it."""
    return derived(key, "master key id")[:_KEY_ID_BYTES]
