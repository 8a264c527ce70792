"""What the webhook tests stand on: a receiver that remembers, subscriptions, the routes served."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from aiohttp import web
from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.testing import AsyncTestClient

from drawbar.assettracs.kinds import EVENT_TYPES
from drawbar.audit.model import drawbar
from drawbar.identity import store as identity
from drawbar.kit.crypto import Vault, fingerprint, new_secret
from drawbar.kit.db import Database
from drawbar.kit.http.limits import Limits
from drawbar.kit.http.parameters import refuse_undeclared
from drawbar.kit.http.problems import problem_response
from drawbar.kit.http.provided import provided
from drawbar.kit.http.responses import Json
from drawbar.kit.listing import Cursors
from drawbar.kit.outgoing import OutgoingHttp
from drawbar.kit.settings import Settings
from drawbar.webhooks import endpoints, outbox, store
from drawbar.webhooks.api import admin_routes, asset_routes, connection_routes
from drawbar.webhooks.endpoints import VettedUrl
from drawbar.webhooks.model import (
    Attempt,
    Endpoint,
    Message,
    NewEndpoint,
    audience_of,
    message_id,
)
from tests.support.cast import Person
from tests.support.receivers import receiver

Serve = Callable[[Settings], AbstractAsyncContextManager[AsyncTestClient[Litestar]]]


class Inbox:
    """Remembers what came in; answers with the status, headers and body it is told to."""

    def __init__(self) -> None:
        self.received: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body = b"thanks"
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        """Take a message."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append((headers, await request.read()))
        return web.Response(status=self.status, headers=self.headers, body=self.body)

    def ids(self) -> list[str]:
        """The `webhook-id` of each message, in the order they came."""
        return [headers["webhook-id"] for headers, _ in self.received]


@asynccontextmanager
async def open_inbox() -> AsyncIterator[Inbox]:
    """An inbox on a port of its own."""
    inbox = Inbox()
    async with receiver(inbox.answer) as port:
        inbox.url = f"http://127.0.0.1:{port}/hook"
        yield inbox


async def subscribe(
    database: Database,
    vault: Vault,
    person: Person,
    url: str,
    event_types: Sequence[str] = ("*",),
    headers: dict[str, str] | None = None,
) -> tuple[Endpoint, str]:
    """An endpoint of the person's workspace, and its secret."""
    wanted = NewEndpoint(url=url, event_types=[*event_types], headers=headers or {})
    async with database.writing(person.workspace_id) as tx:
        return await endpoints.create(
            tx,
            drawbar(person.workspace_id, "tests"),
            vault,
            audience_of(event_types[0]),
            VettedUrl(url),
            wanted,
            known=event_types,
        )


async def publish(
    database: Database,
    person: Person,
    *,
    count: int = 1,
    type: str = "assets.updated",
    connection_id: UUID | None = None,
) -> list[str]:
    """Publish so many events, a transaction each; return their `webhook-id`s."""
    ids = []
    for number in range(count):
        async with database.writing(person.workspace_id) as tx:
            id = await outbox.publish(tx, type, {"number": number}, connection_id=connection_id)
        ids.append(message_id(id))
    return ids


async def messages_of(database: Database, person: Person) -> list[Message]:
    """All messages of the person's workspace, oldest first."""
    async with database.reading(person.workspace_id) as tx:
        rows = await tx.fetch("SELECT id FROM webhook_deliveries ORDER BY created_at, event_id")
        return [await store.message(tx, row["id"], None) for row in rows]


async def only_message(database: Database, person: Person) -> Message:
    """The one message of the person's workspace."""
    (message,) = await messages_of(database, person)
    return message


async def attempts_of(database: Database, person: Person, message: Message) -> list[Attempt]:
    """All tries of a message, oldest first."""
    async with database.reading(person.workspace_id) as tx:
        return (await store.message_with_attempts(tx, message.id, None)).attempts


async def admin_token(database: Database, person: Person) -> str:
    """A token of the Admin API for the person's workspace."""
    token, id = new_secret("t_"), uuid4()
    async with database.writing(person.workspace_id) as tx:
        await identity.add_application(tx, id, "app", uuid4().hex, b"", "development")
        await _add_token(tx, token, "admin", tx.now, person, application_id=id)
    return token


async def connection_token(database: Database, person: Person, connection_id: UUID) -> str:
    """A token of one connection in the person's workspace."""
    token = new_secret("t_")
    async with database.writing(person.workspace_id) as tx:
        await _add_token(tx, token, "connection", tx.now, person, connection_id=connection_id)
    return token


async def asset_admin_key(database: Database, person: Person) -> str:
    """An asset API key that may administer."""
    key = new_secret("k_")
    async with database.writing(person.workspace_id) as tx:
        await identity.add_api_key(tx, uuid4(), "a", "k_", fingerprint(key), ["admin"])
    return key


async def _add_token(
    tx: Any, token: str, kind: str, now: datetime, person: Person, **owner: UUID
) -> None:
    expires_at = now.replace(year=now.year + 1)
    await identity.add_access_token(
        tx, fingerprint(token), kind, expires_at, workspace_id=person.workspace_id, **owner
    )


@asynccontextmanager
async def webhook_api(
    open_database: Callable[[], AbstractAsyncContextManager[Database]],
    vault: Vault,
    settings: Settings,
) -> AsyncIterator[AsyncTestClient[Litestar]]:
    """The routes of webhooks at their places, and nothing else."""

    @asynccontextmanager
    async def connected(app: Litestar) -> AsyncIterator[None]:
        async with open_database() as database, OutgoingHttp(settings.allow_networks) as http:
            app.state.database = database
            app.state.http = http
            yield

    places = {
        "/admin/v1": admin_routes(),
        "/assettracs/api/v1": asset_routes(EVENT_TYPES),
        "/api/v1": connection_routes(),
    }
    app = Litestar(
        route_handlers=[
            Router(path, route_handlers=routes, before_request=refuse_undeclared)
            for path, routes in places.items()
        ],
        state=State(
            {
                "vault": vault,
                "settings": settings,
                "cursors": Cursors(vault.subkey("cursors")),
                "limits": Limits(),
            }
        ),
        lifespan=[connected],
        dependencies=provided(),
        response_class=Json,
        exception_handlers={Exception: problem_response},
        pdb_on_exception=False,
    )
    async with AsyncTestClient(app, base_url="http://drawbar.test") as client:
        yield client


def bearer(token: str) -> dict[str, str]:
    """The header that carries a token or key."""
    return {"Authorization": f"Bearer {token}"}
