from pathlib import Path

import pytest
from aiohttp import web

from drawbar.kit.outgoing import AddressRefused, OutgoingError, OutgoingHttp
from tests.support.receivers import ScriptedNames, certificate, hello, receiver

LOOPBACK = ("127.0.0.0/8",)


async def test_a_request_brings_back_status_headers_body_and_duration() -> None:
    async with receiver(hello) as port, OutgoingHttp(LOOPBACK) as http:
        answer = await http.request("POST", f"http://127.0.0.1:{port}/in", body=b"Alice")

    assert (answer.status, answer.body, answer.truncated) == (200, b"hello Alice", False)
    assert answer.headers["x-seen"] == "/in"
    assert answer.duration_ms >= 0


async def test_a_literal_loopback_address_is_refused_without_the_operators_word() -> None:
    async with receiver(hello) as port, OutgoingHttp() as http:
        with pytest.raises(AddressRefused, match="loopback") as refusal:
            await http.request("GET", f"http://127.0.0.1:{port}/")

    assert refusal.value.kind == "address_refused"


async def test_localhost_by_name_is_refused_by_the_systems_own_resolver() -> None:
    async with OutgoingHttp() as http:
        with pytest.raises(AddressRefused):
            await http.request("GET", "http://localhost:8080/")


async def test_a_name_that_turns_private_after_it_was_saved_is_refused() -> None:
    names = ScriptedNames(["8.8.8.8"], ["127.0.0.1"])
    async with OutgoingHttp(look_up=names, names_kept_s=0) as http:
        saved = await http.vet("http://hooks.example.com/")
        with pytest.raises(AddressRefused):
            await http.request("POST", "http://hooks.example.com/", body=b"{}")

    assert saved.host == "hooks.example.com"
    assert names.asked == 2


async def test_a_connection_goes_to_the_address_that_was_vetted() -> None:
    # The second answer would be the attacker's: asked once, it is never seen.
    names = ScriptedNames(["127.0.0.1"], ["169.254.169.254"])
    async with receiver(hello) as port, OutgoingHttp(LOOPBACK, look_up=names) as http:
        answer = await http.request("GET", f"http://hooks.example.com:{port}/")

    assert (answer.status, names.asked) == (200, 1)


async def test_a_kept_connection_is_not_reused_once_the_name_leads_elsewhere() -> None:
    names = ScriptedNames(["127.0.0.1"], ["10.0.0.1"])
    async with (
        receiver(hello) as port,
        OutgoingHttp(LOOPBACK, look_up=names, names_kept_s=0) as http,
    ):
        await http.request("GET", f"http://hooks.example.com:{port}/")
        with pytest.raises(AddressRefused):
            await http.request("GET", f"http://hooks.example.com:{port}/")


async def peer_port(request: web.Request) -> web.Response:
    assert request.transport is not None
    return web.Response(text=str(request.transport.get_extra_info("peername")[1]))


async def test_a_young_connection_is_reused() -> None:
    async with receiver(peer_port) as port, OutgoingHttp(LOOPBACK) as http:
        first = await http.request("GET", f"http://127.0.0.1:{port}/")
        second = await http.request("GET", f"http://127.0.0.1:{port}/")

    assert first.body == second.body


async def test_a_connection_past_its_age_is_replaced() -> None:
    async with receiver(peer_port) as port, OutgoingHttp(LOOPBACK, pool_age_s=0) as http:
        first = await http.request("GET", f"http://127.0.0.1:{port}/")
        second = await http.request("GET", f"http://127.0.0.1:{port}/")

    assert first.body != second.body


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    visited: list[str] = []

    async def redirect(request: web.Request) -> web.Response:
        visited.append(request.path)
        return web.Response(status=302, headers={"Location": "/secret"})

    async with receiver(redirect) as port, OutgoingHttp(LOOPBACK) as http:
        answer = await http.request("GET", f"http://127.0.0.1:{port}/door")

    assert (answer.status, visited) == (302, ["/door"])


async def test_cookies_are_not_sent_back() -> None:
    async def cookie(request: web.Request) -> web.Response:
        return web.Response(
            text=request.headers.get("Cookie", "none"), headers={"Set-Cookie": "a=b; Path=/"}
        )

    # By name: a cookie jar of the library ignores addresses anyway.
    names = ScriptedNames(["127.0.0.1"])
    async with receiver(cookie) as port, OutgoingHttp(LOOPBACK, look_up=names) as http:
        await http.request("GET", f"http://hooks.example.com:{port}/")
        second = await http.request("GET", f"http://hooks.example.com:{port}/")

    assert second.body == b"none"


async def test_a_proxy_in_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with receiver(hello) as port, OutgoingHttp(LOOPBACK) as http:
        answer = await http.request("GET", f"http://127.0.0.1:{port}/")

    assert answer.status == 200


async def test_tls_checks_the_name_although_the_address_is_pinned(tmp_path: Path) -> None:
    server, trusting = certificate(tmp_path)
    names = ScriptedNames(["127.0.0.1"])
    async with (
        receiver(hello, server) as port,
        OutgoingHttp(LOOPBACK, look_up=names, tls=trusting) as http,
    ):
        right = await http.request("GET", f"https://hooks.example.com:{port}/")
        with pytest.raises(OutgoingError) as wrong:
            await http.request("GET", f"https://other.example.com:{port}/")

    assert (right.status, wrong.value.kind) == (200, "tls")


async def test_an_unknown_certificate_authority_is_a_tls_failure(tmp_path: Path) -> None:
    server, _ = certificate(tmp_path)
    names = ScriptedNames(["127.0.0.1"])
    async with receiver(hello, server) as port, OutgoingHttp(LOOPBACK, look_up=names) as http:
        with pytest.raises(OutgoingError) as error:
            await http.request("GET", f"https://hooks.example.com:{port}/")

    assert error.value.kind == "tls"


async def test_a_malformed_network_in_the_settings_is_told_at_start() -> None:
    with pytest.raises(ValueError, match="host bits"):
        OutgoingHttp(("10.0.0.1/8",))


async def test_the_ipv6_loopback_literal_is_refused() -> None:
    async with OutgoingHttp(LOOPBACK) as http:
        with pytest.raises(AddressRefused):
            await http.request("GET", "http://[::1]:8080/")
