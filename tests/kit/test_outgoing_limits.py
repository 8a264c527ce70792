import asyncio
import gzip
from collections.abc import Sequence

import pytest
from aiohttp import web

from drawbar.kit.outgoing import OutgoingError, OutgoingHttp
from tests.support.receivers import RawAnswer, ScriptedNames, hello, raw_receiver, receiver

LOOPBACK = ("127.0.0.0/8",)


async def endless(_request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(_request)
    while True:
        await response.write(b"x" * 1000)


async def test_an_endless_body_is_cut_at_the_cap_at_once() -> None:
    async with receiver(endless) as port, OutgoingHttp(LOOPBACK) as http:
        answer = await http.request(
            "POST", f"http://127.0.0.1:{port}/", max_bytes=4096, truncate=True
        )

    assert (len(answer.body), answer.truncated) == (4096, True)


async def test_a_body_over_the_cap_is_an_error_unless_cutting_is_asked_for() -> None:
    async with receiver(endless) as port, OutgoingHttp(LOOPBACK) as http:
        with pytest.raises(OutgoingError) as error:
            await http.request("GET", f"http://127.0.0.1:{port}/", max_bytes=4096)

    assert error.value.kind == "too_large"


async def test_the_connection_of_a_cut_answer_is_closed() -> None:
    ended = asyncio.Event()

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 5000)
        await writer.drain()
        await reader.read()
        ended.set()

    async with raw_receiver(flood) as port, OutgoingHttp(LOOPBACK) as http:
        await http.request("GET", f"http://127.0.0.1:{port}/", max_bytes=4096, truncate=True)
        await asyncio.wait_for(ended.wait(), 2)

    assert ended.is_set()


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    del writer
    await reader.read()


@pytest.mark.parametrize("answer", [drip, silence])
async def test_the_deadline_covers_a_body_that_drips_and_a_server_that_says_nothing(
    answer: RawAnswer,
) -> None:
    async with raw_receiver(answer) as port, OutgoingHttp(LOOPBACK) as http:
        with pytest.raises(OutgoingError) as error:
            await http.request("GET", f"http://127.0.0.1:{port}/", deadline_s=0.2)

    assert error.value.kind == "timeout"
    assert str(error.value) == "127.0.0.1 did not answer completely within 0.2 s."


async def test_the_deadline_covers_a_name_server_that_says_nothing() -> None:
    async def never(_host: str) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    async with OutgoingHttp(look_up=never) as http:
        with pytest.raises(OutgoingError) as error:
            await http.request("GET", "http://hooks.example.com/", deadline_s=0.1)

    assert error.value.kind == "timeout"


async def test_one_question_serves_everyone_who_waits_for_the_same_name() -> None:
    names = ScriptedNames(["127.0.0.1"])
    async with receiver(hello) as port, OutgoingHttp(LOOPBACK, look_up=names) as http:
        await asyncio.gather(
            *(http.request("GET", f"http://hooks.example.com:{port}/") for _ in range(5))
        )

    assert names.asked == 1


async def test_an_unknown_name_is_a_dns_failure() -> None:
    async def unknown(_host: str) -> Sequence[str]:
        raise OSError("Name or service not known")

    async with OutgoingHttp(look_up=unknown) as http:
        with pytest.raises(OutgoingError, match=r"gone\.example\.com") as error:
            await http.request("GET", "http://gone.example.com/?token=abc")

    assert error.value.kind == "dns"
    assert "abc" not in str(error.value)


async def test_a_closed_port_is_a_connect_failure(unused_tcp_port: int) -> None:
    async with OutgoingHttp(LOOPBACK) as http:
        with pytest.raises(OutgoingError) as error:
            await http.request("GET", f"http://127.0.0.1:{unused_tcp_port}/")

    assert error.value.kind == "connect"


async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def break_off(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


async def long_headers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n")


@pytest.mark.parametrize("answer", [babble, hang_up, break_off, long_headers])
async def test_a_server_that_speaks_no_proper_http_is_a_protocol_failure(
    answer: RawAnswer,
) -> None:
    async with raw_receiver(answer) as port, OutgoingHttp(LOOPBACK) as http:
        with pytest.raises(OutgoingError) as error:
            await http.request("POST", f"http://127.0.0.1:{port}/", body=b"{}")

    assert error.value.kind == "protocol"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-A", "1\r\nX-Evil: 2"),
        ("X-A", "1\nX-Evil: 2"),
        ("X-A", "1\rX"),
        ("X-A", "1\x00"),
        ("X-A", " padded"),
        ("X-A", "é"),
        ("X-A", "x" * 9000),
        ("X-A\r\nX-Evil", "1"),
        ("X A", "1"),
        ("X:A", "1"),
        ("", "1"),
        ("Host", "internal.example"),
        ("content-length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "close"),
        ("Upgrade", "h2c"),
        ("Proxy-Authorization", "Basic x"),
        ("Webhook-Id", "forged"),
    ],
)
async def test_a_header_that_could_smuggle_something_is_refused(name: str, value: str) -> None:
    async with OutgoingHttp(LOOPBACK) as http:
        with pytest.raises(OutgoingError) as error:
            await http.request(
                "POST",
                "http://127.0.0.1:8080/",
                headers={name: value},
                forbidden_headers=("webhook-id",),
            )

    assert error.value.kind == "protocol"


@pytest.mark.parametrize("method", ["GET /x HTTP/1.1\r\nX: ", "get", "", "G ET"])
async def test_a_method_that_is_no_word_is_refused(method: str) -> None:
    async with OutgoingHttp(LOOPBACK) as http:
        with pytest.raises(OutgoingError) as error:
            await http.request(method, "http://127.0.0.1:8080/")

    assert error.value.kind == "protocol"


async def zipped(_request: web.Request) -> web.Response:
    return web.Response(body=gzip.compress(b"0" * 1_000_000), headers={"Content-Encoding": "gzip"})


async def test_a_zipped_answer_stays_zipped_when_decompression_is_off() -> None:
    async with receiver(zipped) as port, OutgoingHttp(LOOPBACK) as http:
        answer = await http.request("GET", f"http://127.0.0.1:{port}/", decompress=False)

    assert gzip.decompress(answer.body) == b"0" * 1_000_000


async def test_the_cap_counts_what_a_zip_bomb_unpacks_to() -> None:
    async with receiver(zipped) as port, OutgoingHttp(LOOPBACK) as http:
        with pytest.raises(OutgoingError) as error:
            await http.request("GET", f"http://127.0.0.1:{port}/", max_bytes=100_000)

    assert error.value.kind == "too_large"


async def test_a_body_of_several_megabytes_arrives_whole() -> None:
    async def size(request: web.Request) -> web.Response:
        total = sum([len(chunk) async for chunk in request.content.iter_any()])
        return web.Response(text=str(total))

    async with receiver(size) as port, OutgoingHttp(LOOPBACK) as http:
        answer = await http.request("PUT", f"http://127.0.0.1:{port}/", body=b"x" * 3_000_000)

    assert answer.body == b"3000000"
