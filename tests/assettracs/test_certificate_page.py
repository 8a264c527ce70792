"""A certificate as a document."""

import re
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.assettracs.browser import Browser
from tests.assettracs.platform import Fields, Platform
from tests.support.cast import Cast


@pytest.fixture
def platform(client: AsyncTestClient[Any], cast: Cast) -> Platform:
    return Platform(client, cast.alice.write_key)


@pytest.fixture
def carol(client: AsyncTestClient[Any], cast: Cast) -> Browser:
    return Browser(client, cast.carol)


async def certificate_of(platform: Platform) -> Fields:
    sling, template = await platform.sling(), await platform.template()
    await platform.add(
        "requirements",
        title="Half-yearly check",
        regulation="DGUV 100-500",
        interval_months=6,
        template_id=template["id"],
    )
    await platform.inspected(sling, template, "pass", "pass")
    return (await platform.all("certificates"))[0]


async def test_a_certificate_says_of_what_for_what_by_whom_and_until_when(
    carol: Browser, platform: Platform
) -> None:
    certificate = await certificate_of(platform)
    page = (await carol.open(f"/assets/certificates/{certificate['id']}")).text
    document = re.findall(r'<article class="certificate".*?</article>', page, re.DOTALL)[0]
    said = re.sub(r"<[^>]*>", " ", document)
    facts = ["Northern Rail Depot", "C-2026-000001", "Chain sling 2 t", "Half-yearly check"]
    assert [fact for fact in facts if fact not in said] == []
    assert re.search(r"DGUV 100-500.*Sling check.*Alice.*23 Nov 2026.*23 May 2027", said, re.DOTALL)


async def test_a_certificate_carries_a_code_that_leads_back_to_it(
    carol: Browser, platform: Platform
) -> None:
    certificate = await certificate_of(platform)
    page = (await carol.open(f"/assets/certificates/{certificate['id']}")).text
    assert re.search(r'class="qr-drawing"><svg[^>]*viewBox', page)
    assert f"<code>http://drawbar.test/assets/certificates/{certificate['id']}</code>" in page


async def test_a_certificate_of_a_deleted_asset_is_still_shown_but_leads_nowhere(
    carol: Browser, platform: Platform
) -> None:
    certificate = await certificate_of(platform)
    await platform.ask("DELETE", f"assets/{certificate['asset_id']}")
    answer = await carol.open(f"/assets/certificates/{certificate['id']}")
    assert answer.status_code == 200
    assert "Chain sling 2 t" in answer.text
    assert f'href="/assets/{certificate["asset_id"]}"' not in answer.text
