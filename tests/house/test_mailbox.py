"""A whole Drawbar without a mail server: every journey that leads through a letter, to its end."""

import base64
import re
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from tests.support.house import House, house
from tests.support.patience import seen_within

OWN = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
OLD, NEW = "the first of Rosa's words", "the second of Rosa's words"
ROSA, OLGA, TOMAS = "rosa@plant.example", "olga@plant.example", "tomas@elsewhere.example"


class Person:
    """Somebody at a browser of their own, who also opens the letters of the mailbox folder."""

    def __init__(self, home: House) -> None:
        self._mailbox = home.data / "mailbox"
        self._address = f"http://127.0.0.1:{home.port}"
        self._browser = httpx.Client(base_url=self._address, headers=OWN, timeout=20)

    def get(self, path: str) -> httpx.Response:
        """Open a page; redirects are not followed."""
        return self._browser.get(path)

    def post(self, path: str, **form: str) -> httpx.Response:
        """Send a form."""
        return self._browser.post(path, data=form)

    def letters(self, to: str) -> list[str]:
        """Return the texts of all letters to an address, oldest first."""
        opened = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted(self._mailbox.glob("*.eml"))
        ]
        return [str(one.get_content()) for one in opened if one["to"] == to]

    def link(self, to: str, nth: int) -> str:
        """Wait for somebody's n-th letter and return the path of its link."""
        assert seen_within(20, lambda: len(self.letters(to)) >= nth), f"no letter {nth} to {to}"
        (link,) = re.findall(rf"{self._address}(/\S+)", self.letters(to)[nth - 1])
        return str(link)

    def is_in(self) -> bool:
        """Whether the hub opens."""
        return self.get("/hub").status_code == httpx.codes.OK

    def close(self) -> None:
        """Close the browser's connections; its cookies are gone with it."""
        self._browser.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("house")) as ours:
        ours.env["DRAWBAR_SIGN_UP"] = "open"
        ours.start()
        yield ours


@pytest.fixture
def people(home: House) -> Iterator[list[Person]]:
    four = [Person(home) for _ in range(4)]
    yield four
    for one in four:
        one.close()


def set_up_second_factor(person: Person, password: str) -> list[str]:
    """Scan the code as an app does; return the recovery codes."""
    page = person.get("/account/second-factor").text
    (typed,) = re.findall(r"<code>([A-Z2-7 ]{39})</code>", page)
    (sealed,) = re.findall(r'name="sealed" value="([^"]+)"', page)
    app = TOTP(base64.b32decode(typed.replace(" ", "")), 6, SHA1(), 30)  # noqa: S303 - what apps do
    code = app.generate(int(time.time())).decode()
    on = person.post("/account/second-factor", sealed=sealed, code=code, current=password)
    (block,) = re.findall(r"<code>((?:[a-z2-7]{4}-){3}[a-z2-7]{4}\n[^<]+)</code>", on.text)
    return str(block).split()


def test_people_come_in_by_letter_and_get_back_in_by_letter(
    home: House, people: list[Person]
) -> None:
    olga, rosa, thief, tomas = people
    assert seen_within(10, lambda: bool(home.setup_link()))
    assert str(home.data / "mailbox") in home.log.read_text()

    owner = {"workspace_name": "Plant", "name": "Olga", "email": OLGA, "password": OLD}
    assert olga.post(home.setup_link().partition(str(home.port))[2], **owner).status_code == 303
    roles = {"hub_role": "developer", "asset_role": ""}
    olga.post("/hub/settings/people/invitations", email=ROSA, **roles)
    joined = rosa.post(rosa.link(ROSA, 1), name="Rosa", password=OLD)
    assert (joined.status_code, rosa.is_in()) == (303, True)

    assert thief.post("/login", email=ROSA, password=OLD).headers["location"] == "/"
    rosa.post("/forgot", email=ROSA)
    changed = rosa.post(rosa.link(ROSA, 2), password=NEW)
    assert changed.headers["location"] == "/login"
    assert [one.is_in() for one in (rosa, thief)] == [False, False]
    assert thief.post("/login", email=ROSA, password=OLD).status_code == 401
    assert rosa.post("/login", email=ROSA, password=NEW).headers["location"] == "/"

    recovery = set_up_second_factor(rosa, NEW)
    rosa.post("/sign-out")
    half = rosa.post("/login", email=ROSA, password=NEW)
    assert (half.headers["location"], rosa.is_in()) == ("/login/code", False)
    assert rosa.post("/login/code", code=recovery[0]).headers["location"] == "/"
    assert "9 recovery codes left" in rosa.get("/account").text

    tomas.post("/sign-up", email=TOMAS)
    form = {"workspace_name": "Elsewhere", "name": "Tomas", "password": NEW}
    assert tomas.post(tomas.link(TOMAS, 1), **form).headers["location"] == "/"
    credits = re.sub(r"<[^>]+>|\s+", " ", tomas.get("/hub/credits").text)
    assert re.search(r"Available\s+1\b", credits), credits
    assert all(secret not in home.log.read_text() for secret in (OLD, NEW, recovery[1]))


def test_letters_are_readable_by_the_operator_alone(home: House) -> None:
    folder: Path = home.data / "mailbox"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.glob("*.eml")} == {0o600}
