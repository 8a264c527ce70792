from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawbar.kit.outgoing import AddressRefused
from drawbar.kit.outgoing.addresses import literal
from drawbar.kit.outgoing.guard import networks, vet, vet_url

# Addresses a name server might answer with, one per line of the registries and of the tricks.
FORBIDDEN_ADDRESSES = """
0.0.0.0 0.0.0.1 0.255.255.255 10.0.0.0 10.0.0.1 10.20.30.40 10.255.255.255
100.64.0.0 100.64.0.1 100.100.100.200 100.127.255.255
127.0.0.0 127.0.0.1 127.0.0.2 127.0.1.1 127.127.127.127 127.255.255.255
169.254.0.0 169.254.0.23 169.254.169.253 169.254.169.254 169.254.170.2 169.254.255.255
172.16.0.0 172.16.0.1 172.17.0.1 172.20.10.1 172.31.255.255
192.0.0.0 192.0.0.8 192.0.0.9 192.0.0.10 192.0.0.170 192.0.0.192 192.0.2.0 192.0.2.1
192.0.2.255 192.31.196.1 192.52.193.1 192.88.99.1 192.168.0.0 192.168.0.1 192.168.1.1
192.168.99.100 192.168.255.255 192.175.48.1 198.18.0.0 198.18.0.1 198.19.255.255
198.51.100.1 203.0.113.1 224.0.0.1 224.0.0.251 239.255.255.250 240.0.0.1 250.1.2.3
255.255.255.254 255.255.255.255 168.63.129.16
:: ::1 ::2 ::ffff ::7f00:1 ::127.0.0.1 ::10.0.0.1 ::8.8.8.8 ::169.254.169.254
::ffff:0.0.0.0 ::ffff:10.0.0.1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:169.254.169.254
::ffff:a9fe:a9fe ::ffff:192.168.1.1 ::ffff:172.16.0.1 ::ffff:100.64.0.1 ::ffff:168.63.129.16
::ffff:0:127.0.0.1 ::ffff:0:8.8.8.8 ::ffff:0:10.0.0.1
64:ff9b::127.0.0.1 64:ff9b::10.0.0.1 64:ff9b::169.254.169.254 64:ff9b::a9fe:a9fe
64:ff9b::192.168.0.1 64:ff9b::168.63.129.16 64:ff9b:1::1 64:ff9b:1::127.0.0.1
64:ff9b:1::8.8.8.8 64:ff9b:1:7f00:0:100::
100::1 100:0:0:1::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:1::1 2001:2::1
2001:3::1 2001:4:112::1 2001:10::1 2001:20::1 2001:30::1 2001:1ff:ffff::1
2001:db8::1 2001:db8:ffff::1 2002::1 2002:7f00:1:: 2002:a00:1:: 2002:a9fe:a9fe::
2002:c0a8:101::1 2002:808:808::1 2620:4f:8000::1 3fff::1 3fff:fff:ffff::1 4000::1 5f00::1
8000::1 c000::1 e000::1 fc00::1 fc00:ffff::1 fd00::1 fd00:ec2::254 fd00:ec2::23 fd00:42::42
fd20:ce::254 fdff:ffff::1 fe80::1 fe80::1%eth0 fe80::5efe:127.0.0.1 febf::1 fec0::1 feff::1
ff00::1 ff02::1 ff02::fb ff05::2 ffff::1
2a00:1450:4001:800:0:5efe:7f00:1 2a00:1450:4001:800:0:5efe:10.0.0.1
2a00:1450:4001:800:200:5efe:169.254.169.254 2606:4700::5efe:192.168.1.1
"""

PUBLIC_ADDRESSES = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.215.14 100.63.255.255 100.128.0.0 126.255.255.255
128.0.0.0 168.63.129.15 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0
192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255
::ffff:8.8.8.8 64:ff9b::8.8.8.8 2001:200::1 2001:4860:4860::8888 2606:4700:4700::1111
2a00:1450:4001:800::200e 2a00:1450:4001:800:200:5efe:8.8.8.8 2600::1
"""

ODD_SPELLINGS = """
0 1 127 127.1 127.0.1 2130706433 4294967295 3232235521 0177.0.0.1 0177.1 00177.0.0.1 017700000001
0x7f.0.0.1 0x7f.1 0x7f000001 0X7F000001 0x7f.0x0.0x0.0x1 0x 127.0.0.0x1 127.0.0.01 127.0.0.001
127.0.0.1. 127.0.0.256 256.0.0.1 1.2.3 1.2.3.4.5 1..2.3 .127.0.0.1 127.0.0. 10.1 10.0.1 192.168.257
169.254.43518 2852039166 0xa9fea9fe 0251.0376.0251.0376 025177524776 0xA9.0xFE.0xA9.0xFE
169.254.169.0376 hooks.1 hooks.0x1 example.com. a..b -a.com a-.com a%00.com exam!ple.com
127.0.0.1%00 127.0.0.1%25 ::1%lo ::1%25lo fe80::1%eth0 fe80::1%25eth0 :::1 1::2::3 ::1::
12345::1 ::ffff:127.1 ::ffff:0x7f.0.0.1 ::127.0.0.01 [::1] a_.-b.c. *.example.com ex*mple.com
"""

FORBIDDEN = FORBIDDEN_ADDRESSES.split()
PUBLIC = PUBLIC_ADDRESSES.split()
ODD_HOSTS = ["", ".", "..", "a" * 64 + ".com", ".".join(["a" * 60] * 5), *ODD_SPELLINGS.split()]

ODD_URLS = [
    "",
    "hooks.example.com",
    "//hooks.example.com/",
    "ftp://hooks.example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:70/_",
    "javascript:alert(1)",
    "unix:///var/run/docker.sock",
    "http:/hooks.example.com",
    "http:hooks.example.com",
    "http://",
    "http:///path",
    "http://:80/",
    "http://user@hooks.example.com/",
    "http://user:word@hooks.example.com/",
    "http://@hooks.example.com/",
    "http://hooks.example.com@127.0.0.1/",
    "http://127.0.0.1\\@hooks.example.com/",
    "http://hooks.example.com\\.evil.example/",
    " http://hooks.example.com/",
    "http://hooks.example.com/ ",
    "http://hooks.example.com/a b",
    "http://hooks.example.com/\r\nX-Evil: 1",
    "http://hooks.example.com/\x00",
    "http://hooks.example.com\t/",
    "http://hooks.example.com:0/",
    "http://hooks.example.com:99999/",
    "http://hooks.example.com:65536/",
    "http://hooks.example.com:-1/",
    "http://hooks.example.com:+80/",
    "http://hooks.example.com:8_0/",
    "http://hooks.example.com:٨٠/",
    "http://hooks.example.com:80:80/",
    "http://hooks.example.com:22/",
    "http://hooks.example.com:25/",
    "http://hooks.example.com:6379/",
    "http://[::1",
    "http://::1/",
    "http://[::1%25lo]/",
    "http://[v1.x]/",
    "http://[]/",
    "http://[127.0.0.1]/",
    "http://%31%32%37.0.0.1/",
    "http://127。0。0。1/",
    "http://\uff11\uff12\uff17.0.0.1/",
    "http://①②⑦.0.0.1/",
    "http://0x7f.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://127.0.0.1./",
    "http://" + "a" * 9000 + "/",
]


def test_the_tables_are_long_enough_to_mean_something() -> None:
    assert len(FORBIDDEN) + len(ODD_HOSTS) + len(ODD_URLS) > 200


@pytest.mark.parametrize("address", FORBIDDEN)
def test_a_name_that_leads_to_a_special_address_is_refused(address: str) -> None:
    with pytest.raises(AddressRefused) as refusal:
        vet("hooks.example.com", [address])

    assert "hooks.example.com leads to" in refusal.value.reason


@pytest.mark.parametrize("address", FORBIDDEN)
def test_one_forbidden_address_refuses_the_public_one_beside_it(address: str) -> None:
    with pytest.raises(AddressRefused):
        vet("hooks.example.com", ["8.8.8.8", address])


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_passes(address: str) -> None:
    assert vet("hooks.example.com", [address]) == (ip_address(address),)


@pytest.mark.parametrize("host", ODD_HOSTS)
def test_a_host_two_parsers_could_read_differently_is_refused(host: str) -> None:
    with pytest.raises(AddressRefused):
        literal(host)


@pytest.mark.parametrize("url", ODD_URLS)
def test_a_url_of_an_odd_shape_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        vet_url(url)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("hooks.example.com", None),
        ("HOOKS.example.com", None),
        ("localhost", None),
        ("a_b-c.internal", None),
        ("1.example.com", None),
        ("xn--bcher-kva.example", None),
        ("0xcafe.example", None),
        ("127.0.0.1", ip_address("127.0.0.1")),
        ("8.8.8.8", ip_address("8.8.8.8")),
        ("::1", ip_address("::1")),
        ("0:0:0:0:0:0:0:1", ip_address("::1")),
        ("::ffff:127.0.0.1", ip_address("::ffff:127.0.0.1")),
    ],
)
def test_a_plain_host_is_a_name_or_the_address_it_spells(host: str, address: object) -> None:
    assert literal(host) == address


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://hooks.example.com/a?b=c#d", "hooks.example.com", 443),
        ("http://hooks.example.com", "hooks.example.com", 80),
        ("HTTPS://Hooks.Example.com:8443/x", "hooks.example.com", 8443),
        ("https://bücher.example/", "xn--bcher-kva.example", 443),
        ("http://[::1]:8080/", "::1", 8080),
        ("https://hooks.example.com?x=a@b", "hooks.example.com", 443),
    ],
)
def test_a_plain_url_gives_host_and_port(url: str, host: str, port: int) -> None:
    destination = vet_url(url)

    assert (destination.host, destination.port) == (host, port)


def test_https_only_refuses_http() -> None:
    with pytest.raises(AddressRefused, match="https://"):
        vet_url("http://hooks.example.com/", https_only=True)


def test_a_port_list_refuses_every_other_port() -> None:
    with pytest.raises(AddressRefused, match="8443"):
        vet_url("https://hooks.example.com:8443/", ports=frozenset([443]))


@pytest.mark.parametrize(
    ("address", "cidr"),
    [
        ("10.20.0.7", "10.20.0.0/16"),
        ("127.0.0.1", "127.0.0.0/8"),
        ("::1", "::1/128"),
        ("::ffff:10.20.0.7", "10.20.0.0/16"),
        ("fd12:3456::1", "fd12:3456::/32"),
        ("203.0.113.9", "203.0.113.0/24"),
    ],
)
def test_the_operator_opens_a_network_of_his_own(address: str, cidr: str) -> None:
    assert vet("plant.example", [address], networks([cidr])) == (ip_address(address),)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.1.1",
        "::ffff:169.254.169.254",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1:a9fe:a9:fe00::",
        "2002:a9fe:a9fe::1",
        "2001:0:a9fe:a9fe::1",
        "fd12::5efe:169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd00:42::42",
        "fd20:ce::254",
        "fe80::1",
        "::ffff:0.0.0.0",
        "::",
        "ff02::1",
    ],
)
def test_metadata_and_link_local_stay_shut_when_everything_is_allowed(address: str) -> None:
    with pytest.raises(AddressRefused, match="never allowed"):
        vet("plant.example", [address], networks(["0.0.0.0/0", "::/0"]))


def test_allowing_a_private_network_does_not_open_its_disguise() -> None:
    with pytest.raises(AddressRefused):
        vet("plant.example", ["2002:a00:1::1"], networks(["10.0.0.0/8"]))


def test_a_name_without_addresses_is_refused() -> None:
    with pytest.raises(AddressRefused, match="no address"):
        vet("hooks.example.com", [])


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_judged_like_its_inner_one(inner: object) -> None:
    def passes(address: str) -> bool:
        try:
            vet("hooks.example.com", [address])
        except AddressRefused:
            return False
        return True

    assert passes(f"::ffff:{inner}") == passes(str(inner)) == passes(f"64:ff9b::{inner}")


@given(st.text(max_size=60))
def test_any_text_as_a_url_is_refused_or_read_but_never_breaks(text: str) -> None:
    try:
        host = vet_url(f"http://{text}").host
    except AddressRefused:
        host = ""

    assert host == "" or host.isascii()
