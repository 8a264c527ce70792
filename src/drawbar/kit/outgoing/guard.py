"""The decision whether a URL and its addresses may be reached."""

import re
from collections.abc import Iterable, Sequence
from ipaddress import ip_network

import msgspec
from yarl import URL

from drawbar.kit.outgoing.addresses import (
    Address,
    Network,
    faces,
    literal,
    never_reason,
    parse_address,
    special_reason,
)
from drawbar.kit.outgoing.errors import AddressRefused

_LONGEST_URL = 8000
_LAST_PORT = 65535
_BLANK_OR_CONTROL = re.compile(r"[\x00-\x20\x7F]")
_SHAPE = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9A-Fa-f:.]+\]|[^\[\]/?#@:%\\]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?:[/?#].*)?",
    re.IGNORECASE,
)
# Ports of line protocols that could be tricked by the bytes of an HTTP request:
# WHATWG Fetch standard, "port blocking" (the "bad ports" table).
# fmt: off
_BAD_PORTS = frozenset((
    1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95,
    101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161,
    179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563,
    587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
    6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
))
# fmt: on


class Destination(msgspec.Struct, frozen=True):
    """A URL whose shape passed: one parse, used for the check and for the connection alike."""

    url: URL
    scheme: str
    host: str
    port: int
    address: Address | None
    """The address when the host is a literal, None when it is a name to resolve."""


def networks(cidrs: Iterable[str]) -> tuple[Network, ...]:
    """Read the operator's allow-list, for example `("10.20.0.0/16", "fd12::/48")`.

    Raises ValueError for a CIDR that is malformed or has host bits set.
    """
    return tuple(ip_network(cidr.strip()) for cidr in cidrs)


def vet_url(
    url: str, *, https_only: bool = False, ports: frozenset[int] | None = None
) -> Destination:
    """Check scheme, host spelling, port and the absence of credentials; raise AddressRefused.

    `ports` is an allow-list; without it every port is fine that no line protocol owns.
    """
    if len(url) > _LONGEST_URL or _BLANK_OR_CONTROL.search(url):
        raise AddressRefused("The URL is too long or contains spaces or control characters.")
    shape = _SHAPE.fullmatch(url)
    if shape is None:
        raise AddressRefused(
            "The URL must look like https://host/path, without user name or password."
        )
    try:
        parsed = URL(url)
        host = parsed.raw_host or ""
    except ValueError as error:
        raise AddressRefused("The URL cannot be read; check its host and port.") from error
    port = int(shape["port"] or (443 if parsed.scheme == "https" else 80))
    if https_only and parsed.scheme != "https":
        raise AddressRefused("The URL must start with https://.")
    if (
        not 0 < port <= _LAST_PORT
        or port in _BAD_PORTS
        or (ports is not None and port not in ports)
    ):
        raise AddressRefused(f"Port {port} is not allowed; use the port of an HTTP service.")
    address = literal(host)
    if address is not None and not shape["host"].isascii():
        raise AddressRefused("The IP address has an unusual spelling; write it like 192.0.2.1.")
    return Destination(url=parsed, scheme=parsed.scheme, host=host, port=port, address=address)


def vet(
    host: str, addresses: Iterable[str | Address], allow: Sequence[Network] = ()
) -> tuple[Address, ...]:
    """Return the addresses if all of them may be reached; raise AddressRefused otherwise.

    One forbidden address refuses the whole answer: a resolver that mixes public and private
    ones is misconfigured or hostile. `allow` opens private networks of the operator, but never
    link-local and metadata addresses. Connect to the returned addresses only, without resolving
    again, or the check means nothing (DNS rebinding).
    """
    vetted = tuple(parse_address(found) if isinstance(found, str) else found for found in addresses)
    if not vetted:
        raise AddressRefused(f"{host} has no address.")
    for address in vetted:
        reason = _refusal(address, allow)
        if reason is not None:
            raise AddressRefused(
                f"{host} leads to {address} ({reason}). If that is a system of yours, "
                "the operator can allow its network in DRAWBAR_ALLOW_NETWORKS."
                if never_reason_of(address) is None
                else f"{host} leads to {address} ({reason}), which is never allowed."
            )
    return vetted


def never_reason_of(address: Address) -> str | None:
    """Say why the address, or one it carries, is refused even when allowed; or None."""
    return next((why for face in faces(address) if (why := never_reason(face))), None)


def _refusal(address: Address, allow: Sequence[Network]) -> str | None:
    never = never_reason_of(address)
    if never is not None:
        return never
    return next(
        (
            why
            for face in faces(address)
            if (why := special_reason(face)) is not None and not _covered(face, allow)
        ),
        None,
    )


def _covered(address: Address, allow: Sequence[Network]) -> bool:
    return any(network.version == address.version and address in network for network in allow)
