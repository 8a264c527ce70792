"""A browser per person, and the post."""

from collections.abc import Mapping
from typing import Any

import pytest
from httpx import Response
from litestar.testing import AsyncTestClient

from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.settings import Settings
from tests.support.cast import Person
from tests.support.letters import Post

OWN = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


class Browser:
    """Somebody's browser: keeps cookies, sends what a browser sends, follows nothing."""

    def __init__(self, client: AsyncTestClient[Any], person: Person | None = None) -> None:
        self._client = client
        self.cookies = {"drawbar_session": person.session} if person else {}

    async def get(self, path: str, **headers: str) -> Response:
        """Open a page."""
        return await self._send("GET", path, None, headers)

    async def post(
        self, path: str, fields: Mapping[str, str] | None = None, **headers: str
    ) -> Response:
        """Send a form."""
        return await self._send("POST", path, dict(fields or {}), headers)

    async def sign_in(self, email: str, password: str, **headers: str) -> Response:
        """Send the sign-in form."""
        return await self.post("/login", {"email": email, "password": password}, **headers)

    async def _send(
        self, method: str, path: str, data: dict[str, str] | None, headers: Mapping[str, str]
    ) -> Response:
        self._client.cookies.clear()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = await self._client.request(
            method,
            path,
            data=data,
            headers={**OWN, **({"Cookie": sent} if sent else {}), **named},
            follow_redirects=False,
        )
        self.cookies |= dict(answer.cookies)
        self._client.cookies.clear()
        return answer


@pytest.fixture
def post(database: Database, vault: Vault, settings: Settings) -> Post:
    return Post(database, vault, settings)


@pytest.fixture
def stranger(client: AsyncTestClient[Any]) -> Browser:
    return Browser(client)
