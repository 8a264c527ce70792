"""Who is at the other end: the client's address behind proxies, and its network."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Networks = Sequence[IPv4Network | IPv6Network]
SITE_PREFIX = 64
"""An IPv6 host has a whole /64 to itself (RFC 6177), so one address more proves nobody new."""


def networks(texts: Iterable[str]) -> Networks:
    """Read CIDR ranges."""
    return [ip_network(text) for text in texts]


def true_client(peer: str, headers: Iterable[tuple[bytes, bytes]], trusted: Networks) -> str:
    """Return the nearest address in `X-Forwarded-For` that is no trusted proxy.

    Each proxy adds who called it at the end, so only what trusted proxies wrote is believed.
    """
    hops = [
        hop.strip()
        for name, value in headers
        if name == b"x-forwarded-for"
        for hop in value.decode("latin-1").split(",")
    ]
    client = peer
    for hop in reversed(hops):
        address = _plain(hop)
        if address is None or not _within(client, trusted):
            break
        client = address
    return client


def address_of(scope: Any) -> str:
    """Return the client's address; nothing when there is none."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def network_of(scope: Any) -> str:
    """Return what counts as one caller: an IPv4 address, or the /64 an IPv6 address lies in."""
    host = address_of(scope) or "unknown"
    return network_of_address(host) or host


def network_of_address(host: str) -> str:
    """Return what counts as one caller of this address; nothing for what is none."""
    try:
        address = ip_address(host)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((address, SITE_PREFIX), strict=False))
    return host


def _within(address: str, trusted: Networks) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in trusted)


def _plain(hop: str) -> str | None:
    """Read one hop, with or without a port: `192.0.2.1:80`, `[2001:db8::1]:80`."""
    host = hop[1:].partition("]")[0] if hop.startswith("[") else hop
    if host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        found = ip_address(host)
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(found)
