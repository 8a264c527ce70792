"""A person at a browser: pages by session, forms as browsers send them."""

from collections.abc import Mapping
from typing import Any

from httpx import Response
from litestar.testing import AsyncTestClient

from tests.support.cast import Person


class Browser:
    """Opens pages and posts forms with a person's session; redirects are not followed."""

    def __init__(self, client: AsyncTestClient[Any], person: Person) -> None:
        self._client = client
        self.cookie = f"drawbar_session={person.session}"
        self._headers = {
            "Cookie": self.cookie,
            "Sec-Fetch-Site": "same-origin",
            "Accept": "text/html",
        }

    async def open(self, path: str, **headers: str) -> Response:
        """Get a page."""
        return await self._client.get(
            path, headers={**self._headers, **headers}, follow_redirects=False
        )

    async def post(self, path: str, **fields: str) -> Response:
        """Post a form."""
        return await self.send(path, fields)

    async def send(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Response:
        """Post a form whose fields have any name, with further headers."""
        return await self._client.post(
            path,
            data=dict(fields),
            headers={**self._headers, **(headers or {})},
            follow_redirects=False,
        )
