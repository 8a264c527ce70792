"""The sandbox itself: a small vendor's API that answers requests inside this process."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from random import Random
from urllib.parse import parse_qsl, unquote, urlsplit

from multidict import CIMultiDict

from drawbar.connectors.sandbox.answers import Asked, Refused, answer, web_page
from drawbar.connectors.sandbox.grants import Grants
from drawbar.connectors.sandbox.listing import page_of
from drawbar.connectors.sandbox.people import (
    BUSY_HOST,
    UNREACHABLE_HOST,
    WEBSITE_HOST,
    Caller,
    signed_in,
)
from drawbar.connectors.sandbox.plant import KINDS, plant_at
from drawbar.connectors.sandbox.switches import Switches, told_in
from drawbar.connectors.sandbox.writes import written
from drawbar.kit.clock import Clock, system_clock
from drawbar.kit.outgoing import OutgoingError, Response

API_ROOT = "/v2"
TOKEN_PATH = "/oauth/token"  # noqa: S105  a path
RESOURCES = {
    "sites": "plants",
    "locations": "places",
    "vendors": "suppliers",
    "materials": "items",
    "storerooms": "stores",
    "stocks": "stock",
    "assets": "machines",
    "work_orders": "jobs",
    "purchase_orders": "orders",
}
"""Entity of the unified model to the sandbox's own word for it."""
_MAINTENANCE = "120"
"""Seconds that a sandbox under maintenance asks to wait."""
_CALLERS_COUNTED = 10_000

Sleep = Callable[[float], Awaitable[None]]


class SandboxServer:
    """Answers like a vendor's server; only how often each caller asked is remembered.

    `clock` decides what the rows say, `dice` which requests fail; both are for tests to hold.
    """

    def __init__(
        self,
        *,
        clock: Clock = system_clock,
        sleep: Sleep = asyncio.sleep,
        dice: Random | None = None,
        grants: Grants | None = None,
    ) -> None:
        self.grants = grants or Grants(clock=clock)
        self._clock = clock
        self._sleep = sleep
        self._dice = dice or Random()  # noqa: S311  decides only which request fails
        self._counted: dict[tuple[str, str], tuple[int, int]] = {}

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        deadline_s: float = 10.0,
        max_bytes: int = 32 * 1024 * 1024,
    ) -> Response:
        """Answer a request; raise `OutgoingError` where the network would."""
        parts = urlsplit(url)
        host, asked = parts.hostname or "", CIMultiDict(headers or {})
        switches = told_in(asked)
        if switches.outage or host == UNREACHABLE_HOST:
            raise OutgoingError("connect", f"{host} could not be connected to.")
        await self._delay(host, switches.delay_ms / 1000, deadline_s)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        request = Asked(method, unquote(parts.path), query, asked, body)
        try:
            given = self._answer(host, request, switches)
        except Refused as refusal:
            given = refusal.answer()
        if len(given.body) > max_bytes:
            raise OutgoingError("too_large", f"{host} answered with more than {max_bytes} bytes.")
        return given

    async def _delay(self, host: str, delay_s: float, deadline_s: float) -> None:
        if delay_s:
            await self._sleep(min(delay_s, deadline_s))
        if delay_s > deadline_s:
            raise OutgoingError(
                "timeout", f"{host} did not answer completely within {deadline_s:g} s."
            )

    def _answer(self, host: str, asked: Asked, switches: Switches) -> Response:
        if host == WEBSITE_HOST:
            return web_page("Welcome")
        if host == BUSY_HOST:
            pause = {"Retry-After": _MAINTENANCE}
            raise Refused(503, "closed for maintenance", code="MAINTENANCE", headers=pause)
        if asked.path == TOKEN_PATH:
            return self._token(asked)
        caller, now = self._caller(asked.headers.get("Authorization", "")), self._clock()
        if switches.credentials_expired:
            raise Refused(401, "the password has expired", code="LOGIN_EXPIRED")
        self._count(host, caller, switches.rate_limit_per_minute, now)
        if self._dice.random() < switches.error_rate:
            raise Refused(500, "something went wrong, on purpose", code="INTERNAL")
        denied = caller.denied | {RESOURCES.get(one, one) for one in switches.denied_entities}
        return _shown(host, asked, Caller(caller.name, frozenset(denied)), now)

    def _caller(self, authorization: str) -> Caller:
        scheme, _, token = authorization.partition(" ")
        return self.grants.caller(token) if scheme == "Bearer" else signed_in(authorization)

    def _token(self, asked: Asked) -> Response:
        """Answer as OAuth's token endpoints do (RFC 6749, 5)."""
        never_kept = {"Cache-Control": "no-store"}
        try:
            granted = self.grants.answer(dict(parse_qsl(asked.body.decode("utf-8", "replace"))))
        except Refused as refusal:
            said = {"error": refusal.code, "error_description": str(refusal)}
            return answer(refusal.status, said, never_kept)
        return answer(200, granted, never_kept)

    def _count(self, host: str, caller: Caller, most: int | None, now: datetime) -> None:
        if most is None:
            return
        minute = int(now.timestamp()) // 60
        if len(self._counted) > _CALLERS_COUNTED:
            self._counted.clear()
        counted_in, count = self._counted.get((host, caller.name), (minute, 0))
        count = count + 1 if counted_in == minute else 1
        self._counted[host, caller.name] = (minute, count)
        if count > most:
            pause = {"Retry-After": str(60 - int(now.timestamp()) % 60)}
            raise Refused(429, f"{most} requests a minute are enough", headers=pause)


def _shown(host: str, asked: Asked, caller: Caller, now: datetime) -> Response:
    plant, (resource, _, key) = plant_at(host), _steps(asked.path)
    if resource == "me" and not key:
        may_read = {name: name not in caller.denied for name in KINDS}
        return answer(200, {"user": caller.name, "company": plant.company, "may_read": may_read})
    if resource not in KINDS:
        raise Refused(404, f"there is no {resource or 'such page'} here")
    if resource in caller.denied:
        raise Refused(403, f"{caller.name} may not read {resource}", code="NOT_ALLOWED")
    if asked.method != "GET":
        return written(plant, resource, key, asked, now)
    if not key:
        return answer(200, page_of(KINDS[resource], plant, asked.query, now))
    row = KINDS[resource].found(plant, key, now)
    if row is None:
        raise Refused(404, f"there is no {key} among {resource}")
    return answer(200, row)


def _steps(path: str) -> tuple[str, str, str]:
    if not path.startswith(f"{API_ROOT}/"):
        raise Refused(404, f"there is nothing outside {API_ROOT}")
    return path.removeprefix(f"{API_ROOT}/").partition("/")
