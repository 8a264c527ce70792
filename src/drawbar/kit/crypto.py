"""Sealing of stored credentials, tokens and their look-up prints, and keys derived from one key.

The master key is 32 random bytes, from DRAWBAR_MASTER_KEY (base64) or from `master.key` in the
data folder. **Whoever loses it loses every stored credential**: connections must be authorised
again and webhook secrets rotated; everything else in the database stays readable. Keep a copy
apart from the database backup (docs/howto/keep-the-master-key.md).
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

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
_OTHERS_MAY_READ = 0o077
_SECRET_BYTES = 32


class MasterKeyError(Exception):
    """The master key is malformed or not private; the sentence says how to mend it."""


class SealError(Exception):
    """Sealed bytes cannot be opened: another master key, another context, or changed bytes."""


class Vault:
    """Envelope encryption: AES-256-GCM under a fresh data key, itself wrapped by the master key.

    `retired` master keys still open what they sealed; `rewrap` moves it to the current one
    without touching the secret itself.
    """

    def __init__(self, master_key: bytes, *, retired: Sequence[bytes] = ()) -> None:
        if any(len(key) != KEY_BYTES for key in (master_key, *retired)):
            raise MasterKeyError(f"A master key has exactly {KEY_BYTES} bytes.")
        self._key = master_key
        self._keys = {_key_id(key): key for key in (*retired, master_key)}

    def __repr__(self) -> str:
        return f"Vault({_key_id(self._key).hex()})"

    def seal(self, plaintext: bytes, *, context: bytes) -> bytes:
        """Encrypt for one place: `context` (say `b"connection:" + id`) must be given to open."""
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
        return self._wrap(self._unwrap(sealed, context), context) + sealed[_SEALED_FROM:]

    def is_current(self, sealed: bytes) -> bool:
        """Say whether the bytes were wrapped by the current master key."""
        return sealed[len(_VERSION) : _WRAPPED_FROM] == _key_id(self._key)

    def subkey(self, purpose: str) -> bytes:
        """Derive a 32-byte key for one purpose (signing cursors), by HKDF-SHA256 (RFC 5869)."""
        return _derived(self._key, purpose)

    def _wrap(self, data_key: bytes, context: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        wrapped = AESGCM(self._key).encrypt(nonce, data_key, _bound(b"key", context))
        return _VERSION + _key_id(self._key) + nonce + wrapped

    def _unwrap(self, sealed: bytes, context: bytes) -> bytes:
        if len(sealed) < _SHORTEST or not sealed.startswith(_VERSION):
            raise SealError("These are no bytes sealed by this product.")
        key_id = sealed[len(_VERSION) : _WRAPPED_FROM]
        key = self._keys.get(key_id)
        if key is None:
            raise SealError(
                f"Sealed with master key {key_id.hex()}, but this server has "
                f"{_key_id(self._key).hex()}. Put the old key back, or store the secret anew."
            )
        nonce = sealed[_WRAPPED_FROM : _WRAPPED_FROM + _NONCE_BYTES]
        wrapped = sealed[_WRAPPED_FROM + _NONCE_BYTES : _SEALED_FROM]
        try:
            return AESGCM(key).decrypt(nonce, wrapped, _bound(b"key", context))
        except InvalidTag as error:
            raise SealError("The sealed bytes were changed or belong somewhere else.") from error


def master_key(data: Path, configured: str | None) -> bytes:
    """Return the master key: `configured` (base64 of 32 bytes), else `data/master.key`.

    The file is created on first use, once even when several processes start together, readable
    by its owner only. Raises MasterKeyError with the remedy. A lost key cannot be recomputed:
    put the copy back, or reconnect every connection.
    """
    if configured:
        return _decoded(configured, "DRAWBAR_MASTER_KEY")
    path = data / "master.key"
    if not path.exists():
        _create(path)
    if os.name == "posix" and path.stat().st_mode & _OTHERS_MAY_READ:
        raise MasterKeyError(f"Other users can read {path}. Run: chmod 600 {path}")
    return _decoded(path.read_text("ascii", errors="replace"), str(path))


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


def _derived(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"drawbar\x00" + purpose.encode()).derive(key)


def _key_id(key: bytes) -> bytes:
    return _derived(key, "master key id")[:_KEY_ID_BYTES]


def _decoded(text: str, source: str) -> bytes:
    remedy = (
        f"{source} must be base64 of {KEY_BYTES} bytes. Restore your copy; only on a new "
        "installation make one: python -c 'import os,base64;"
        f"print(base64.b64encode(os.urandom({KEY_BYTES})).decode())'"
    )
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise MasterKeyError(remedy) from error
    if len(key) != KEY_BYTES:
        raise MasterKeyError(remedy)
    return key


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123 - the mode must be right from the first byte on
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        # A link, unlike a rename, does not replace: of two starting processes one key wins,
        # whole, and both go on to read that one.
        path.hardlink_to(draft)
    except FileExistsError:
        return
    except OSError as error:
        raise MasterKeyError(
            f"{path} could not be written ({error.strerror}). Make the folder writable, "
            "or set DRAWBAR_MASTER_KEY."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
