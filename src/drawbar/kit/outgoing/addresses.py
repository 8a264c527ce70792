"""Which addresses are no public destination, and which addresses hide inside others."""

import re
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from drawbar.kit.outgoing.errors import AddressRefused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_V4_BITS = 0xFFFF_FFFF
# A label the WHATWG URL standard (host parsing, "ends in a number") reads as part of an IPv4
# address: such a host is a literal for browsers and for inet_aton, never a name.
_NUMBER_LABEL = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_DOTTED = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){3}")
_NAME_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_LONGEST_NAME = 253

# IANA IPv4 and IPv6 Special-Purpose Address Registries (read 2025), every entry whether or not
# the registry calls it globally reachable: nobody's system of record lives in any of them.
_SPECIAL: tuple[tuple[str, str], ...] = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "carrier-grade NAT"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "IETF protocol assignments"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "AS112"),
    ("192.52.193.0/24", "multicast tunnelling"),
    ("192.88.99.0/24", "6to4 relay"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "AS112"),
    ("198.18.0.0/15", "benchmarking"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("64:ff9b:1::/48", "local IPv4 translation"),
    ("100::/64", "discard-only"),
    ("100:0:0:1::/64", "dummy prefix"),
    ("2001::/23", "IETF protocol assignments"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "6to4"),
    ("2620:4f:8000::/48", "AS112"),
    ("3fff::/20", "documentation"),
    ("5f00::/16", "segment routing"),
    ("fc00::/7", "private (unique local)"),
    ("fe80::/10", "link-local"),
    ("fec0::/10", "private (site-local)"),
    ("ff00::/8", "multicast"),
)

# Refused even when the operator's allow-list covers them: the metadata services hand out cloud
# credentials to whoever asks (vendor pages of AWS, Google, Azure, Alibaba, Oracle, Scaleway),
# and the rest is no destination of a TCP connection or means this very host.
_NEVER: tuple[tuple[str, str], ...] = (
    ("169.254.0.0/16", "link-local or cloud metadata"),
    ("100.100.100.200/32", "cloud metadata"),
    ("168.63.129.16/32", "cloud metadata"),
    ("192.0.0.192/32", "cloud metadata"),
    ("fd00:ec2::/32", "cloud metadata"),
    ("fd20:ce::254/128", "cloud metadata"),
    ("fd00:42::42/128", "cloud metadata"),
    ("fe80::/10", "link-local"),
    ("0.0.0.0/8", "this network"),
    ("224.0.0.0/4", "multicast"),
    ("255.255.255.255/32", "broadcast"),
    ("::/128", "unspecified"),
    ("ff00::/8", "multicast"),
)

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_MAPPED = IPv6Network("::ffff:0:0/96")
_COMPATIBLE = IPv6Network("::/96")
_TRANSLATED = IPv6Network("::ffff:0:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_NAT64_LOCAL = IPv6Network("64:ff9b:1::/48")
_SIX_TO_FOUR = IPv6Network("2002::/16")
_TEREDO = IPv6Network("2001::/32")
_ISATAP_IDS = (0x0000_5EFE, 0x0200_5EFE)


def _parsed(table: tuple[tuple[str, str], ...]) -> tuple[tuple[Network, str], ...]:
    return tuple((ip_network(cidr), why) for cidr, why in table)


_SPECIAL_NETWORKS = _parsed(_SPECIAL)
_NEVER_NETWORKS = _parsed(_NEVER)


def literal(host: str) -> Address | None:
    """Return the address a host spells, or None for a proper DNS name.

    Brackets are already off. Any spelling that two parsers could read differently (decimal,
    octal, hexadecimal, short dotted, zone id, trailing dot, empty label) raises AddressRefused.
    """
    if ":" in host:
        return _ipv6(host)
    labels = host.split(".")
    if _NUMBER_LABEL.fullmatch(labels[-1]) or (
        labels[-1] == "" and len(labels) > 1 and _NUMBER_LABEL.fullmatch(labels[-2])
    ):
        return _ipv4(host)
    if len(host) > _LONGEST_NAME or not all(_NAME_LABEL.fullmatch(label) for label in labels):
        raise AddressRefused("The host is not a proper DNS name; write it like hooks.example.com.")
    return None


def _ipv4(host: str) -> IPv4Address:
    try:
        if _DOTTED.fullmatch(host):
            return IPv4Address(host)
    except ValueError:
        pass
    raise AddressRefused("The IP address has an unusual spelling; write it like 192.0.2.1.")


def _ipv6(host: str) -> IPv6Address:
    try:
        if "%" not in host:
            return IPv6Address(host)
    except ValueError:
        pass
    raise AddressRefused("The IPv6 address is malformed or has a zone; write it like 2001:db8::1.")


@lru_cache(maxsize=4096)
def faces(address: Address) -> tuple[Address, ...]:
    """Return every address a connection to this one may end at.

    A mapped (RFC 4291 §2.5.5.2) or well-known NAT64 (RFC 6052) address *is* its inner IPv4
    address. The other forms that carry one (compatible, translated, local NAT64, 6to4, Teredo,
    ISATAP) stand for themselves and for what they carry.
    """
    if isinstance(address, IPv4Address):
        return (address,)
    number = int(address)
    if address in _MAPPED or address in _NAT64:
        return (IPv4Address(number & _V4_BITS),)
    return (IPv6Address(number), *(IPv4Address(inner & _V4_BITS) for inner in _inner(address)))


def _inner(address: IPv6Address) -> list[int]:
    number = int(address)
    found: list[int] = []
    if (address in _COMPATIBLE and number > 1) or address in _TRANSLATED:
        found.append(number)
    if address in _NAT64_LOCAL:
        # RFC 6052 §2.2: a /48 prefix splits the address around the zero octet, a /96 ends with it.
        found += [number, (number >> 64 & 0xFFFF) << 16 | number >> 40 & 0xFFFF]
    if address in _SIX_TO_FOUR:
        found.append(number >> 80)
    if address in _TEREDO:
        found += [number >> 64, ~number]
    if number >> 32 & _V4_BITS in _ISATAP_IDS:
        found.append(number)
    return found


@lru_cache(maxsize=4096)
def never_reason(address: Address) -> str | None:
    """Say why this one address is refused whatever the operator allows, or None."""
    return _match(address, _NEVER_NETWORKS)


@lru_cache(maxsize=4096)
def special_reason(address: Address) -> str | None:
    """Say why this one address is no public destination, or None if it is one."""
    found = _match(address, _SPECIAL_NETWORKS)
    if found is None and isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return "outside the assigned IPv6 space"
    return found


def parse_address(text: str) -> Address:
    """Read an address as a resolver gives it; a zone id is cut off. Raises ValueError."""
    return ip_address(text.partition("%")[0])


def _match(address: Address, table: tuple[tuple[Network, str], ...]) -> str | None:
    for network, why in table:
        if address.version == network.version and address in network:
            return why
    return None
