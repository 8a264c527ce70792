"""What an application may ask of Link, and how it is answered when it asks wrongly."""

import re
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from drawbar.kit.db import Database
from drawbar.link.jobs import forget_visits
from tests.link.scene import BACK, App, Guest, an_application, arrive
from tests.support.cast import Cast
from tests.support.clock import FakeClock

Client = AsyncTestClient[Any]


@pytest.fixture
async def app(database: Database, cast: Cast) -> App:
    return await an_application(database, cast.alice, environment="development")


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "dbi_nobody"},
        {"redirect_uri": "https://evil.example/connected"},
        {"redirect_uri": BACK + "&more=1"},
        {"redirect_uri": ""},
    ],
    ids=str,
)
async def test_whoever_is_not_known_is_never_redirected_to(
    client: Client, app: App, wrong: dict[str, str]
) -> None:
    guest = await arrive(client, app, **wrong)
    assert guest.status == 400
    assert guest.away == ""
    assert "frame-ancestors 'none'" in guest.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"state": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"system": "no-such-system"}, "invalid_request"),
        ({"system": "sap-ecc"}, "invalid_request"),
    ],
    ids=str,
)
async def test_any_other_mistake_is_told_to_the_application(
    client: Client, app: App, wrong: dict[str, str], error: str
) -> None:
    guest = await arrive(client, app, **wrong)
    assert guest.status == 303
    assert guest.away.startswith(BACK)
    assert guest.answer["error"] == error
    assert guest.answer["iss"] == "http://drawbar.test"


async def test_only_the_applications_origins_may_frame_its_page(client: Client, app: App) -> None:
    policy = (await arrive(client, app)).headers["content-security-policy"]
    ancestors = policy.partition("frame-ancestors ")[2]
    assert ancestors == "https://app.vendor.example https://vendor.example"
    assert "form-action 'self' https://vendor.example;" in policy
    assert "'unsafe" not in policy


async def test_a_page_of_link_is_kept_by_nobody_and_tells_nobody_its_address(
    client: Client, app: App
) -> None:
    first = await client.get("/link/authorize", params=app.asks(), follow_redirects=False)
    page = await client.get(first.headers["location"])
    for answer in (first, page):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-opener-policy"] == "unsafe-none"


async def test_an_answer_by_message_goes_to_the_registered_origin_alone(
    client: Client, app: App
) -> None:
    guest = await arrive(client, app, response_mode="web_message", system="sandbox")
    await guest.connect()
    assert guest.away == ""
    assert 'data-target="https://vendor.example"' in guest.page
    assert "&#34;type&#34;:&#34;connected&#34;" in guest.page
    assert "&#34;state&#34;:&#34;s-4711&#34;" in guest.page
    assert "postMessage" not in guest.page


async def test_a_refusal_by_message_is_told_to_the_opening_page(client: Client, app: App) -> None:
    guest = await arrive(client, app, response_mode="web_message", response_type="token")
    assert "unsupported_response_type" in guest.page
    assert 'data-target="https://vendor.example"' in guest.page


async def test_an_application_in_development_is_marked_and_one_in_production_is_not(
    client: Client, database: Database, cast: Cast, app: App
) -> None:
    live = await an_application(database, cast.alice, environment="production")
    assert ">Test<" in (await arrive(client, app)).page
    assert ">Test<" not in (await arrive(client, live)).page


async def test_the_page_has_the_applications_colour_by_a_style_sheet_of_its_own(
    client: Client, app: App
) -> None:
    guest = await arrive(client, app)
    sheet = await client.get("/link/colours/ffdd00.css")
    assert 'href="/link/colours/ffdd00.css"' in guest.page
    assert "--accent:light-dark(#" in sheet.text
    assert sheet.headers["content-type"].startswith("text/css")
    assert (await client.get("/link/colours/red;}.css")).status_code == 404


async def test_a_visit_lasts_half_an_hour(client: Client, app: App, clock: Any) -> None:
    guest = await arrive(client, app)
    clock.forward(minutes=31)
    await guest.open(guest.home)
    assert guest.status == 410
    assert "This page has expired" in guest.text
    assert "Go back to Fleet Planner" in guest.text


async def test_a_visit_nobody_began_is_not_there(client: Client) -> None:
    guest = await Guest(client).open("/link/s/dbl_guessed")
    assert guest.status == 404
    assert "There is nothing at this address" in guest.text


async def test_a_visit_dies_with_its_application(
    client: Client, database: Database, cast: Cast, app: App
) -> None:
    guest = await arrive(client, app)
    async with database.writing(cast.alice.workspace_id) as tx:
        await tx.execute("UPDATE applications SET revoked_at = $1 WHERE id = $2", tx.now, app.id)
    await guest.open(guest.home)
    assert guest.status == 410


async def test_a_fixed_system_cannot_be_changed_on_the_page(client: Client, app: App) -> None:
    guest = await arrive(client, app, system="sandbox")
    await guest.open(f"{guest.home}/systems/assettracs")
    assert guest.path.endswith("/systems/sandbox")
    assert "Choose another system" not in guest.text


async def test_tokens_are_stored_as_prints_and_entries_sealed(
    client: Client, database: Database, cast: Cast, app: App
) -> None:
    guest = await arrive(client, app, system="sandbox")
    await guest.connect(**{"credentials.user": "limited"})
    async with database.reading(cast.alice.workspace_id) as tx:
        kept = await tx.fetchval("SELECT s::text FROM link_sessions s")
        audit = await tx.fetchval("SELECT string_agg(a::text, '') FROM audit_entries a")
    await guest.send("/review")
    async with database.reading(cast.alice.workspace_id) as tx:
        after = await tx.fetchval("SELECT sealed_entry FROM link_sessions")
    assert guest.token not in kept
    assert "correct-horse" not in kept + (audit or "")
    assert after is None


async def test_what_was_entered_is_erased_when_a_visit_expires_and_the_visit_a_day_later(
    client: Client, database: Database, cast: Cast, app: App, clock: FakeClock
) -> None:
    guest = await arrive(client, app, system="sandbox")
    await guest.connect(**{"credentials.user": "limited"})
    rows = []
    for hours in (0, 1, 25):
        clock.forward(hours=hours)
        await forget_visits(database)
        async with database.reading(cast.alice.workspace_id) as tx:
            found = await tx.fetch("SELECT sealed_entry IS NULL AS erased FROM link_sessions")
        rows.append([row["erased"] for row in found])
    assert rows == [[False], [True], []]


async def test_who_tries_many_passwords_is_asked_to_wait(client: Client, app: App) -> None:
    guest = await arrive(client, app, system="sandbox")
    statuses = []
    for _ in range(14):
        await guest.connect(**{"credentials.password": "wrong"})
        statuses.append(guest.status)
    assert statuses[0] == 422
    assert statuses[-1] == 429
    assert int(guest.headers["retry-after"]) > 0


async def test_the_script_for_vendors_has_one_address_and_is_asked_for_by_its_tag(
    client: Client,
) -> None:
    first = await client.get("/link/drawbar-link.js")
    tag = first.headers["etag"]
    again = await client.get("/link/drawbar-link.js", headers={"If-None-Match": tag})
    assert first.headers["content-type"].startswith("text/javascript")
    assert first.headers["cross-origin-resource-policy"] == "cross-origin"
    assert re.match(r'("use strict";)?var DrawbarLink=', first.text)
    assert len(first.content) < 5_000
    assert again.status_code == 304
