"""One of each thing in Alice's workspace, marked, so that its appearance elsewhere is seen."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import msgspec

from drawbar.assettracs.kinds import EVENT_TYPES, KINDS
from drawbar.audit import Actor
from drawbar.connections import store as connections
from drawbar.connections.model import Connection
from drawbar.identity import invitation_store, session_store
from drawbar.identity import store as identity
from drawbar.identity.grants import issue_code
from drawbar.identity.invitation_store import Invitation
from drawbar.identity.model import INVITATION_LIFE, SESSION_LIFE
from drawbar.identity.tokens import issue_admin_token, issue_connection_token
from drawbar.kit.crypto import Vault, fingerprint, new_secret
from drawbar.kit.db import Database
from drawbar.link.magic import make_magic_link
from drawbar.link.model import NewMagicLink
from drawbar.requests import store as requests
from drawbar.webhooks import endpoints, outbox
from drawbar.webhooks.catalogue import HUB_TYPES
from drawbar.webhooks.endpoints import VettedUrl
from drawbar.webhooks.model import Audience, NewEndpoint
from tests.contracts.routes import Entrance
from tests.requests.rows import a_request
from tests.support.cast import Cast, Person

MARK = "Zanzibar-7731"
"""Stands in every text field of Alice's things; no other workspace may ever see it."""

HUB_MESSAGE = "SELECT id FROM webhook_deliveries WHERE endpoint_id = $1"
SNAPSHOT = """
SELECT string_agg(format('%s:%s', name, digest), ',' ORDER BY name) FROM (
  SELECT 'connections' AS name, md5(string_agg(c::text, '' ORDER BY id)) AS digest
    FROM connections c
  UNION ALL SELECT 'endpoints', md5(string_agg(e::text, '' ORDER BY id)) FROM webhook_endpoints e
  UNION ALL SELECT 'deliveries', md5(string_agg(d::text, '' ORDER BY id)) FROM webhook_deliveries d
  UNION ALL SELECT 'keys', md5(string_agg(k::text, '' ORDER BY id)) FROM api_keys k
  UNION ALL SELECT 'tokens', md5(string_agg(t::text, '' ORDER BY token_hash)) FROM access_tokens t
  UNION ALL SELECT 'apps', md5(string_agg(a::text, '' ORDER BY id)) FROM applications a
  UNION ALL SELECT 'grants', md5(string_agg(g::text, '' ORDER BY id)) FROM authorization_grants g
  UNION ALL SELECT 'refresh', md5(string_agg(r::text, '' ORDER BY token_hash)) FROM refresh_tokens r
  UNION ALL SELECT 'assets', md5(string_agg(a::text, '' ORDER BY id)) FROM assettracs.assets a
  UNION ALL SELECT 'orders', md5(string_agg(a::text, '' ORDER BY id)) FROM assettracs.work_orders a
  UNION ALL SELECT 'members', md5(string_agg(m::text, '' ORDER BY user_id)) FROM memberships m
  UNION ALL SELECT 'magic', md5(string_agg(m::text, '' ORDER BY id)) FROM magic_links m
  UNION ALL SELECT 'visits', md5(string_agg(s::text, '' ORDER BY id)) FROM link_sessions s
  UNION ALL SELECT 'credits', count(*)::text FROM credit_entries
  UNION ALL SELECT 'gates', md5(string_agg(g::text, '' ORDER BY connection_id)) FROM source_gates g
  UNION ALL SELECT 'invited', md5(string_agg(i::text, '' ORDER BY id)) FROM invitations i
  UNION ALL SELECT 'alerts', md5(string_agg(a::text, '' ORDER BY user_id)) FROM alert_choices a
  UNION ALL SELECT 'audit', count(*)::text FROM audit_entries
  UNION ALL SELECT 'runs', count(*)::text FROM sync_runs
) facts
"""


@dataclass(frozen=True)
class Credentials:
    """Whatever somebody can show at a door; nothing by default."""

    session: str = ""
    key: str = ""
    admin_token: str = ""
    connection_token: str = ""

    def headers(self, entrance: Entrance) -> dict[str, str]:
        """Return what to send along to an entrance."""
        if entrance.door.credential == "session":
            cookie = {"Cookie": f"drawbar_session={self.session}"} if self.session else {}
            return {**cookie, "Sec-Fetch-Site": "same-origin"}
        token = {
            "api_key": self.key,
            "admin_token": self.admin_token,
            "connection_token": self.connection_token,
        }[entrance.door.credential]
        return {"Authorization": f"Bearer {token}"} if token else {}


@dataclass
class Belongings:
    """Alice's things by kind, and everybody's credentials."""

    database: Database
    workspace_id: UUID
    alices_credentials: Credentials
    carols_credentials: Credentials
    mallorys_credentials: Credentials
    ids: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def of(cls, database: Database, vault: Vault, cast: Cast) -> "Belongings":
        """Make one of each."""
        alice = cast.alice
        ours = await _credentials(database, alice, MARK)
        theirs = await _credentials(database, cast.mallory, "Mallory's own")
        things = cls(
            database,
            alice.workspace_id,
            ours[0],
            Credentials(session=cast.carol.session, key=cast.carol.read_key),
            theirs[0],
        )
        things.ids["connections"] = str(ours[1])
        await things._fill(vault)
        return things

    async def snapshot(self) -> str:
        """Return a digest of Alice's rows."""
        async with self.database.reading(self.workspace_id) as tx:
            return str(await tx.fetchval(SNAPSHOT))

    def path(self, entrance: Entrance) -> str:
        """Put Alice's ids into an entrance's path."""
        path = entrance.path
        for name, value in self._parameters(path).items():
            path = path.replace(f"{{{name}}}", value)
        assert "{" not in path, f"say in belongings.py what {path} is to be filled with"
        return path

    def _parameters(self, path: str) -> dict[str, str]:
        parent = path.partition("/{")[0]
        kind = parent.rpartition("/")[2].replace("-", "_")
        return {
            "id": self.ids.get(parent) or self.ids.get(kind) or self.ids["default"],
            "external_id": "anybody-may-say-this",
            "connection_id": self.ids["connections"],
            "payload": MARK,
            "entity": "assets",
            "request_id": self.ids["request_logs"],
        }

    async def _fill(self, vault: Vault) -> None:
        actor = Actor(kind="system", label="tests", workspace_id=self.workspace_id)
        for kind in KINDS:
            async with self.database.writing(self.workspace_id) as tx:
                row = kind.table.row(**self._fields(kind, tx.now))
                await kind.table.insert(tx, row)
            self.ids[kind.name] = str(row.id)
        self.ids["default"] = self.ids["assets"]
        self.ids["places"] = self.ids["sites"]
        self.ids["templates"] = self.ids["inspection_templates"]
        self.ids["plans"] = self.ids["maintenance_plans"]
        async with self.database.writing(self.workspace_id) as tx:
            wish = NewEndpoint(url="x", event_types=["assettracs.*"], description=MARK)
            endpoint, _ = await endpoints.create(
                tx,
                actor,
                vault,
                Audience.PLATFORM,
                VettedUrl("https://example.com/x"),
                wish,
                known=EVENT_TYPES,
            )
            wish = NewEndpoint(url="x", event_types=["*"], description=MARK)
            hub_endpoint, _ = await endpoints.create(
                tx,
                actor,
                vault,
                Audience.HUB,
                VettedUrl("https://example.com/x"),
                wish,
                known=HUB_TYPES,
            )
            await outbox.publish(tx, "sync.completed", {"note": MARK})
            await outbox.publish(tx, "assettracs.assets.updated", {"note": MARK})
            message = await tx.fetchval(HUB_MESSAGE, hub_endpoint.id)
            key, application = uuid4(), uuid4()
            await identity.add_api_key(tx, key, MARK, "k_", key.bytes, ["read"])
            await identity.add_application(tx, application, MARK, str(key), b"", "development")
            await issue_code(
                tx,
                application,
                UUID(self.ids["connections"]),
                redirect_uri=MARK,
                code_challenge=None,
            )
        self.ids["webhook_endpoints"] = self.ids["endpoints"] = str(hub_endpoint.id)
        self.ids["/assettracs/api/v1/webhook-endpoints"] = str(endpoint.id)
        self.ids["webhook_messages"] = self.ids["messages"] = str(message)
        self.ids["keys"] = self.ids["api_keys"] = str(key)
        self.ids["applications"] = str(application)
        async with self.database.writing(self.workspace_id) as tx:
            made = await make_magic_link(tx, actor, NewMagicLink(name=MARK, email=f"{MARK}@x.org"))
        self.ids["magic_links"] = self.ids["links"] = str(made.link.id)
        self.ids["request_logs"] = await self._logged()
        member = await self._member()
        self.ids["people"] = str(member)
        self.ids["invitations"] = str(await self._invitation(member))
        self.ids["sessions"] = str(await self._session(member))

    async def _invitation(self, inviter: UUID) -> UUID:
        id, roles = uuid4(), (None, "inspector")
        async with self.database.writing(self.workspace_id) as tx:
            ends = tx.now + INVITATION_LIFE
            email = f"{MARK}@example.com"
            wish = Invitation(id, self.workspace_id, email, *roles, inviter, tx.now, ends)
            await invitation_store.add(tx, wish, id.bytes)
        return id

    async def _session(self, user_id: UUID) -> UUID:
        token = fingerprint(new_secret())
        async with self.database.as_system("tests") as tx:
            ends = tx.now + SESSION_LIFE
            await session_store.add_session(tx, token, user_id, self.workspace_id, ends, MARK)
            (session,) = await session_store.live_sessions(tx, user_id)
        return session.id

    async def _logged(self) -> str:
        async with self.database.as_system("tests") as tx:
            row = a_request(self.workspace_id, tx.now, path=f"/api/v1/{MARK}")
            await requests.add(tx, [row])
        return row.request_id

    async def _member(self) -> UUID:
        id = uuid4()
        async with self.database.as_system("tests") as tx:
            await identity.add_person(tx, id, f"{id}@example.com", MARK, "no password", tx.now)
        async with self.database.writing(self.workspace_id) as tx:
            await identity.add_membership(tx, id, None, "inspector")
        return id

    def _fields(self, kind: Any, now: Any) -> dict[str, Any]:
        given: dict[str, Any] = {"id": uuid4(), "created_at": now, "modified_at": now}
        for one in msgspec.structs.fields(kind.table.row):
            if one.name in given or not (one.required or one.name in {"name", "title", "payload"}):
                continue
            given[one.name] = self._value(one.name, now)
        return given

    def _value(self, name: str, now: Any) -> Any:
        if name.endswith("_id"):
            kind = {"template_id": "inspection_templates", "asset_id": "assets"}.get(
                name, name.removesuffix("_id") + "s"
            )
            return UUID(self.ids[kind])
        known = {
            "interval_months": 12,
            "template_version": 1,
            "lead_days": 0,
            "time_zone": "UTC",
            "rrule": "FREQ=MONTHLY",
        }
        return now if name.endswith("_at") else known.get(name, MARK)


async def _credentials(database: Database, person: Person, name: str) -> tuple[Credentials, UUID]:
    actor = Actor(kind="system", label="tests", workspace_id=person.workspace_id)
    connection, application, key = uuid4(), uuid4(), new_secret("k_")
    async with database.writing(person.workspace_id) as tx:
        await connections.CONNECTIONS.insert(tx, _connection(connection, tx.now, name))
        await identity.add_application(tx, application, "App", application.hex, b"", "development")
        await identity.add_api_key(tx, uuid4(), "all", "k_", fingerprint(key), ["write", "admin"])
        admin = await issue_admin_token(tx, application)
        token = await issue_connection_token(tx, actor, connection)
    shown = Credentials(person.session, key, admin.access_token, token.access_token)
    return shown, connection


def _connection(id: UUID, now: Any, name: str) -> Connection:
    return Connection(
        id=id,
        created_at=now,
        modified_at=now,
        name=name,
        system="assettracs",
        deployment="cloud",
        tier=1,
        credits=1,
        status="active",
    )
