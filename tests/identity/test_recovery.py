"""A forgotten password, another address: what letters open, and what they do not."""

from typing import Any

from litestar.testing import AsyncTestClient

from drawbar.identity.throttle import LETTERS
from drawbar.kit.db import Database
from tests.identity.conftest import Browser
from tests.support.cast import PASSWORD, Cast
from tests.support.clock import FakeClock
from tests.support.letters import Post

Client = AsyncTestClient[Any]
ANOTHER = "another password entirely"


async def forget(browser: Browser, email: str, **headers: str) -> Any:
    return await browser.post("/forgot", {"email": email}, **headers)


async def test_a_forgotten_password_is_replaced_and_every_browser_signed_out(
    client: Client, cast: Cast, post: Post, stranger: Browser, database: Database
) -> None:
    await forget(stranger, cast.bob.email)
    link = await post.link(cast.bob.email)
    page = await stranger.get(link)
    done = await stranger.post(link, {"password": ANOTHER})
    inside = await Browser(client, cast.bob).get("/hub")
    old = await Browser(client).sign_in(cast.bob.email, PASSWORD)
    new = await Browser(client).sign_in(cast.bob.email, ANOTHER)
    async with database.reading(cast.bob.workspace_id) as tx:
        told = await tx.fetchval(
            "SELECT count(*) FROM audit_entries WHERE action = 'member.password_changed' "
            "AND subject_id = $1",
            cast.bob.id,
        )
    assert cast.bob.email in page.text
    assert (done.status_code, done.headers["location"]) == (303, "/login")
    assert inside.headers["location"] == "/login?next=/hub"
    assert [old.status_code, new.status_code] == [401, 303]
    assert await post.kinds(cast.bob.email) == ["reset", "password_changed"]
    assert told == 1


async def test_a_reset_link_works_once_for_an_hour_and_only_for_what_it_is(
    cast: Cast, post: Post, stranger: Browser, clock: FakeClock
) -> None:
    await forget(stranger, cast.bob.email)
    link = await post.link(cast.bob.email)
    token = link.rpartition("/")[2]
    other_kinds = [
        await stranger.post(f"/{kind}/{token}", {"password": ANOTHER, "name": "Eve"})
        for kind in ("confirm", "invitation")
    ]
    weak = await stranger.post(link, {"password": "short"})
    clock.forward(minutes=59)
    used = await stranger.post(link, {"password": ANOTHER})
    again = await stranger.post(link, {"password": "yet another one"})
    await forget(stranger, cast.bob.email)
    late = await post.link(cast.bob.email)
    clock.forward(hours=1)
    ended = await stranger.get(late)
    assert {answer.status_code for answer in other_kinds} == {404}
    assert (weak.status_code, "Use at least 10" in weak.text) == (422, True)
    assert [used.status_code, again.status_code, ended.status_code] == [303, 404, 404]


async def test_all_letters_asked_for_before_die_with_the_first_that_is_used(
    cast: Cast, post: Post, stranger: Browser
) -> None:
    await forget(stranger, cast.bob.email)
    first = await post.link(cast.bob.email)
    await forget(stranger, cast.bob.email)
    second = await post.link(cast.bob.email)
    await stranger.post(second, {"password": ANOTHER})
    assert (await stranger.get(first)).status_code == 404


async def test_nobody_learns_from_the_page_whether_an_address_has_an_account(
    cast: Cast, post: Post, stranger: Browser
) -> None:
    nobody = f"nobody-{cast.alice.id.hex}@example.com"
    known = await forget(stranger, cast.alice.email)
    unknown = await forget(stranger, nobody)
    assert known.status_code == unknown.status_code == 201
    assert known.text.replace(cast.alice.email, "") == unknown.text.replace(nobody, "")
    assert await post.kinds(cast.alice.email) == ["reset"]
    assert await post.to(nobody) == []


async def test_a_reset_links_host_is_the_operators_whatever_the_request_says(
    cast: Cast, post: Post, stranger: Browser
) -> None:
    poisoned = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    await forget(stranger, cast.alice.email, **poisoned)
    (letter,) = await post.to(cast.alice.email)
    assert "http://drawbar.test/reset/" in letter.text
    assert "evil" not in letter.text


async def test_a_reset_is_asked_for_from_our_own_page_only(stranger: Browser, cast: Cast) -> None:
    foreign = await forget(stranger, cast.alice.email, **{"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403


async def test_strangers_fill_nobodys_mailbox(cast: Cast, post: Post, stranger: Browser) -> None:
    answers = [await forget(stranger, cast.carol.email) for _ in range(LETTERS[0].most + 1)]
    assert [answer.status_code for answer in answers] == [201] * LETTERS[0].most + [429]
    assert answers[-1].headers["retry-after"] == "3600"
    assert len(await post.to(cast.carol.email)) == LETTERS[0].most


async def test_changing_the_password_asks_for_it_and_signs_other_browsers_out(
    client: Client, cast: Cast, post: Post
) -> None:
    here, there = Browser(client, cast.bob), Browser(client)
    await there.sign_in(cast.bob.email, PASSWORD)
    wrong = await here.post("/account/password", {"current": "a guess", "password": ANOTHER})
    still = await there.get("/hub")
    right = await here.post("/account/password", {"current": PASSWORD, "password": ANOTHER})
    out = await there.get("/hub")
    kept = await here.get("/hub")
    assert (wrong.status_code, "This is not your password." in wrong.text) == (422, True)
    assert still.status_code == 200
    assert right.status_code == 303
    assert (out.headers["location"], kept.status_code) == ("/login?next=/hub", 200)
    assert await post.kinds(cast.bob.email) == ["password_changed"]


async def test_another_address_counts_once_its_letter_is_opened_and_the_old_one_is_told(
    client: Client, cast: Cast, post: Post, stranger: Browser
) -> None:
    bob, new = Browser(client, cast.bob), f"new-{cast.bob.id.hex}@example.com"
    await forget(stranger, cast.bob.email)
    stolen = await post.link(cast.bob.email)
    await bob.post("/account/email", {"email": new, "current": PASSWORD})
    before = await Browser(client).sign_in(new, PASSWORD)
    link = await post.link(new)
    await stranger.get(link)
    confirmed = await stranger.post(link)
    again = await stranger.post(link)
    after = await Browser(client).sign_in(new, PASSWORD)
    old = await Browser(client).sign_in(cast.bob.email, PASSWORD)
    assert [before.status_code, after.status_code, old.status_code] == [401, 303, 401]
    assert [confirmed.status_code, again.status_code] == [303, 404]
    assert await post.kinds(cast.bob.email) == ["reset", "email_changed"]
    assert (await stranger.get(stolen)).status_code == 404


async def test_an_address_of_somebody_else_is_not_given_away_nor_told(
    client: Client, cast: Cast, post: Post
) -> None:
    bob = Browser(client, cast.bob)
    answer = await bob.post("/account/email", {"email": cast.mallory.email, "current": PASSWORD})
    unknown = await bob.post(
        "/account/email", {"email": f"x-{cast.bob.id.hex}@example.com", "current": PASSWORD}
    )
    (letter,) = await post.to(cast.mallory.email)
    assert answer.status_code == unknown.status_code == 303
    assert (letter.kind, "/confirm/" in letter.text) == ("known_already", False)


async def test_a_new_address_needs_the_password(client: Client, cast: Cast, post: Post) -> None:
    new = f"new-{cast.bob.id.hex}@example.com"
    answer = await Browser(client, cast.bob).post(
        "/account/email", {"email": new, "current": "a guess"}
    )
    assert (answer.status_code, f'value="{new}"' in answer.text) == (422, True)
    assert await post.to(new) == []
