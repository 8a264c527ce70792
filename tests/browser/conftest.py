"""A real Chromium against the real server, on phones and desks, in light and dark."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from drawbar.identity.guards import COOKIE
from tests.support.cast import Cast, Person
from tests.support.database import TestServer
from tests.sync.world import World, hub_and_platform

CHROMIUM = shutil.which("chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = "Debian's chromium is not installed: apt install chromium"
SIZES = {"phone": (390, 844), "desk": (1440, 900)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, and say why it is skipped without Chromium."""
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(
                    pytest.mark.skip(
                        reason="Debian's chromium is not installed: apt install chromium"
                    )
                )


@dataclass
class Visitor:
    """A person at a browser; `complaints` is what its console said was wrong."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    async def open(self, path: str) -> None:
        """Go to a page of ours."""
        await self.page.goto(self.address + path)

    async def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        width: int = await self.page.evaluate(
            "document.documentElement.scrollWidth - window.innerWidth"
        )
        return width


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        await browser.close()


@pytest.fixture
async def world(server: TestServer, cast: Cast) -> AsyncIterator[World]:
    async with hub_and_platform(server, cast) as opened:
        yield opened


class Windows:
    """Opens browser windows on one world, and closes them before its server stops."""

    def __init__(self, chromium: Browser, world: World) -> None:
        self._chromium = chromium
        self._world = world
        self._opened: list[BrowserContext] = []

    async def open(
        self,
        person: Person | None = None,
        *,
        size: str = "desk",
        scheme: str = "light",
        locale: str = "en-GB",
    ) -> Visitor:
        """Open a fresh window, signed in when a person is given."""
        width, height = SIZES[size]
        context = await self._chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            locale=locale,
        )
        self._opened.append(context)
        if person:
            await context.add_cookies(
                [{"name": COOKIE, "value": person.session, "url": self._world.address}]
            )
        visitor = Visitor(await context.new_page(), self._world.address)
        visitor.page.on(
            "console",
            lambda said: (
                visitor.complaints.append(f"{said.text} at {said.location['url']}")
                if said.type == "error"
                else None
            ),
        )
        visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
        return visitor

    async def close(self) -> None:
        """Close every window."""
        for context in self._opened:
            await context.close()


@pytest.fixture
async def windows(chromium: Browser, world: World) -> AsyncIterator[Windows]:
    opened = Windows(chromium, world)
    yield opened
    await opened.close()
