"""One's own account: browsers, language, and what a guesser at the door can and cannot do."""

from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from drawbar.identity.actions import LogInRefused, check_password, sign_in
from drawbar.identity.model import Visit
from drawbar.identity.throttle import TooOften
from drawbar.kit.db import Database
from tests.identity.conftest import Browser
from tests.support.cast import PASSWORD, Cast
from tests.support.clock import FakeClock

Client = AsyncTestClient[Any]
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def session_ids(text: str) -> list[str]:
    parts = text.split('action="/account/sessions/')[1:]
    return [part.partition("/end")[0] for part in parts if "/end" in part.partition('"')[0]]


async def wrong(database: Database, email: str, address: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(LogInRefused):
            await check_password(database, email, "a guess", Visit(address))


async def test_a_stranger_who_guesses_does_not_lock_the_owner_out(
    database: Database, cast: Cast
) -> None:
    email = cast.bob.email
    await wrong(database, email, "203.0.113.9", 10)
    with pytest.raises(TooOften):
        await sign_in(database, email, PASSWORD, Visit("203.0.113.9"))
    token = await sign_in(database, email, PASSWORD, Visit("198.51.100.7"))
    assert token.text


async def test_neighbours_in_one_ipv6_network_count_as_one(database: Database, cast: Cast) -> None:
    await wrong(database, cast.bob.email, "2001:db8:1:2::1", 10)
    with pytest.raises(TooOften):
        await sign_in(database, cast.bob.email, PASSWORD, Visit("2001:db8:1:2:ffff::9"))


async def test_an_attack_from_everywhere_leaves_the_persons_own_networks_open(
    database: Database, cast: Cast
) -> None:
    email, home = cast.bob.email, Visit("198.51.100.20")
    await sign_in(database, email, PASSWORD, home)
    for place in range(10):
        await wrong(database, email, f"203.0.113.{100 + place}", 10)
    with pytest.raises(TooOften):
        await sign_in(database, email, PASSWORD, Visit("198.51.100.21"))
    assert (await sign_in(database, email, PASSWORD, home)).text


async def test_a_person_ends_one_browser_or_all_others(client: Client, cast: Cast) -> None:
    here, phone, desk = Browser(client, cast.bob), Browser(client), Browser(client)
    await phone.sign_in(cast.bob.email, PASSWORD, User_Agent=FIREFOX)
    page = await here.get("/account")
    (phones,) = session_ids(page.text)
    ended = await here.post(f"/account/sessions/{phones}/end")
    out = await phone.get("/hub")
    await desk.sign_in(cast.bob.email, PASSWORD)
    await here.post("/account/sessions/end-others")
    assert "Firefox on Linux" in page.text
    assert "This one" in page.text
    assert ended.status_code == 303
    assert out.headers["location"] == "/login?next=/hub"
    assert (await desk.get("/hub")).headers["location"] == "/login?next=/hub"
    assert (await here.get("/hub")).status_code == 200


async def test_nobody_ends_somebody_elses_browser(client: Client, cast: Cast) -> None:
    phone = Browser(client)
    await phone.sign_in(cast.bob.email, PASSWORD)
    page = await Browser(client, cast.bob).get("/account")
    (bobs,) = session_ids(page.text)
    answer = await Browser(client, cast.mallory).post(f"/account/sessions/{bobs}/end")
    colleague = await Browser(client, cast.alice).post(f"/account/sessions/{bobs}/end")
    assert [answer.status_code, colleague.status_code] == [404, 404]
    assert (await phone.get("/hub")).status_code == 200


async def test_a_session_ends_after_five_days_without_use_and_lasts_while_used(
    client: Client, cast: Cast, clock: FakeClock
) -> None:
    used, idle = Browser(client), Browser(client)
    await used.sign_in(cast.bob.email, PASSWORD)
    await idle.sign_in(cast.bob.email, PASSWORD)
    clock.forward(days=4)
    first = await used.get("/hub")
    clock.forward(days=1, seconds=1)
    second = await used.get("/hub")
    ended = await idle.get("/hub")
    clock.forward(days=4)
    third = await used.get("/hub")
    clock.forward(days=5, seconds=-1)
    over = await used.get("/hub")
    assert [first.status_code, second.status_code, third.status_code] == [200, 200, 200]
    assert ended.headers["location"] == "/login?next=/hub"
    assert over.headers["location"] == "/login?next=/hub"


async def test_a_session_token_somebody_planted_is_never_taken_over(
    client: Client, cast: Cast
) -> None:
    victim = Browser(client)
    victim.cookies["drawbar_session"] = "planted"
    await victim.sign_in(cast.bob.email, PASSWORD)
    attacker = Browser(client)
    attacker.cookies["drawbar_session"] = "planted"
    assert victim.cookies["drawbar_session"] != "planted"
    assert (await attacker.get("/hub")).headers["location"] == "/login?next=/hub"


async def test_pages_are_in_the_persons_own_language_and_time_zone(
    client: Client, cast: Cast
) -> None:
    bob = Browser(client, cast.bob)
    profile = {"name": "Robert", "locale": "de", "time_zone": "America/New_York"}
    saved = await bob.post("/account/profile", profile)
    page = await bob.get("/account", **{"Accept-Language": "en"})
    assert saved.status_code == 303
    assert '<html lang="de">' in page.text
    assert 'value="Robert"' in page.text
    assert "23.11.2026, 01:00:00" in page.text


async def test_a_language_or_zone_that_is_none_is_told_beside_its_field(
    client: Client, cast: Cast
) -> None:
    profile = {"name": "", "locale": "xx", "time_zone": "Mars/Olympus"}
    answer = await Browser(client, cast.bob).post("/account/profile", profile)
    assert answer.status_code == 422
    assert "Write your name." in answer.text
    assert "Choose one of the languages shown." in answer.text
    assert "Write a zone such as Europe/Lisbon." in answer.text
    assert 'value="Mars/Olympus"' in answer.text


async def test_every_page_leads_to_the_account(client: Client, cast: Cast) -> None:
    page = await Browser(client, cast.carol).get("/hub")
    assert 'href="/account"' in page.text
