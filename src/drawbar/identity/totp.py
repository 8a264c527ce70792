"""Codes that change every thirty seconds (RFC 6238), as authenticator apps make them."""

import base64
import secrets
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from drawbar.kit.crypto import same

SECRET_BYTES = 20
"""RFC 4226 §4 recommends 160 bits."""
STEP_S = 30
DIGITS = 6
LATE_OR_EARLY = (-1, 0, 1)
"""RFC 6238 §5.2: one step either way, for clocks that differ and people who type slowly."""


def new_totp_secret() -> bytes:
    """Return a fresh secret to share with an app."""
    return secrets.token_bytes(SECRET_BYTES)


def step_of(secret: bytes, code: str, now: datetime, digits: int = DIGITS) -> int | None:
    """Return the time step whose code this is, near `now`, or None."""
    totp = TOTP(secret, digits, SHA1(), STEP_S)  # noqa: S303 - what apps understand; RFC 6238 §1.2
    current = int(now.timestamp()) // STEP_S
    found = None
    for step in (current + moved for moved in LATE_OR_EARLY):
        # All are compared, so that the time taken says nothing.
        if same(totp.generate(step * STEP_S), code):
            found = step
    return found


def address_for_apps(secret: bytes, account: str) -> str:
    """Return the otpauth URL that a QR code carries."""
    totp = TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303 - as above
    return totp.get_provisioning_uri(account, "Drawbar")


def typed(secret: bytes) -> str:
    """Return the secret as people type it who cannot scan: base32 in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
