"""Forms tell a key that is taken where it was typed."""

import re
from typing import Any

from litestar.testing import AsyncTestClient

from tests.assettracs.browser import Browser
from tests.assettracs.platform import Platform
from tests.support.cast import Cast


async def test_a_code_that_is_taken_is_told_beside_the_code(
    client: AsyncTestClient[Any], cast: Cast, alice: Platform
) -> None:
    await alice.add("assets", name="Chain hoist", code="CH-1")
    answer = await Browser(client, cast.alice).post("/assets/new", name="Web sling", code="CH-1")
    assert answer.status_code == 422
    assert re.search(
        r'id="code-error".*?There is an asset with this code already\.', answer.text, re.DOTALL
    )
    assert 'value="Web sling"' in answer.text
