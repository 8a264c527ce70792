"""What the next page says once about what was just done, in a signed, short-lived cookie."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import Cookie

from drawbar.kit import json

COOKIE = "drawbar_said"
LIFE_S = 60
_SIGNATURE_BYTES = 16
AnyRequest = Request[Any, Any, Any]


class Said(msgspec.Struct, frozen=True):
    """A sentence and its tone (`good`, `attention`, `bad`), as `ui.toasts` shows it."""

    text: str
    tone: str = "good"


def saying(request: AnyRequest, sentence: Said) -> Cookie:
    """Return the cookie that has the next page say this."""
    body = json.encode(sentence)
    return Cookie(
        COOKIE,
        value=urlsafe_b64encode(_signature(request, body) + body).decode().rstrip("="),
        max_age=LIFE_S,
        httponly=True,
        samesite="lax",
        secure=request.app.state.settings.address.startswith("https:"),
    )


def said(request: AnyRequest) -> list[Said]:
    """Return what the request before wanted said; nothing for a cookie that is not ours."""
    text = request.cookies.get(COOKIE)
    if text is None:
        return []
    try:
        sealed = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
        body = sealed[_SIGNATURE_BYTES:]
        if hmac.compare_digest(sealed[:_SIGNATURE_BYTES], _signature(request, body)):
            return [json.decode(body, Said)]
    except (ValueError, msgspec.MsgspecError):
        pass
    return []


def forgetting() -> Cookie:
    """Return the cookie that ends the saying."""
    return Cookie(COOKIE, value="", max_age=0, httponly=True, samesite="lax")


def _signature(request: AnyRequest, body: bytes) -> bytes:
    key: bytes = request.app.state.vault.subkey("flash")
    return hmac.digest(key, body, "sha256")[:_SIGNATURE_BYTES]
