"""A source's grant is renewed before it ends, by one worker at a time, and never lost."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec
import pytest

from drawbar.audit import Actor
from drawbar.connections import actions, ending, store
from drawbar.connections.model import NewConnection, Secrets
from drawbar.connections.renewal import Renewal, RenewingSource, is_due
from drawbar.connectors.sdk.connector import Access, Consent, Requests, SourceHttp
from drawbar.connectors.sdk.errors import CredentialsRejected, SourceUnavailable
from drawbar.connectors.sdk.http import JsonHttp
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, open_database
from drawbar.kit.outgoing import OutgoingHttp, Response
from tests.support.cast import Cast
from tests.support.database import TestServer


class Grants:
    """An OAuth source that rotates refresh tokens and takes each only once."""

    def __init__(self) -> None:
        self.generation = 0
        self.refreshes = 0
        self.delay = 0.2
        self.is_down = False
        self.asked, self.answered = asyncio.Event(), asyncio.Event()

    def consent_url(self, credentials: Mapping[str, str], consent: Consent) -> str:
        raise NotImplementedError

    async def exchange(
        self, requests: Requests, credentials: Mapping[str, str], consent: Consent, code: str
    ) -> Mapping[str, str]:
        raise NotImplementedError

    async def refresh(
        self,
        requests: Requests,  # noqa: ARG002 - the protocol's
        credentials: Mapping[str, str],
    ) -> Mapping[str, str]:
        self.refreshes += 1
        self.asked.set()
        await asyncio.sleep(self.delay)
        if self.is_down:
            raise SourceUnavailable("no answer")
        if credentials["refresh_token"] != f"r{self.generation}":
            raise CredentialsRejected("invalid_grant")
        self.generation += 1
        self.answered.set()
        return credentials_of(self.generation, life=3600)

    async def request(
        self,
        method: str,  # noqa: ARG002 - the protocol's
        url: str,  # noqa: ARG002
        *,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> Response:
        current = (headers or {}).get("Authorization") == f"Bearer a{self.generation}"
        return Response(200 if current else 401, {}, b"{}", 1)


def credentials_of(generation: int, *, life: float) -> dict[str, str]:
    return {
        "access_token": f"a{generation}",
        "refresh_token": f"r{generation}",
        "expires_at": str(time.time() + life),
    }


class Worker:
    """A process of its own pool that calls the source."""

    def __init__(
        self, database: Database, workspace_id: UUID, id: UUID, grants: Grants, secrets: Secrets
    ) -> None:
        self.database = database
        vault = Vault(bytes(range(32)))
        self.renewal = Renewal(database, vault, workspace_id, id, grants, grants)

        def calls_with(credentials: Mapping[str, str]) -> SourceHttp:
            bearer = {"Authorization": f"Bearer {credentials['access_token']}"}
            return JsonHttp(grants, Access(address="http://source.test", headers=bearer))

        self.source = RenewingSource(self.renewal, secrets, calls_with)


@asynccontextmanager
async def two_workers(
    server: TestServer, cast: Cast, grants: Grants, *, life: float
) -> AsyncIterator[tuple[Worker, Worker, UUID]]:
    workspace_id, vault = cast.alice.workspace_id, Vault(bytes(range(32)))
    actor = Actor(kind="system", label="tests", workspace_id=workspace_id)
    wish = NewConnection(name="c", system="assettracs", credentials={})
    secrets = Secrets(credentials=credentials_of(0, life=life), obtained_at=time.time())
    async with (
        open_database(server.app_url, size=3) as first,
        open_database(server.app_url, size=3) as second,
    ):
        async with first.writing(workspace_id) as tx:
            id = (await actions.establish(tx, actor, wish, None)).id
            await store.seal(tx, vault, id, secrets)
        workers = [Worker(one, workspace_id, id, grants, secrets) for one in (first, second)]
        yield workers[0], workers[1], id


async def stored(worker: Worker, cast: Cast, id: UUID) -> dict[str, str]:
    async with worker.database.reading(cast.alice.workspace_id) as tx:
        secrets = await store.unseal(tx, Vault(bytes(range(32))), id)
    assert secrets is not None
    return secrets.credentials


async def test_two_workers_that_race_renew_once_and_both_go_on(
    server: TestServer, cast: Cast
) -> None:
    grants = Grants()
    async with two_workers(server, cast, grants, life=-1) as (first, second, id):
        answers = await asyncio.gather(
            *(worker.source.get("/x") for worker in (first, second, first, second))
        )
        assert answers == [b"{}"] * 4
        assert grants.refreshes == 1
        assert (await stored(first, cast, id))["refresh_token"] == "r1"


async def test_a_token_that_is_refused_early_is_renewed_once_and_the_call_repeated(
    server: TestServer, cast: Cast
) -> None:
    grants = Grants()
    async with two_workers(server, cast, grants, life=3600) as (first, _, id):
        async with first.database.writing(cast.alice.workspace_id) as tx:
            known = Secrets(credentials=await stored(first, cast, id), obtained_at=time.time())
            stale = {**known.credentials, "access_token": "ended"}
            replaced = msgspec.structs.replace(known, credentials=stale)
            await store.seal(tx, Vault(bytes(range(32))), id, replaced)
        with_stale = Worker(first.database, cast.alice.workspace_id, id, grants, replaced)
        assert await with_stale.source.get("/x") == b"{}"
        assert grants.refreshes == 1


async def test_a_grant_that_has_ended_is_told_and_its_claim_is_given_up(
    server: TestServer, cast: Cast
) -> None:
    grants = Grants()
    grants.generation = 7
    async with two_workers(server, cast, grants, life=-1) as (first, second, _):
        for worker in (first, second):
            with pytest.raises(CredentialsRejected, match="invalid_grant"):
                await worker.source.get("/x")
        assert grants.refreshes == 2


async def test_while_nobody_can_renew_a_token_that_still_lives_is_used(
    server: TestServer, cast: Cast
) -> None:
    grants = Grants()
    grants.is_down = True
    async with two_workers(server, cast, grants, life=30) as (first, _, _id):
        forced = Secrets(credentials=credentials_of(0, life=30), obtained_at=time.time() - 3600)
        worker = Worker(first.database, cast.alice.workspace_id, _id, grants, forced)
        async with first.database.writing(cast.alice.workspace_id) as tx:
            await store.seal(tx, Vault(bytes(range(32))), _id, forced)
        assert await worker.source.get("/x") == b"{}"
        assert grants.refreshes == 1


async def test_a_worker_that_stops_while_the_answer_is_stored_loses_no_refresh_token(
    server: TestServer, cast: Cast
) -> None:
    grants = Grants()
    async with two_workers(server, cast, grants, life=-1) as (first, second, id):
        asked = asyncio.create_task(first.source.get("/x"))
        await grants.answered.wait()
        asked.cancel()
        await asyncio.wait({asked})
        assert await second.source.get("/x") == b"{}"
        assert grants.refreshes == 1
        assert (await stored(second, cast, id))["refresh_token"] == "r1"


async def test_the_connection_can_be_changed_while_its_grant_is_renewed(
    server: TestServer, cast: Cast
) -> None:
    grants = Grants()
    grants.delay = 1.0
    async with two_workers(server, cast, grants, life=-1) as (first, second, id):
        asked = asyncio.create_task(first.source.get("/x"))
        await grants.asked.wait()
        began = time.monotonic()
        actor = Actor(kind="system", label="tests", workspace_id=cast.alice.workspace_id)
        async with OutgoingHttp() as http:
            vault = Vault(bytes(range(32)))
            await ending.disconnect(second.database, http, vault, actor, id)
        took = time.monotonic() - began
        with pytest.raises(CredentialsRejected, match="disconnected meanwhile"):
            await asked
        assert took < 0.8
        async with second.database.reading(cast.alice.workspace_id) as tx:
            assert await store.unseal(tx, vault, id) is None


@pytest.mark.parametrize(
    ("life", "left", "due"),
    [
        (3600, 721, False),
        (3600, 719, True),
        (300, 151, False),
        (300, 149, True),
        (2_592_000, 518_000, True),
        (2_592_000, 519_000, False),
        (None, 601, False),
        (None, 599, True),
    ],
)
def test_a_grant_is_renewed_with_ten_minutes_or_a_fifth_of_its_life_left(
    life: float | None, left: float, due: bool
) -> None:
    obtained_at = None if life is None else left - life
    secrets = Secrets(credentials={"expires_at": str(left)}, obtained_at=obtained_at)
    assert is_due(secrets, 0) == due


def test_credentials_without_an_end_are_never_due() -> None:
    assert not is_due(Secrets(credentials={"api_key": "k"}), time.time())
