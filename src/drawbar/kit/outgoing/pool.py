"""Kept-alive connections of one origin to one set of vetted addresses."""

import socket
import ssl
from collections.abc import Sequence
from time import monotonic

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

from drawbar.kit.outgoing.addresses import Address

_IDLE_S = 60.0
# The client's own deadline covers everything; a second clock inside would only blur the error.
_NO_TIMEOUT = ClientTimeout(total=None, connect=None, sock_connect=None, sock_read=None)


class _Pinned(AbstractResolver):
    """Answers with the addresses that were vetted, whatever the name server says by now."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        del family
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,  # noqa: PLR2004 - IPv4
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self._addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


class Pool:
    """Connections that may be reused as long as the name still leads to `found` and age allows.

    The name stays in the request, so that SNI and the certificate check see it.
    """

    def __init__(
        self,
        found: tuple[str, ...],
        addresses: Sequence[Address],
        *,
        tls: ssl.SSLContext,
        most_connections: int,
    ) -> None:
        self.found = found
        self.born_at = self.used_at = monotonic()
        self.in_flight = 0
        self.retired = False
        self.session = ClientSession(
            connector=TCPConnector(
                resolver=_Pinned(addresses),
                use_dns_cache=False,
                ssl=tls,
                limit=most_connections,
                keepalive_timeout=_IDLE_S,
            ),
            cookie_jar=DummyCookieJar(),
            timeout=_NO_TIMEOUT,
            trust_env=False,
        )

    def fits(self, found: tuple[str, ...], longest_age_s: float) -> bool:
        """Say whether a new request may use these connections."""
        return set(self.found) == set(found) and monotonic() - self.born_at < longest_age_s

    def is_idle(self) -> bool:
        """Say whether every connection in here has been closed for disuse by now."""
        return self.in_flight == 0 and monotonic() - self.used_at > _IDLE_S
