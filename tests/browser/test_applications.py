"""An application's pages in a real browser: made, branded, its secret shown once."""

import struct
import zlib

import pytest

from tests.browser.conftest import Windows
from tests.support.cast import Cast

CALLBACK = "https://fleetwise.example/connected/with/a/long/path?tenant=northern-rail-depot"


def png() -> bytes:
    """Return a real picture of one teal point."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0\x0b\x72\x85"))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desk"])
async def test_an_application_is_made_and_branded_on_pages_that_fit(
    windows: Windows, cast: Cast, size: str, scheme: str
) -> None:
    visitor = await windows.open(cast.alice, size=size, scheme=scheme)
    page, overflowing = visitor.page, []

    async def look(name: str) -> None:
        if await visitor.overflow():
            overflowing.append(name)

    await visitor.open("/hub/settings")
    await page.get_by_role("link", name="New application").click()
    await look("new")
    await page.get_by_label("Name").fill("Fleetwise for maintenance planners")
    await page.get_by_label("Redirect URIs").fill("http://fleetwise.example/")
    await page.get_by_role("button", name="Make it").click()
    await look("refused")
    assert await page.get_by_text("must begin with https://").count() == 1
    await page.get_by_label("Redirect URIs").fill(CALLBACK)
    await page.get_by_role("button", name="Make it").click()
    await page.get_by_text("Copy the secret now").wait_for()
    await look("secret")
    await page.get_by_role("link", name="Done").click()
    await page.get_by_label("Colour").fill("#0b7285")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_label("Picture").set_input_files(
        {"name": "logo.png", "mimeType": "image/png", "buffer": png()}
    )
    await page.get_by_role("button", name="Upload").click()
    logo = page.get_by_alt_text("Logo of Fleetwise for maintenance planners")
    await logo.wait_for()
    await look("application")
    assert await logo.evaluate("picture => picture.naturalWidth") == 1
    assert await page.get_by_label("Colour").input_value() == "#0b7285"
    await page.get_by_role("link", name="New secret").click()
    await look("rotate")
    assert overflowing == []
    assert [one for one in visitor.complaints if "status of 422" not in one] == []
