"""Only proxies the operator trusts may say who called them."""

import pytest

from drawbar.kit.http.clients import network_of, networks, true_client

TRUSTED = networks(["127.0.0.0/8", "10.0.0.0/8", "::1/128"])


def client(peer: str, *forwarded: str) -> str:
    headers = [(b"x-forwarded-for", text.encode()) for text in forwarded]
    return true_client(peer, [(b"host", b"drawbar.test"), *headers], TRUSTED)


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("198.51.100.7", (), "198.51.100.7"),
        ("198.51.100.7", ("203.0.113.1",), "198.51.100.7"),
        ("127.0.0.1", (), "127.0.0.1"),
        ("127.0.0.1", ("203.0.113.1",), "203.0.113.1"),
        ("127.0.0.1", ("6.6.6.6, 203.0.113.1",), "203.0.113.1"),
        ("127.0.0.1", ("6.6.6.6", "203.0.113.1, 10.1.2.3"), "203.0.113.1"),
        ("127.0.0.1", ("10.9.9.9, 10.1.2.3",), "10.9.9.9"),
        ("127.0.0.1", ("203.0.113.1:4711",), "203.0.113.1"),
        ("::1", ("[2001:db8::1]:4711",), "2001:db8::1"),
        ("127.0.0.1", ("::ffff:203.0.113.1",), "203.0.113.1"),
        ("127.0.0.1", ("6.6.6.6, no address",), "127.0.0.1"),
        ("testclient", ("6.6.6.6",), "testclient"),
    ],
)
def test_the_client_is_the_nearest_address_that_is_no_trusted_proxy(
    peer: str, forwarded: tuple[str, ...], expected: str
) -> None:
    assert client(peer, *forwarded) == expected


def test_all_addresses_of_an_ipv6_site_count_as_one_caller() -> None:
    assert network_of({"client": ("2001:db8::1", 1)}) == network_of({"client": ("2001:db8::2", 1)})
    assert network_of({"client": ("203.0.113.1", 1)}) == "203.0.113.1"
    assert network_of({"client": None}) == "unknown"
