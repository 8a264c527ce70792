"""What goes along to support: enough to help, nothing secret, nobody else's."""

from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from drawbar.audit.model import drawbar
from drawbar.connections import store as connections
from drawbar.connections.model import Secrets
from drawbar.help.bundle import support_bundle
from drawbar.identity import session_store
from drawbar.identity.model import SignedIn
from drawbar.kit import json
from drawbar.kit.crypto import Vault, fingerprint
from drawbar.kit.db import Database
from drawbar.kit.settings import Settings
from drawbar.webhooks import endpoints
from drawbar.webhooks.endpoints import VettedUrl
from drawbar.webhooks.model import Audience, NewEndpoint
from tests.dashboard.browser import a_connection
from tests.support.cast import Cast, Person
from tests.support.hooks import publish

PASSWORD, PUSH, HEADER = 'Tr0ub4dor&3"quoted', "push-me-9981", "header-value-4711"
ADD_REQUEST = """
INSERT INTO request_logs
VALUES ($1, $2, $3, $4, 'GET', '/api/v1/assets', '', 502, 12.5, 'connection', NULL, 'x', NULL,
        NULL, '127.0.0.1', 'tests', '{}', NULL, '{}', '{"code": "SOURCE_ERROR"}')
"""
ADD_FAILED_RUN = """
INSERT INTO sync_runs (workspace_id, id, connection_id, entity, mode, trigger, status, queued_at,
                       finished_at, attempt, error_code, error_message)
VALUES ($1, $2, $3, 'assets', 'full', 'manual', 'failed', $4, $4, 4, 'SOURCE_ERROR', $5)
"""


async def signed_in(database: Database, person: Person) -> SignedIn:
    async with database.as_system("tests") as tx:
        found = await session_store.signed_in(tx, fingerprint(person.session), "")
    assert found is not None
    return found


async def in_trouble(database: Database, vault: Vault, person: Person, name: str) -> None:
    """A connection and an endpoint of theirs that fail, and quote their secrets as they do."""
    id = await a_connection(
        database, person.workspace_id, name, health="degraded", settings={"url": "https://x.test"}
    )
    credentials = {"url": "https://x.test", "password": PASSWORD}
    async with database.writing(person.workspace_id) as tx:
        await connections.seal(tx, vault, id, Secrets(credentials=credentials, push_secret=PUSH))
        said = f"The user {PASSWORD} was refused by {name}; token=abc123def {PUSH}"
        await tx.execute(ADD_FAILED_RUN, tx.workspace_id, uuid4(), id, tx.now, said)
        wish = NewEndpoint(url="x", event_types=["*"], headers={"X-Site": HEADER})
        endpoint, secret = await endpoints.create(
            tx,
            drawbar(tx.workspace_id, "tests"),
            vault,
            Audience.HUB,
            VettedUrl("https://user:pw-in-url@hooks.test/path?key=in-the-query"),
            wish,
            known=["sync.completed"],
        )
    await publish(database, person, type="sync.completed")
    async with database.writing(person.workspace_id) as tx:
        await tx.execute(
            "UPDATE webhook_deliveries SET status = 'failed', last_error = $2, finished_at = $3 "
            "WHERE endpoint_id = $1",
            endpoint.id,
            f"It echoed {HEADER} and {secret}",
            tx.now,
        )


@pytest.fixture
def well_set(tmp_path: Path) -> Settings:
    return Settings(
        data=tmp_path,
        master_key="bWFzdGVyLWtleS1uZXZlci1zaG93bg==",
        smtp_url="smtps://mailer:smtp-password@mail.test",
        database_url="postgresql://drawbar_app:db-password@db.test/drawbar",
        owner_database_url="postgresql://drawbar_owner:owner-password@db.test/drawbar",
        allow_networks=("10.77.0.0/16",),
    )


async def test_it_tells_states_and_errors(
    database: Database, vault: Vault, settings: Settings, cast: Cast
) -> None:
    await in_trouble(database, vault, cast.alice, "Leeds plant")

    told = json.decode(
        await support_bundle(
            database,
            vault,
            settings,
            await signed_in(database, cast.alice),
            request_id="req_12345678",
            page="/hub/connections?q=secret",
        )
    )

    assert told["request_id"] == "req_12345678"
    assert told["page"] == "/hub/connections"
    assert [one["name"] for one in told["connections"]] == ["Leeds plant"]
    assert told["connections"][0]["health"] == "degraded"
    assert told["failed_syncs"][0]["error_code"] == "SOURCE_ERROR"
    assert "was refused by Leeds plant" in told["failed_syncs"][0]["error_message"]
    assert told["failed_webhooks"][0]["host"] == "hooks.test"
    assert told["database"]["revision"]
    assert told["drawbar"]["version"]


async def test_no_planted_secret_is_in_it(
    database: Database, vault: Vault, well_set: Settings, cast: Cast
) -> None:
    await in_trouble(database, vault, cast.alice, f"Plant {PASSWORD}")

    bundle = await support_bundle(database, vault, well_set, await signed_in(database, cast.alice))

    planted = [
        *(PASSWORD, PUSH, HEADER, "abc123def", "whsec_", "pw-in-url", "in-the-query"),
        *("bWFzdGVy", "smtp-password", "db-password", "owner-password", "10.77", "mail.test"),
        *(cast.alice.session, cast.alice.read_key, vault.subkey("cursors").hex()),
    ]
    assert [one for one in planted if one in bundle] == []
    assert [one for one in planted if json.encode(one).decode()[1:-1] in bundle] == []
    assert json.decode(bundle)["connections"] != []


async def test_the_lines_of_the_request_are_told_to_their_own_workspace_alone(
    database: Database, vault: Vault, settings: Settings, cast: Cast
) -> None:
    async with database.writing(cast.alice.workspace_id) as tx:
        await tx.execute(ADD_REQUEST, tx.workspace_id, uuid4(), "req_of_alice", tx.now)

    told = [
        json.decode(
            await support_bundle(
                database,
                vault,
                settings,
                await signed_in(database, person),
                request_id="req_of_alice",
            )
        )["request"]
        for person in (cast.alice, cast.mallory)
    ]

    assert [one["status"] for one in told[0]] == [502]
    assert told[1] == []


async def test_another_workspaces_rows_are_not_in_it(
    database: Database, vault: Vault, settings: Settings, cast: Cast
) -> None:
    await in_trouble(database, vault, cast.alice, "Leeds plant")

    bundle = await support_bundle(
        database, vault, settings, await signed_in(database, cast.mallory)
    )

    assert "Leeds" not in bundle
    assert str(cast.alice.workspace_id) not in bundle
    assert json.decode(bundle)["failed_syncs"] == []


async def test_whoever_does_not_have_the_hub_sees_nothing_of_it(
    database: Database, vault: Vault, settings: Settings, cast: Cast
) -> None:
    await in_trouble(database, vault, cast.alice, "Leeds plant")
    alice = await signed_in(database, cast.alice)
    inspector = msgspec.structs.replace(
        alice, current=msgspec.structs.replace(alice.current, hub_role=None)
    )

    told = json.decode(await support_bundle(database, vault, settings, inspector))

    assert "connections" not in told
    assert told["person"] == {"hub_role": None, "asset_role": "admin"}
