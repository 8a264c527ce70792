"""How a source's refusals reach the hub."""

from datetime import timedelta

import pytest
from aiohttp import web

from drawbar.connectors.sdk.connector import Access
from drawbar.connectors.sdk.errors import (
    CredentialsRejected,
    PermissionMissing,
    RateLimited,
    SourceError,
    SourceUnavailable,
)
from drawbar.connectors.sdk.http import JsonHttp
from drawbar.kit.outgoing import OutgoingHttp
from tests.connectors.asset_platform import AssetPlatform, problem, serving


async def refusal(answer: web.Response) -> SourceError:
    async with serving(AssetPlatform(refusals=[answer])) as http:
        with pytest.raises(SourceError) as caught:
            await http.get("/assets")
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (301, SourceError),
        (401, CredentialsRejected),
        (403, PermissionMissing),
        (404, SourceError),
        (422, SourceError),
        (429, RateLimited),
        (500, SourceUnavailable),
        (503, SourceUnavailable),
    ],
)
async def test_each_status_asks_the_hub_for_something_else(
    status: int, kind: type[SourceError]
) -> None:
    error = await refusal(problem(status, "Not now."))

    assert type(error) is kind
    assert error.status == status
    assert str(error) == f"127.0.0.1 answered {status}: Not now."


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("17", timedelta(seconds=17)),
        ("Mon, 23 Nov 2026 06:42:56 GMT", timedelta(minutes=1)),
        ("Mon, 23 Nov 2026 06:00:00 GMT", timedelta(0)),
        ("later", None),
        ("-5", None),
    ],
)
async def test_the_pause_that_the_source_asks_for_is_told(
    header: str, pause: timedelta | None
) -> None:
    error = await refusal(problem(429, "Slow down.", Retry_After=header))

    assert isinstance(error, RateLimited)
    assert error.retry_after == pause


async def test_a_refusal_in_html_is_told_without_it() -> None:
    error = await refusal(web.Response(status=502, text="<html>Bad gateway</html>"))

    assert str(error) == "127.0.0.1 answered 502"


async def test_a_source_that_does_not_answer_is_unavailable() -> None:
    platform = AssetPlatform()
    async with serving(platform):
        pass
    access = Access(address=platform.address, headers={})

    async with OutgoingHttp(allow_networks=["127.0.0.0/8"]) as outgoing:
        with pytest.raises(SourceUnavailable):
            await JsonHttp(outgoing, access).get("/assets")


async def test_a_forbidden_address_is_an_error_that_lasts() -> None:
    access = Access(address="http://169.254.169.254", headers={})

    async with OutgoingHttp() as outgoing:
        with pytest.raises(SourceError) as caught:
            await JsonHttp(outgoing, access).get("/latest")

    assert type(caught.value) is SourceError


@pytest.mark.parametrize("path", ["https://mallory.example/", "//mallory.example/", "@mallory", ""])
async def test_credentials_go_nowhere_but_below_the_connections_address(path: str) -> None:
    platform = AssetPlatform()
    async with serving(platform) as http:
        with pytest.raises(SourceError, match="no path"):
            await http.get(path)

    assert platform.asked == []


def test_access_does_not_show_its_secret() -> None:
    access = Access(address="https://a.example", headers={"Authorization": "Bearer s3cret"})

    assert "s3cret" not in repr(access)
