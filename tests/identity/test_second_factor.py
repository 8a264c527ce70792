"""The second factor: RFC 6238's codes, each accepted once, and what guessing gets."""

import base64
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from litestar.testing import AsyncTestClient

from drawbar.identity.totp import step_of
from drawbar.kit.db import Database
from tests.identity.conftest import Browser
from tests.support.cast import PASSWORD, Cast, Person
from tests.support.clock import FakeClock
from tests.support.letters import Post

Client = AsyncTestClient[Any]
PATH = "/account/second-factor"
RFC_SECRET = b"12345678901234567890"


class App:
    """An authenticator app, which knows the secret and the time."""

    def __init__(self, secret: bytes, clock: FakeClock) -> None:
        self._totp = TOTP(secret, 6, SHA1(), 30)  # noqa: S303 - what apps do
        self._clock = clock

    def code(self) -> str:
        """Return what the app shows now."""
        return self._totp.generate(int(self._clock.now.timestamp())).decode()


async def set_up(client: Client, person: Person, clock: FakeClock) -> tuple[App, list[str]]:
    """Switch the person's second factor on; return app and recovery codes."""
    browser = Browser(client, person)
    page = (await browser.get(PATH)).text
    (typed,) = re.findall(r"<code>([A-Z2-7 ]{39})</code>", page)
    (sealed,) = re.findall(r'name="sealed" value="([^"]+)"', page)
    app = App(base64.b32decode(typed.replace(" ", "")), clock)
    form = {"sealed": sealed, "code": app.code(), "current": PASSWORD}
    done = await browser.post(PATH, form)
    assert done.status_code == 201, done.text
    (block,) = re.findall(r"<code>((?:[a-z2-7]{4}-){3}[a-z2-7]{4}\n[^<]+)</code>", done.text)
    clock.forward(seconds=30)
    return app, block.split()


async def with_password(client: Client, person: Person) -> Browser:
    browser = Browser(client)
    answer = await browser.sign_in(person.email, PASSWORD)
    assert answer.headers["location"] == "/login/code"
    return browser


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_rfc_6238_appendix_b(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)
    assert step_of(RFC_SECRET, code, moment, digits=8) == seconds // 30


def test_a_code_a_minute_old_is_no_code() -> None:
    totp = TOTP(RFC_SECRET, 6, SHA1(), 30)  # noqa: S303 - what apps do
    code = totp.generate(3000).decode()
    assert step_of(RFC_SECRET, code, datetime.fromtimestamp(3030, UTC)) == 100
    assert step_of(RFC_SECRET, code, datetime.fromtimestamp(3060, UTC)) is None


async def test_signing_in_asks_for_password_and_code(
    client: Client, cast: Cast, clock: FakeClock, post: Post, database: Database
) -> None:
    app, _ = await set_up(client, cast.bob, clock)
    browser = await with_password(client, cast.bob)
    halfway = await browser.get("/hub")
    page = await browser.get("/login/code")
    done = await browser.post("/login/code", {"code": app.code(), "next": "/hub/records"})
    inside = await browser.get("/hub/records")
    async with database.reading(cast.bob.workspace_id) as tx:
        told = await tx.fetchval(
            "SELECT action FROM audit_entries WHERE subject_id = $1 ORDER BY at DESC LIMIT 1",
            cast.bob.id,
        )
    assert halfway.headers["location"] == "/login?next=/hub"
    assert "Enter a code" in page.text
    assert (done.status_code, done.headers["location"]) == (303, "/hub/records")
    assert inside.status_code == 200
    assert told == "member.second_factor_on"
    assert await post.kinds(cast.bob.email) == ["second_factor_changed"]


async def test_a_code_is_not_accepted_twice_within_its_time(
    client: Client, cast: Cast, clock: FakeClock
) -> None:
    app, _ = await set_up(client, cast.bob, clock)
    seen = app.code()
    first = await (await with_password(client, cast.bob)).post("/login/code", {"code": seen})
    over_the_shoulder = await with_password(client, cast.bob)
    replayed = await over_the_shoulder.post("/login/code", {"code": seen})
    clock.forward(seconds=30)
    fresh = await over_the_shoulder.post("/login/code", {"code": app.code()})
    assert [first.status_code, replayed.status_code, fresh.status_code] == [303, 401, 303]


async def test_five_wrong_codes_end_the_step_and_ten_pause_it_even_for_the_right_one(
    client: Client, cast: Cast, clock: FakeClock
) -> None:
    app, _ = await set_up(client, cast.bob, clock)
    first, second = [await with_password(client, cast.bob) for _ in range(2)]
    wrong = [await first.post("/login/code", {"code": "000000x"}) for _ in range(5)]
    ended = await first.post("/login/code", {"code": app.code()})
    more = [await second.post("/login/code", {"code": "000000x"}) for _ in range(5)]
    third = await with_password(client, cast.bob)
    paused = await third.post("/login/code", {"code": app.code()})
    clock.forward(minutes=16)
    later = await with_password(client, cast.bob)
    fine = await later.post("/login/code", {"code": app.code()})
    assert {answer.status_code for answer in (*wrong, *more)} == {401}
    assert "Give your password again" in ended.text
    assert (paused.status_code, fine.status_code) == (429, 303)


async def test_the_second_step_ends_after_ten_minutes(
    client: Client, cast: Cast, clock: FakeClock
) -> None:
    app, _ = await set_up(client, cast.bob, clock)
    browser = await with_password(client, cast.bob)
    clock.forward(minutes=10)
    late = await browser.post("/login/code", {"code": app.code()})
    page = await browser.get("/login/code")
    assert (late.status_code, page.headers["location"]) == (401, "/login")


async def test_a_recovery_code_signs_in_once_however_it_is_typed_and_is_told_by_letter(
    client: Client, cast: Cast, clock: FakeClock, post: Post
) -> None:
    _, codes = await set_up(client, cast.bob, clock)
    typed = f" {codes[0].upper().replace('-', ' ')} "
    browser = await with_password(client, cast.bob)
    used = await browser.post("/login/code", {"code": typed})
    again = await (await with_password(client, cast.bob)).post("/login/code", {"code": codes[0]})
    account = await browser.get("/account")
    assert len(set(codes)) == 10
    assert [used.status_code, again.status_code] == [303, 401]
    assert "9 recovery codes left" in account.text
    assert await post.kinds(cast.bob.email) == ["second_factor_changed", "recovery_code_used"]


async def test_nobody_elses_code_or_recovery_code_fits(
    client: Client, cast: Cast, clock: FakeClock
) -> None:
    await set_up(client, cast.bob, clock)
    mallorys, codes = await set_up(client, cast.mallory, clock)
    browser = await with_password(client, cast.bob)
    app = await browser.post("/login/code", {"code": mallorys.code()})
    recovery = await browser.post("/login/code", {"code": codes[0]})
    assert [app.status_code, recovery.status_code] == [401, 401]


async def test_a_reset_of_the_password_leaves_the_second_factor_on(
    client: Client, cast: Cast, clock: FakeClock, post: Post
) -> None:
    await set_up(client, cast.bob, clock)
    thief = Browser(client)
    await thief.post("/forgot", {"email": cast.bob.email})
    await thief.post(await post.link(cast.bob.email), {"password": "the thief's choice"})
    entered = await thief.sign_in(cast.bob.email, "the thief's choice")
    assert entered.headers["location"] == "/login/code"
    assert "drawbar_session" not in thief.cookies


async def test_switching_it_off_takes_password_and_code(
    client: Client, cast: Cast, clock: FakeClock, post: Post
) -> None:
    app, _ = await set_up(client, cast.bob, clock)
    browser = Browser(client, cast.bob)
    no_code = await browser.post(f"{PATH}/end", {"current": PASSWORD, "code": "123"})
    no_password = await browser.post(f"{PATH}/end", {"current": "guess", "code": app.code()})
    still = await Browser(client).sign_in(cast.bob.email, PASSWORD)
    off = await browser.post(f"{PATH}/end", {"current": PASSWORD, "code": app.code()})
    plain = await Browser(client).sign_in(cast.bob.email, PASSWORD)
    assert [no_code.status_code, no_password.status_code] == [422, 422]
    assert still.headers["location"] == "/login/code"
    assert off.headers["location"] == "/account"
    assert plain.headers["location"] == "/"
    assert (await post.kinds(cast.bob.email))[-1] == "second_factor_changed"


async def test_new_recovery_codes_end_the_old_ones(
    client: Client, cast: Cast, clock: FakeClock
) -> None:
    app, old = await set_up(client, cast.bob, clock)
    form = {"current": PASSWORD, "code": app.code()}
    renewed = await Browser(client, cast.bob).post(f"{PATH}/codes", form)
    used = await (await with_password(client, cast.bob)).post("/login/code", {"code": old[0]})
    assert "Keep these codes now" in renewed.text
    assert used.status_code == 401


async def test_an_offer_serves_only_whom_it_was_made_for_and_for_an_hour(
    client: Client, cast: Cast, clock: FakeClock
) -> None:
    page = (await Browser(client, cast.mallory).get(PATH)).text
    (typed,) = re.findall(r"<code>([A-Z2-7 ]{39})</code>", page)
    (sealed,) = re.findall(r'name="sealed" value="([^"]+)"', page)
    app = App(base64.b32decode(typed.replace(" ", "")), clock)
    form = {"sealed": sealed, "code": app.code(), "current": PASSWORD}
    other = await Browser(client, cast.bob).post(PATH, form)
    clock.forward(hours=1, seconds=-1)
    mistyped = await Browser(client, cast.mallory).post(PATH, {**form, "code": "000 00"})
    clock.forward(seconds=2)
    late = await Browser(client, cast.mallory).post(PATH, {**form, "code": app.code()})
    assert [other.status_code, mistyped.status_code, late.status_code] == [400, 422, 400]


async def test_the_database_holds_neither_the_secret_nor_a_recovery_code(
    client: Client, cast: Cast, clock: FakeClock, database: Database
) -> None:
    _, codes = await set_up(client, cast.bob, clock)
    async with database.as_system("tests") as tx:
        rows = await tx.fetch(
            "SELECT encode(code_hash, 'escape') FROM recovery_codes WHERE user_id = $1",
            cast.bob.id,
        )
    async with database.reading(cast.bob.workspace_id) as tx:
        audit = await tx.fetch("SELECT before::text, after::text FROM audit_entries")
    assert len(rows) == 10
    assert codes[0].replace("-", "") not in str(rows)
    assert codes[0] not in str(audit)
