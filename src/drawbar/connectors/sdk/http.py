"""The real `SourceHttp`: JSON over the guarded outgoing client, refusals sorted by what to do."""

from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn
from urllib.parse import urlencode, urlsplit

import msgspec

from drawbar.connectors.sdk.connector import Access, Requests
from drawbar.connectors.sdk.errors import (
    CredentialsRejected,
    PermissionMissing,
    RateLimited,
    SourceError,
    SourceUnavailable,
)
from drawbar.kit import json
from drawbar.kit.clock import Clock, system_clock
from drawbar.kit.outgoing import OutgoingError, Response

DEADLINE_S = 30.0
LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes; a page of 500 rows with long texts is far below, a runaway answer far above."""

_LASTING_FAILURES = ("address_refused", "too_large")


class JsonHttp:
    """Calls to one system. `clock` is read only when `Retry-After` is a date."""

    def __init__(self, requests: Requests, access: Access, *, clock: Clock = system_clock) -> None:
        self._requests = requests
        self._access = access
        self._clock = clock

    @property
    def host(self) -> str:
        """Name of the machine that is called."""
        return urlsplit(self._access.address).hostname or ""

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        """Read."""
        return await self._call("GET", f"{path}?{urlencode(query)}" if query else path)

    async def post(self, path: str, body: Any) -> bytes:
        """Create; `body` is sent as JSON."""
        return await self._call("POST", path, json.encode(body))

    async def delete(self, path: str) -> None:
        """Delete."""
        await self._call("DELETE", path)

    async def _call(self, method: str, path: str, body: bytes = b"") -> bytes:
        if not path.startswith("/") or path.startswith("//"):
            # Credentials go along: nothing but a path below the connection's own address.
            raise SourceError(f"{path!r:.80} is no path below {self._access.address}.")
        headers = {"Accept": "application/json", **self._access.headers}
        if body:
            headers["Content-Type"] = "application/json"
        try:
            answer = await self._requests.request(
                method,
                self._access.address + path,
                headers=headers,
                body=body,
                deadline_s=DEADLINE_S,
                max_bytes=LARGEST_ANSWER,
            )
        except OutgoingError as error:
            kind = SourceError if error.kind in _LASTING_FAILURES else SourceUnavailable
            raise kind(str(error)) from error
        if not 200 <= answer.status < 300:  # noqa: PLR2004  the 2xx class
            self._refuse(answer)
        return answer.body

    def _refuse(self, answer: Response) -> NoReturn:
        message = f"{self.host} answered {answer.status}{_reason(answer.body)}"
        match answer.status:
            case 401:
                raise CredentialsRejected(message, status=401)
            case 403:
                raise PermissionMissing(message, status=403)
            case 429:
                raise RateLimited(message, status=429, retry_after=pause_asked(answer, self._clock))
            case status if status >= 500:  # noqa: PLR2004  the 5xx class
                pause = pause_asked(answer, self._clock)
                raise SourceUnavailable(message, status=status, retry_after=pause)
            case status:
                raise SourceError(message, status=status)


def pause_asked(answer: Response, clock: Clock) -> timedelta | None:
    """Read `Retry-After`, seconds or a date (RFC 9110, 10.2.3); None when unreadable."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text), 86_400))
    try:
        return max(parsedate_to_datetime(text) - clock(), timedelta())
    except (ValueError, TypeError):
        return None


def _reason(body: bytes) -> str:
    """Return what problem+json says (RFC 9457), as the end of a sentence."""
    try:
        problem = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, msgspec.ValidationError):
        return ""
    said = problem.get("detail") or problem.get("title")
    return f": {said:.500}" if isinstance(said, str) else ""
