"""The client for every outgoing request: vetted addresses, one deadline, bounded answers."""

import asyncio
import io
import re
import ssl
from collections.abc import Collection, Iterable, Mapping
from contextlib import contextmanager
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Self

import aiohttp
import msgspec
from multidict import CIMultiDict

from drawbar.kit.outgoing.errors import OutgoingError
from drawbar.kit.outgoing.guard import Destination, networks, vet, vet_url
from drawbar.kit.outgoing.headers import vet_headers
from drawbar.kit.outgoing.names import Lookup, Names, SystemLookup
from drawbar.kit.outgoing.pool import Pool

if TYPE_CHECKING:
    from collections.abc import Iterator

_METHOD = re.compile(r"[A-Z]{1,32}")
_SWEEP_S = 30.0
# aiohttp warns above 1 MiB of plain bytes, because one write would hold the loop.
_LARGEST_PLAIN_BODY = 1 << 20


class Response(msgspec.Struct, frozen=True):
    """An answer, whatever its status; redirects are answers too and are never followed."""

    status: int
    headers: Mapping[str, str]
    """Names compare without regard to case; a repeated header shows its first value."""
    body: bytes
    duration_ms: int
    """From the call to the last byte read, name look-up included."""
    truncated: bool = False
    """True when the answer was longer than the cap and the rest was not read."""


class OutgoingHttp:
    """An HTTP client for destinations a user chose. Use as `async with OutgoingHttp() as http`.

    Every new connection goes to an address that passed `guard.vet`; `allow_networks` are the
    operator's exceptions (CIDRs). No redirects, no proxy or netrc from the environment, no
    cookies. Connections are kept by origin and vetted address set for at most `pool_age_s`, so
    that a changed DNS answer is noticed and vetted again. `look_up` and `tls` are seams; their
    defaults are the system's resolver and the system's certificate authorities.
    """

    def __init__(
        self,
        allow_networks: Iterable[str] = (),
        *,
        look_up: Lookup | None = None,
        tls: ssl.SSLContext | None = None,
        names_kept_s: float = 30.0,
        pool_age_s: float = 300.0,
        connections_per_origin: int = 100,
        user_agent: str = "Drawbar",
    ) -> None:
        self._allow = networks(allow_networks)
        self._system = SystemLookup()
        self._names = Names(look_up or self._system, names_kept_s)
        self._tls = tls or ssl.create_default_context()
        self._pool_age_s = pool_age_s
        self._connections = connections_per_origin
        self._user_agent = user_agent
        self._pools: dict[tuple[str, str, int], Pool] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._swept_at = monotonic()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection; requests under way fail."""
        await self._names.close()
        for origin in list(self._pools):
            self._pools[origin].in_flight = 0
            self._retire(origin)
        await asyncio.gather(*self._closing)
        self._system.close()

    async def vet(
        self, url: str, *, https_only: bool = False, deadline_s: float = 5.0
    ) -> Destination:
        """Check a URL as a request would, without connecting: for the moment it is saved.

        Raises OutgoingError of kind address_refused, dns or timeout.
        """
        destination = vet_url(url, https_only=https_only)
        with _told(destination.host, deadline_s):
            async with asyncio.timeout(deadline_s):
                vet(destination.host, await self._found(destination), self._allow)
        return destination

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        deadline_s: float = 10.0,
        max_bytes: int = 32 * 1024 * 1024,
        truncate: bool = False,
        https_only: bool = False,
        decompress: bool = True,
        forbidden_headers: Collection[str] = (),
    ) -> Response:
        """Send one request and read the answer; raise OutgoingError when there is none.

        `deadline_s` covers look-up, connect, TLS, headers and body. An answer above `max_bytes`
        (counted after decompression) is cut with `truncate`, else an error of kind too_large;
        the rest is never read. With `decompress` off the bytes come as sent, bombs included.
        """
        started_at = monotonic()
        if not _METHOD.fullmatch(method):
            raise OutgoingError("protocol", "The HTTP method must be a word in capital letters.")
        destination = vet_url(url, https_only=https_only)
        sent = vet_headers(headers or {}, forbidden_headers)
        sent.setdefault("User-Agent", self._user_agent)
        if not decompress:
            sent.setdefault("Accept-Encoding", "identity")
        with _told(destination.host, deadline_s):
            async with asyncio.timeout(deadline_s):
                pool = self._pool(destination, await self._found(destination))
                pool.in_flight += 1
                try:
                    status, received, read, cut = await _exchange(
                        pool.session,
                        method,
                        destination,
                        headers=sent,
                        body=body,
                        max_bytes=max_bytes,
                        decompress=decompress,
                    )
                finally:
                    self._hand_back(pool)
        if cut and not truncate:
            raise OutgoingError(
                "too_large", f"{destination.host} answered with more than {max_bytes} bytes."
            )
        return Response(
            status=status,
            headers=received,
            body=read,
            duration_ms=round((monotonic() - started_at) * 1000),
            truncated=cut,
        )

    async def _found(self, destination: Destination) -> tuple[str, ...]:
        if destination.address is not None:
            return (str(destination.address),)
        return await self._names.addresses(destination.host)

    def _pool(self, destination: Destination, found: tuple[str, ...]) -> Pool:
        origin = (destination.scheme, destination.host, destination.port)
        pool = self._pools.get(origin)
        if pool is not None and pool.fits(found, self._pool_age_s):
            return pool
        if pool is not None:
            self._retire(origin)
        vetted = vet(destination.host, found, self._allow)
        self._sweep()
        pool = Pool(found, vetted, tls=self._tls, most_connections=self._connections)
        self._pools[origin] = pool
        return pool

    def _hand_back(self, pool: Pool) -> None:
        pool.in_flight -= 1
        pool.used_at = monotonic()
        if pool.retired and pool.in_flight <= 0:
            self._close(pool)

    def _retire(self, origin: tuple[str, str, int]) -> None:
        pool = self._pools.pop(origin)
        pool.retired = True
        if pool.in_flight == 0:
            self._close(pool)

    def _close(self, pool: Pool) -> None:
        task = asyncio.get_running_loop().create_task(pool.session.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    def _sweep(self) -> None:
        if monotonic() - self._swept_at > _SWEEP_S:
            self._swept_at = monotonic()
            for origin in [origin for origin, pool in self._pools.items() if pool.is_idle()]:
                self._retire(origin)


async def _exchange(
    session: aiohttp.ClientSession,
    method: str,
    destination: Destination,
    *,
    headers: CIMultiDict[str],
    body: bytes,
    max_bytes: int,
    decompress: bool,
) -> tuple[int, Mapping[str, str], bytes, bool]:
    async with session.request(
        method,
        destination.url,
        headers=headers,
        data=(io.BytesIO(body) if len(body) > _LARGEST_PLAIN_BODY else body) or None,
        skip_auto_headers=("Content-Type",),
        allow_redirects=False,
        auto_decompress=decompress,
    ) as response:
        kept = bytearray()
        async for chunk in response.content.iter_any():
            kept += chunk
            if len(kept) > max_bytes:
                # Closed, not drained: an endless body would hold the slot for ever.
                response.close()
                break
        return response.status, response.headers, bytes(kept[:max_bytes]), len(kept) > max_bytes


@contextmanager
def _told(host: str, deadline_s: float) -> "Iterator[None]":
    """Turn whatever the transport raises into our one family of errors."""
    try:
        yield
    except TimeoutError as error:
        raise OutgoingError(
            "timeout", f"{host} did not answer completely within {deadline_s:g} s."
        ) from error
    except (aiohttp.ClientSSLError, ssl.SSLError) as error:
        raise OutgoingError(
            "tls", f"No secure connection to {host}: its certificate or TLS settings do not fit."
        ) from error
    except aiohttp.ClientConnectorError as error:
        raise OutgoingError("connect", f"{host} could not be connected to.") from error
    except (aiohttp.ClientError, ConnectionError) as error:
        raise OutgoingError("protocol", f"{host} broke off or did not speak HTTP.") from error
