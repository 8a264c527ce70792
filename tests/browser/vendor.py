"""A vendor's own website, on an origin of its own: the page a vendor's developer would write."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from playwright.async_api import FrameLocator, Page

from tests.support.receivers import receiver

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Fleet Planner</title>
<link rel="icon" href="data:,">
<script src="{hub}/link/drawbar-link.js"></script>
<script src="/vendor.js"></script></head>
<body><h1>Fleet Planner</h1><button id="connect">Connect your system</button>
<p id="said" role="status"></p></body></html>
"""
SCRIPT = """
window.heard = [];
const say = (what, value) => {{
  window.heard.push([what, value]);
  document.getElementById("said").textContent = what;
}};
window.options = {{}};
document.addEventListener("DOMContentLoaded", () => {{
  document.getElementById("connect").addEventListener("click", () => {{
    window.link = DrawbarLink.open({{
      clientId: "{client_id}", redirectUri: "{redirect_uri}", pkce: true,
      onConnected: (connected) => say("connected", connected),
      onClose: () => say("closed", null),
      onError: (error) => say("error", error),
      ...window.options,
    }});
  }});
}});
"""


@dataclass
class Vendor:
    """The website and what it was sent."""

    address: str = ""
    hub: str = ""
    client_id: str = ""
    came_back: list[dict[str, str]] = field(default_factory=list)
    """Query of each visit to the redirect URI."""

    @property
    def redirect_uri(self) -> str:
        """The address that Link answers to."""
        return f"{self.address}/connected"

    async def answer(self, request: web.Request) -> web.Response:
        """Serve a page; a strict content policy proves that the script needs no exception."""
        if request.path == "/vendor.js":
            told = {"client_id": self.client_id, "redirect_uri": self.redirect_uri}
            return web.Response(text=SCRIPT.format(**told), content_type="text/javascript")
        if request.path == "/connected":
            self.came_back.append(dict(request.query))
            return web.Response(text="<h1>Connected</h1>", content_type="text/html")
        policy = (
            f"default-src 'none'; script-src 'self' {self.hub}; frame-src {self.hub}; "
            "img-src data:; style-src 'none'"
        )
        return web.Response(
            text=PAGE.format(hub=self.hub),
            content_type="text/html",
            headers={"Content-Security-Policy": policy},
        )


@asynccontextmanager
async def vendors_site(hub: str) -> AsyncIterator[Vendor]:
    """Serve the vendor's website on a port of its own; another port is another origin."""
    site = Vendor(hub=hub)
    async with receiver(site.answer) as port:
        site.address = f"http://localhost:{port}"
        yield site


async def opened(page: Page, site: Vendor, options: dict[str, Any] | None = None) -> FrameLocator:
    """Open Link from the vendor's page by the keyboard, and return what stands in its frame."""
    await page.goto(site.address)
    await page.evaluate("options => { window.options = options }", options or {})
    await page.get_by_role("button", name="Connect your system").press("Enter")
    return page.frame_locator("dialog iframe")


async def heard(page: Page) -> list[list[Any]]:
    """Return everything the vendor's page was told so far."""
    told: list[list[Any]] = await page.evaluate("window.heard")
    return told
