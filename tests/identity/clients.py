"""A vendor's programs as OAuth clients, and a customer who said yes in Link."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from httpx import Response
from litestar.testing import AsyncTestClient

from drawbar.identity import store
from drawbar.identity.grants import issue_code
from drawbar.kit.crypto import fingerprint, new_secret
from drawbar.kit.db import Database
from tests.dashboard.browser import a_connection
from tests.support.cast import Person

Client = AsyncTestClient[Any]
CALLBACK = "https://fleetwise.example/connected"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""Verifier and challenge of RFC 7636, appendix B."""


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge as the standard defines it."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True)
class Program:
    """One OAuth client of somebody's workspace; a public one has no secret."""

    database: Database
    owner: Person
    id: UUID
    client_id: str
    secret: str

    @property
    def basic(self) -> dict[str, str]:
        """The header a confidential client proves itself by."""
        pair = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}"} if self.secret else {}

    async def ask(self, http: Client, endpoint: str, **form: str) -> Response:
        """Post a form to `/oauth/{endpoint}` as this client."""
        named = {} if self.secret else {"client_id": self.client_id}
        return await http.post(f"/oauth/{endpoint}", data={**named, **form}, headers=self.basic)

    async def connection(self) -> UUID:
        """Make a connection in the client's workspace."""
        return await a_connection(self.database, self.owner.workspace_id, "Depot ERP")

    async def code(
        self, connection_id: UUID, challenge: str | None = CHALLENGE, *, uri: str = CALLBACK
    ) -> str:
        """Do what Link does once a customer has connected."""
        async with self.database.writing(self.owner.workspace_id) as tx:
            return await issue_code(
                tx, self.id, connection_id, redirect_uri=uri, code_challenge=challenge
            )

    async def exchange(self, http: Client, code: str, /, **other: str) -> Response:
        """Bring a code back as one should; `other` replaces a parameter, or drops it if empty."""
        form = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER, **other}
        sent = {name: value for name, value in form.items() if value}
        return await self.ask(http, "token", grant_type="authorization_code", **sent)

    async def refresh(self, http: Client, token: str) -> Response:
        """Ask for the next tokens."""
        return await self.ask(http, "token", grant_type="refresh_token", refresh_token=token)

    async def tokens(self, http: Client, connection_id: UUID | None = None) -> dict[str, Any]:
        """Come all the way to a connection's tokens."""
        code = await self.code(connection_id or await self.connection())
        answer = await self.exchange(http, code)
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens


async def a_program(
    database: Database, owner: Person, *, public: bool = False, uris: tuple[str, ...] = (CALLBACK,)
) -> Program:
    """Register an application in somebody's workspace."""
    id, secret = uuid4(), "" if public else new_secret("dbs_")
    program = Program(database, owner, id, f"dbi_{id.hex}", secret)
    async with database.writing(owner.workspace_id) as tx:
        await store.add_application(
            tx,
            id,
            "Fleetwise",
            program.client_id,
            fingerprint(secret) if secret else None,
            "production",
            uris,
        )
    return program


async def opens(http: Client, token: str) -> bool:
    """Whether a connection's token opens the unified API."""
    answer = await http.get("/api/v1/sync-status", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in {200, 401}, answer.text
    return answer.status_code == 200
