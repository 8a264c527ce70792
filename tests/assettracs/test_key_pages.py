"""API keys on the settings page."""

import re
from typing import Any

from litestar.testing import AsyncTestClient

from tests.assettracs.browser import Browser
from tests.support.cast import Cast


async def test_a_key_is_shown_once_works_and_ends_when_revoked(
    client: AsyncTestClient[Any], cast: Cast
) -> None:
    alice = Browser(client, cast.alice)
    made = await alice.post("/assets/settings/keys", name="Bridge", scope="read")
    key = re.findall(r"dbk_[\w-]{20,}", made.text)[0]
    bearer = {"Authorization": f"Bearer {key}"}
    listed = await alice.open("/assets/settings")
    before = await client.get("/assettracs/api/v1/assets", headers=bearer)
    row = listed.text[listed.text.index("<td>Bridge</td>") :]
    revoke = re.findall(r'action="(/assets/settings/keys/[^"]*/revoke)"', row)[0]
    await alice.post(revoke)
    after = await client.get("/assettracs/api/v1/assets", headers=bearer)
    assert key not in listed.text
    assert (before.status_code, after.status_code) == (200, 401)


async def test_only_administrators_see_and_make_keys(
    client: AsyncTestClient[Any], cast: Cast
) -> None:
    bob = Browser(client, cast.bob)
    page = await bob.open("/assets/settings")
    answer = await bob.post("/assets/settings/keys", name="Bridge", scope="read")
    assert "API keys" not in page.text
    assert answer.status_code == 403
