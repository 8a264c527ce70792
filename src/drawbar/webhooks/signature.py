"""Signatures of messages by Standard Webhooks 1.0 (symmetric, version `v1`)."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets as randomness
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
_PREFIX = "whsec_"
_SECRET_BYTES = 32
# The specification asks for 24 to 64 bytes; a shorter secret could be searched.
_SHORTEST_SECRET, _LONGEST_SECRET = 24, 64
_UNIX_SECONDS = re.compile(r"[0-9]{1,12}")
_MOST_SIGNATURES = 16


def new_secret() -> str:
    """Return a fresh `whsec_…` secret of 32 random bytes, to be shown once."""
    return _PREFIX + base64.b64encode(randomness.token_bytes(_SECRET_BYTES)).decode()


def sign(secrets: str | Sequence[str], id: str, at: datetime, body: bytes) -> str:
    """Return the `webhook-signature` header: `v1,…` per secret, with a space between two.

    Two secrets are live during a rotation. `at` is cut to whole seconds, as in
    `webhook-timestamp`. Raises ValueError for an id with a dot (it would make the signed text
    ambiguous) and for a secret that is not base64 of 24 to 64 bytes.
    """
    if not id or "." in id:
        raise ValueError("A message id must not be empty or contain a dot.")
    signed = f"{id}.{int(at.timestamp())}.".encode() + body
    return " ".join(f"v1,{_digest(_key(secret), signed)}" for secret in _several(secrets))


def signed_headers(
    secrets: str | Sequence[str], id: str, at: datetime, body: bytes
) -> dict[str, str]:
    """Return the three headers a receiver verifies."""
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": sign(secrets, id, at, body),
    }


def verify(
    secrets: str | Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
    tolerance: timedelta = TOLERANCE,
) -> bool:
    """Say whether one of the secrets signed exactly these bytes within the tolerance.

    Never raises, whatever the headers or secrets hold: a malformed message is an unsigned one.
    Replays inside the tolerance pass; drop them by `webhook-id`.
    """
    lowered = {str(name).lower(): value for name, value in headers.items()}
    id, sent, signatures = (
        lowered.get(f"webhook-{part}") for part in ("id", "timestamp", "signature")
    )
    if not (isinstance(id, str) and isinstance(sent, str) and isinstance(signatures, str)):
        return False
    if not id or "." in id or not _UNIX_SECONDS.fullmatch(sent):
        return False
    if abs(now.timestamp() - int(sent)) > tolerance.total_seconds():
        return False
    signed = f"{id}.{sent}.".encode("utf-8", "surrogatepass") + body
    expected = [
        f"v1,{_digest(key, signed)}".encode()
        for key in (_key_or_none(secret) for secret in _several(secrets))
        if key is not None
    ]
    given = [
        signature.encode("utf-8", "surrogatepass")
        for signature in signatures.split(" ")[:_MOST_SIGNATURES]
    ]
    return _any_same(expected, given)


def _any_same(expected: Iterable[bytes], given: Sequence[bytes]) -> bool:
    # Every pair is compared, so that the time tells nothing about which one fits.
    matches = [hmac.compare_digest(ours, theirs) for ours in expected for theirs in given]
    return any(matches)


def _digest(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _key(secret: str) -> bytes:
    key = _key_or_none(secret)
    if key is None:
        raise ValueError("A webhook secret is whsec_ and base64 of 24 to 64 bytes.")
    return key


def _key_or_none(secret: str) -> bytes | None:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if _SHORTEST_SECRET <= len(key) <= _LONGEST_SECRET else None


def _several(secrets: str | Sequence[str]) -> Sequence[str]:
    return [secrets] if isinstance(secrets, str) else secrets
