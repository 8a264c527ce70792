"""A person at a browser: pages by session, forms as browsers send them."""

from typing import Any

from httpx import Response
from litestar.testing import AsyncTestClient

from tests.support.cast import Person


class Browser:
    """Opens pages and posts forms with a person's session; redirects are not followed."""

    def __init__(self, client: AsyncTestClient[Any], person: Person) -> None:
        self._client = client
        self._headers = {
            "Cookie": f"drawbar_session={person.session}",
            "Sec-Fetch-Site": "same-origin",
            "Accept": "text/html",
        }

    async def open(self, path: str, **headers: str) -> Response:
        """Get a page."""
        return await self._client.get(
            path, headers={**self._headers, **headers}, follow_redirects=False
        )

    async def post(
        self, path: str, _headers: dict[str, str] | None = None, **fields: str
    ) -> Response:
        """Post a form."""
        return await self._client.post(
            path,
            data=fields,
            headers={**self._headers, **(_headers or {})},
            follow_redirects=False,
        )
