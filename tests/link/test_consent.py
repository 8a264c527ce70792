"""Systems that grant access on a page of their own: there, back, and on where one left."""

import html
import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from litestar.testing import AsyncTestClient

from drawbar.connections import store as connections
from drawbar.connections.model import Connection
from drawbar.kit.db import Database
from tests.link.scene import App, Guest, an_application, arrive
from tests.support.cast import Cast, Person

Client = AsyncTestClient[Any]
SYSTEM = "sandbox-oauth"


@pytest.fixture
async def app(database: Database, cast: Cast) -> App:
    return await an_application(database, cast.alice)


async def connections_of(database: Database, person: Person) -> list[Connection]:
    async with database.reading(person.workspace_id) as tx:
        return await connections.CONNECTIONS.where(tx, "true")


async def leave(guest: Guest, **form: str) -> str:
    """Go to the source's page; return its address."""
    await guest.send(f"/systems/{SYSTEM}/consent", **form)
    assert guest.status == 200, guest.text
    return guest.headers["refresh"].partition("url=")[2]


async def answer(client: Client, consent: str, said: str) -> str:
    """Answer on the source's page; return where that leads."""
    parts = urlsplit(consent)
    form = {**dict(parse_qsl(parts.query)), "answer": said}
    answered = await client.post(
        parts.path, data=form, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False
    )
    return answered.headers["location"].removeprefix("http://drawbar.test")


async def test_consent_leads_back_and_connects(
    client: Client, database: Database, cast: Cast, app: App
) -> None:
    guest = await arrive(client, app, system=SYSTEM)
    consent = await leave(guest, name="Leeds")
    back = await answer(client, consent, "all")
    await guest.open(back)
    (made,) = await connections_of(database, cast.alice)
    again = await Guest(client).open(back)
    assert (made.name, made.system, made.status) == ("Leeds", SYSTEM, "synchronizing")
    assert guest.answer["code"]
    assert again.status == 404
    assert guest.token not in consent


async def test_a_consent_page_sent_on_to_somebody_else_connects_nothing(
    client: Client, database: Database, cast: Cast, app: App
) -> None:
    sender = await arrive(client, app, system=SYSTEM)
    back = await answer(client, await leave(sender, apart="true"), "all")
    client.cookies.clear()
    victim = await Guest(client).open(back)
    granted = await client.get(f"{sender.home}/granted")
    assert victim.status == 403
    assert "asked for in another browser" in victim.text
    assert sender.token not in victim.page
    assert granted.json() == {"granted": False}
    assert await connections_of(database, cast.alice) == []


async def test_a_fixed_system_cannot_be_left_by_the_consent_of_another(
    client: Client, app: App
) -> None:
    guest = await arrive(client, app, system="sandbox")
    await guest.send(f"/systems/{SYSTEM}/consent", name="Leeds")
    assert "refresh" not in guest.headers
    assert guest.path.endswith("/systems/sandbox")


async def test_a_denial_comes_back_to_the_same_step_in_plain_words(
    client: Client, database: Database, cast: Cast, app: App
) -> None:
    guest = await arrive(client, app, system=SYSTEM)
    back = await answer(client, await leave(guest, name="Leeds"), "no")
    home = guest.home
    await guest.open(back)
    assert guest.status == 422
    assert "You did not grant access. Nothing was connected" in guest.text
    assert f'action="{home}/systems/{SYSTEM}/consent"' in guest.page
    assert 'value="Leeds"' in guest.page
    assert await connections_of(database, cast.alice) == []


async def test_what_was_not_allowed_is_told_before_going_on(client: Client, app: App) -> None:
    guest = await arrive(client, app, system=SYSTEM)
    await guest.open(await answer(client, await leave(guest), "some"))
    assert "This user may not read: Work orders" in guest.text


async def test_what_a_source_says_in_words_is_not_shown(client: Client, app: App) -> None:
    guest = await arrive(client, app, system=SYSTEM)
    state = dict(parse_qsl(urlsplit(await leave(guest)).query))["state"]
    lie = {"state": state, "error": "server_error", "error_description": "Call 0900-EVIL"}
    await guest.open("/link/callback", lie)
    assert guest.status == 422
    assert "EVIL" not in guest.page


async def test_a_state_nobody_was_sent_with_leads_nowhere(client: Client) -> None:
    guest = await Guest(client).open("/link/callback", {"state": "forged", "code": "x"})
    assert guest.status == 404


async def test_a_page_in_a_frame_goes_on_when_the_window_apart_has_its_consent(
    client: Client, app: App
) -> None:
    guest = await arrive(client, app, system=SYSTEM)
    home = guest.home
    consent = await leave(guest, apart="true")
    waiting = await client.get(f"{home}/granted")
    window = await Guest(client).open(await answer(client, consent, "all"))
    granted = await client.get(f"{home}/granted")
    await guest.send("/granted")
    assert waiting.json() == {"granted": False}
    assert "Access granted" in window.text
    assert "/systems/" not in window.page
    assert granted.json() == {"granted": True}
    assert guest.answer["code"]


async def test_nothing_can_be_finished_before_the_consent(
    client: Client, database: Database, cast: Cast, app: App
) -> None:
    guest = await arrive(client, app, system=SYSTEM)
    await leave(guest)
    for step in ("/review", "/updates", "/granted"):
        await guest.send(step)
        assert guest.away == ""
    assert await connections_of(database, cast.alice) == []


async def test_neither_verifier_nor_token_is_in_a_page_or_address(client: Client, app: App) -> None:
    guest = await arrive(client, app, system=SYSTEM)
    await leave(guest)
    page = html.unescape(guest.page)
    assert re.findall("code_challenge=[\\w-]+", page)
    assert "code_verifier" not in page
