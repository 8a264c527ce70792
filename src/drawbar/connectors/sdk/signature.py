"""Checking that a push was signed by its source, by Standard Webhooks 1.0.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from drawbar.connectors.sdk.errors import PushRefused

TOLERANCE = timedelta(minutes=5)
"""How old or early a push may be; a longer time would let a recorded one be played again."""

_PREFIX = "whsec_"


def verify(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> str:
    """Return the id of a truly signed push, the same on each of its tries.

    Raise `PushRefused` that says what is wrong. Header names may be in any case; `secret` is
    `whsec_` and base64; one good signature of several is enough (the source may be rotating).
    """
    given = {name.lower(): value for name, value in headers.items()}
    id, sent, signatures = (
        given.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")
    )
    if not (id and sent and signatures):
        raise PushRefused("one of webhook-id, webhook-timestamp, webhook-signature is missing")
    _refuse_stale(sent, now)
    expected = _signature(f"{id}.{sent}.".encode() + body, secret)
    if not any(_matches(one, expected) for one in signatures.split(" ")):
        raise PushRefused("the signature does not match the body")
    return id


def _refuse_stale(sent: str, now: datetime) -> None:
    if not (sent.isascii() and sent.isdigit() and len(sent) <= 12):  # noqa: PLR2004  year 33658
        raise PushRefused("webhook-timestamp is no Unix time")
    if abs(now - datetime.fromtimestamp(int(sent), UTC)) > TOLERANCE:
        raise PushRefused("webhook-timestamp is more than 5 minutes away from now")


def _signature(signed: bytes, secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise PushRefused("the stored secret is not whsec_ and base64") from None
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())


def _matches(versioned: str, expected: bytes) -> bool:
    version, _, signature = versioned.partition(",")
    return version == "v1" and hmac.compare_digest(signature.encode(), expected)
