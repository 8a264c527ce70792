"""A vendor's application, its customer at a browser, and the sandbox as the customer's system."""

import base64
import hashlib
import html
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from litestar.testing import AsyncTestClient

from drawbar.identity import application_store, store
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import Database
from drawbar.workspaces import credits
from tests.support.cast import Person
from tests.sync.world import World

BACK = "https://vendor.example/connected?from=link"
VERIFIER = "v" * 43
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
)
PLAIN = {"credentials.user": "demo", "credentials.password": "correct-horse-7f"}
"""What the sandbox takes."""


@dataclass(frozen=True)
class App:
    """An OAuth client of a person's workspace."""

    id: UUID
    workspace_id: UUID
    client_id: str
    secret: str

    def asks(self, **changes: str) -> dict[str, str]:
        """Return the parameters of a sound request."""
        return {
            "client_id": self.client_id,
            "redirect_uri": BACK,
            "response_type": "code",
            "state": "s-4711",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        } | changes


async def an_application(
    database: Database,
    person: Person,
    *,
    name: str = "Fleet Planner",
    environment: str = "production",
    redirect_uris: tuple[str, ...] = (BACK, "https://app.vendor.example/cb"),
    colour: str = "#ffdd00",
    asks_for_webhook: bool = False,
    credits_granted: int = 2,
) -> App:
    """Make an application, and grant its workspace some credits."""
    app = App(uuid4(), person.workspace_id, f"dbi_{uuid4().hex}", new_secret("dbs_"))
    async with database.writing(person.workspace_id) as tx:
        await store.add_application(
            tx,
            app.id,
            name,
            app.client_id,
            fingerprint(app.secret),
            environment,
            redirect_uris,
        )
        found = await application_store.application(tx, app.id)
        assert found is not None
        look = {"colour": colour, "asks_for_webhook": asks_for_webhook}
        await application_store.save_application(tx, type(found)(**(_fields(found) | look)))
        if credits_granted:
            await credits.grant(tx, credits_granted, "tests")
    return app


def _fields(thing: Any) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in thing.__struct_fields__}


@dataclass
class Answer:
    """What a server said."""

    status_code: int
    text: str
    headers: dict[str, str]


@dataclass
class RealWire:
    """Sends requests to the real server of a world."""

    world: World

    async def request(self, method: str, url: str, **options: Any) -> Answer:
        """Send it and return the answer; no redirect is followed."""
        options.pop("follow_redirects", None)
        async with self.world.session.request(
            method, self.world.address + url, allow_redirects=False, **options
        ) as answer:
            headers = {name.lower(): text for name, text in answer.headers.items()}
            return Answer(answer.status, await answer.text(), headers)


Wire = AsyncTestClient[Any] | RealWire


@dataclass
class Guest:
    """The customer at a browser; follows redirects on our side only.

    No page sets a cookie, but for the way to a consent page and back.
    """

    wire: Wire
    language: str = "en"
    path: str = ""
    page: str = ""
    status: int = 0
    away: str = ""
    """Where the last answer led outside of Link."""
    headers: dict[str, str] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    """Every address and page so far."""

    async def open(self, path: str, params: dict[str, str] | None = None) -> "Guest":
        """Go to an address."""
        return await self._go("GET", path, params=params)

    async def send(self, path: str, **form: str) -> "Guest":
        """Send a form to a step of this visit."""
        return await self._go("POST", self.home + path, data=form)

    async def connect(self, system: str = "sandbox", **changes: str) -> "Guest":
        """Fill the form of a system and send it."""
        return await self.send(f"/systems/{system}", **(PLAIN | changes))

    @property
    def home(self) -> str:
        """The visit's own address."""
        found = re.search(r"/link/s/[^/?#\"]+", self.path)
        assert found, self.path
        return found.group()

    @property
    def token(self) -> str:
        """The visit's token."""
        return self.home.rpartition("/")[2]

    @property
    def text(self) -> str:
        """The page's words, without markup."""
        return _words(self.page)

    @property
    def answer(self) -> dict[str, str]:
        """What the application was told by a redirect."""
        return {name: value[0] for name, value in parse_qs(urlsplit(self.away).query).items()}

    def error_of(self, name: str) -> str:
        """Return what stands beside a field as its error, or nothing."""
        found = re.search(rf'id="{re.escape(name)}-error">(.*?)</p>', self.page, re.DOTALL)
        return _words(found[1]) if found else ""

    async def _go(self, method: str, path: str, **options: Any) -> "Guest":
        headers = {"Accept": "text/html", "Accept-Language": self.language}
        self.away = ""
        for _ in range(6):
            answer = await self.wire.request(
                method, path, headers=headers, follow_redirects=False, **options
            )
            cookie = answer.headers.get("set-cookie", "drawbar_consent_")
            assert cookie.startswith("drawbar_consent_")
            leads_to = answer.headers.get("location", "")
            self.seen += [path, answer.text, leads_to]
            self.status, self.page, self.headers = (
                answer.status_code,
                answer.text,
                dict(answer.headers),
            )
            if not leads_to:
                self.path = path
                return self
            if not leads_to.startswith("/link/"):
                self.away = leads_to
                return self
            method, path, options = "GET", leads_to, {}
        raise AssertionError(f"{path} leads nowhere")


def _words(markup: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup))).strip()


async def arrive(wire: Wire, app: App, **changes: str) -> Guest:
    """Open Link as the application's page would."""
    return await Guest(wire).open("/link/authorize", app.asks(**changes))
