"""Letters: sealed in the database, posted over SMTP or into the mailbox, not lost on the way."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.jobs import Worker
from drawbar.kit.mail import Letter, jobs, send
from drawbar.kit.mail.letters import message_of, sender_of
from drawbar.kit.settings import Settings
from tests.support.clock import FakeClock
from tests.support.database import TestServer
from tests.support.patience import until
from tests.support.receivers import certificate
from tests.support.web import free_port

LETTER = Letter(
    to="rosa@example.com",
    subject="Your invitation",
    text="Come in:\nhttp://drawbar.test/invitation/the-one-time-token\n\nBis später, Zoë",
    kind="invitation",
)
WORKSPACE = UUID("018f7c3a-0000-7000-8000-0000000000a1")


class PostOffice:
    """A mail server's own side: what it took, and what it refuses."""

    def __init__(self, refusal: str = "") -> None:
        self.taken: list[Envelope] = []
        self.refusal = refusal

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(envelope)
        return "250 OK"

    def message(self) -> Any:
        """Return the only message taken."""
        (envelope,) = self.taken
        assert isinstance(envelope.content, bytes)
        return message_from_bytes(envelope.content, policy=policy.default)


@contextmanager
def open_office(office: PostOffice, port: int, **options: Any) -> Iterator[None]:
    controller = Controller(office, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def only_drawbar(_server: Any, _session: Any, _envelope: Any, _how: str, given: Any) -> AuthResult:
    return AuthResult(success=(given.login, given.password) == (b"drawbar", b"p@ss/word"))


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def settings(tmp_path: Path, port: int) -> Settings:
    url = f"smtp://drawbar:p%40ss%2Fword@localhost:{port}"
    return Settings(data=tmp_path, public_url="https://drawbar.test", smtp_url=url)


async def queued(database: Database, vault: Vault, letter: Letter = LETTER) -> UUID:
    async with database.writing(WORKSPACE) as tx:
        await send(tx, vault, letter)
    (id,) = await letters(database)
    return id


async def letters(database: Database) -> list[UUID]:
    async with database.as_system("tests") as tx:
        return [row["id"] for row in await tx.fetch("SELECT id FROM letters")]


@pytest.fixture(autouse=True)
async def no_letters(database: Database) -> None:
    async with database.as_system("tests") as tx:
        await tx.execute("DELETE FROM letters")


async def test_a_letter_reaches_a_server_that_asks_for_encryption_and_a_password(
    database: Database, vault: Vault, settings: Settings, port: int, tmp_path: Path
) -> None:
    id = await queued(database, vault)
    office, (ours, trust) = PostOffice(), certificate(tmp_path, "localhost")
    asked = {"tls_context": ours, "require_starttls": True, "auth_required": True}
    with open_office(office, port, authenticator=only_drawbar, **asked):
        await jobs.post_letter(database, vault, settings, id, trust=trust)
    message = office.message()
    assert message["to"] == LETTER.to
    assert message["from"] == "Drawbar <drawbar@drawbar.test>"
    assert message["message-id"] == f"<{id}@drawbar.test>"
    assert message.get_content().replace("\r\n", "\n").strip() == LETTER.text
    assert await letters(database) == []


async def test_a_server_with_a_certificate_nobody_vouches_for_gets_no_letter_and_no_password(
    database: Database, vault: Vault, settings: Settings, port: int, tmp_path: Path
) -> None:
    id = await queued(database, vault)
    office, (ours, _) = PostOffice(), certificate(tmp_path, "localhost")
    with open_office(office, port, tls_context=ours), pytest.raises(ssl.SSLError):
        await jobs.post_letter(database, vault, settings, id)
    assert office.taken == []
    assert await letters(database) == [id]


async def test_a_server_without_encryption_gets_no_letter_unless_the_operator_said_so(
    database: Database, vault: Vault, settings: Settings, port: int
) -> None:
    id = await queued(database, vault)
    plain = msgspec.structs.replace(settings, smtp_url=f"smtp://127.0.0.1:{port}?tls=none")
    office = PostOffice()
    with open_office(office, port):
        with pytest.raises(Exception, match="STARTTLS extension not supported"):
            await jobs.post_letter(database, vault, settings, id)
        await jobs.post_letter(database, vault, plain, id)
    assert office.message()["subject"] == "Your invitation"


async def test_the_database_never_holds_the_link_in_the_clear(
    database: Database, vault: Vault, server: TestServer
) -> None:
    await queued(database, vault)
    everything = await asyncpg.connect(server.superuser_url)
    rows = await everything.fetch(
        "SELECT l::text, encode(sealed_letter, 'escape') FROM letters l "
        "UNION ALL SELECT encode(payload, 'escape'), '' FROM pgqueuer"
    )
    await everything.close()
    assert rows
    assert "one-time-token" not in str(rows)
    assert "rosa" not in str(rows)


async def test_the_app_may_queue_letters_but_read_none(database: Database, vault: Vault) -> None:
    await queued(database, vault)
    async with database.reading(WORKSPACE) as tx:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await tx.fetch("SELECT id FROM letters")


async def test_a_letter_exists_only_if_its_fact_does(database: Database, vault: Vault) -> None:
    async def fails() -> None:
        async with database.writing(WORKSPACE) as tx:
            await send(tx, vault, LETTER)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails()
    assert await letters(database) == []


@asynccontextmanager
async def working(url: str, handlers: Any) -> AsyncIterator[None]:
    worker = Worker(url, handlers)
    running = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await asyncio.wait_for(running, 10)


async def test_without_a_server_the_worker_puts_letters_into_a_private_mailbox(
    database: Database, vault: Vault, settings: Settings, server: TestServer, tmp_path: Path
) -> None:
    at_hand = msgspec.structs.replace(settings, smtp_url="")
    id = await queued(database, vault)

    async def posted() -> bool:
        return await letters(database) == []

    async with working(server.app_url, jobs.handlers(database, vault, at_hand)):
        await until(posted, within_s=15)
    path = tmp_path / "mailbox" / f"{id}.eml"
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert message["to"] == LETTER.to
    assert "Zoë" in message.get_content()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


async def test_a_letter_refused_for_good_is_not_tried_again(
    database: Database, vault: Vault, settings: Settings, port: int
) -> None:
    id = await queued(database, vault)
    plain = msgspec.structs.replace(settings, smtp_url=f"smtp://127.0.0.1:{port}?tls=none")
    with open_office(PostOffice("550 No such person"), port):
        await jobs.post_letter(database, vault, plain, id)
    assert await letters(database) == []


async def test_a_letter_refused_for_now_waits_and_is_queued_again_for_two_days(
    database: Database, vault: Vault, settings: Settings, port: int, clock: FakeClock
) -> None:
    id = await queued(database, vault)
    plain = msgspec.structs.replace(settings, smtp_url=f"smtp://127.0.0.1:{port}?tls=none")
    with (
        open_office(PostOffice("451 Come back later"), port),
        pytest.raises(Exception, match="451"),
    ):
        await jobs.post_letter(database, vault, plain, id)
    async with database.as_system("tests") as tx:
        await tx.execute("DELETE FROM pgqueuer")
    clock.forward(hours=47)
    await jobs.post_left_over(database)
    async with database.as_system("tests") as tx:
        again = await tx.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'mail.post'")
    clock.now += timedelta(hours=2)
    await jobs.post_left_over(database)
    assert again == 1
    assert await letters(database) == []


async def test_a_letter_posted_twice_is_the_same_letter(
    database: Database, vault: Vault, settings: Settings, tmp_path: Path
) -> None:
    at_hand = msgspec.structs.replace(settings, smtp_url="")
    id = await queued(database, vault)
    await jobs.post_letter(database, vault, at_hand, id)
    await jobs.post_letter(database, vault, at_hand, id)
    assert [path.name for path in (tmp_path / "mailbox").iterdir()] == [f"{id}.eml"]


async def test_a_name_with_line_breaks_begins_no_header_of_its_own(clock: FakeClock) -> None:
    sly = msgspec.structs.replace(LETTER, subject="Ours\r\nBcc: all@example.com\u2028X: y\n\n<b>")
    sent = message_of(sly, uuid4(), clock(), "A\r\nBcc: b@example.com <drawbar@example.com>")
    read = message_from_bytes(sent.as_bytes(), policy=policy.default)
    assert read["subject"] == "Ours Bcc: all@example.com X: y <b>"
    assert read["bcc"] is None
    assert read["x"] is None


@pytest.mark.parametrize("to", ["rosa@example.com\r\nBcc: x@y.z", "a@b.c, d@e.f", "rosa", ""])
async def test_a_letter_goes_to_one_address_only(database: Database, vault: Vault, to: str) -> None:
    async with database.writing(WORKSPACE) as tx:
        with pytest.raises(ValueError, match="No letter"):
            await send(tx, vault, msgspec.structs.replace(LETTER, to=to))


def test_the_sender_is_the_operators_or_the_public_hosts() -> None:
    assert sender_of("", "https://hub.example.com:8443") == "Drawbar <drawbar@hub.example.com>"
    assert sender_of("", "http://localhost:8900") == "Drawbar <drawbar@localhost>"
    assert sender_of("Us <us@example.com>", "https://x.example") == "Us <us@example.com>"
