"""The whole of OAuth as an independent library does it: Authlib, who knows nothing of Drawbar."""

import warnings
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from authlib.common.security import generate_token
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata

from drawbar.app import create_app
from drawbar.identity.application_store import application_by_client_id
from drawbar.identity.grants import address_with, answer_with_code, check_authorization, issue_code
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, open_database
from drawbar.kit.settings import Settings
from tests.identity.clients import CALLBACK, Program, a_program
from tests.support.cast import Cast
from tests.support.clock import FakeClock
from tests.support.database import TestServer
from tests.support.web import free_port, served

with warnings.catch_warnings():
    # It would rather have a fork of httpx that nobody else here uses.
    warnings.simplefilter("ignore")
    from authlib.integrations.base_client import OAuthError
    from authlib.integrations.httpx_client import AsyncOAuth2Client


@pytest.fixture
async def hub(server: TestServer, vault: Vault, clock: FakeClock) -> AsyncIterator[str]:
    """Serve a hub for real; yields its address, which is its issuer."""
    port = free_port()
    address = f"http://localhost:{port}"
    settings = Settings(public_url=address)
    app = create_app(settings, vault, lambda: open_database(server.app_url, size=5, clock=clock))
    async with served(app, port):
        yield address


async def library(hub: str, program: Program, **options: Any) -> AsyncOAuth2Client:
    """Make Authlib's client, configured by our metadata alone."""
    async with httpx.AsyncClient() as plain:
        answer = await plain.get(f"{hub}/.well-known/oauth-authorization-server")
    metadata = AuthorizationServerMetadata(answer.json())
    metadata.validate()
    return AsyncOAuth2Client(
        program.client_id,
        program.secret or None,
        redirect_uri=CALLBACK,
        **{name: value for name, value in metadata.items() if name.endswith("_endpoint")},
        **options,
    )


async def connect_in_link(hub: str, program: Program, address: str) -> str:
    """Do what Link does with an authorization request; return where it sends the browser."""
    sent = parse_qsl(urlsplit(address).query)
    async with program.database.as_system("tests") as tx:
        application = await application_by_client_id(tx, dict(sent)["client_id"])
    assert application is not None
    request = check_authorization(application, sent)
    connection = await program.connection()
    async with program.database.writing(application.workspace_id) as tx:
        code = await issue_code(
            tx,
            application.id,
            connection,
            redirect_uri=request.redirect_uri,
            code_challenge=request.code_challenge,
        )
    return address_with(request.redirect_uri, answer_with_code(request, hub, code))


async def connected(hub: str, client: AsyncOAuth2Client, program: Program) -> dict[str, Any]:
    """Send a customer through Link with PKCE and return the tokens."""
    verifier = generate_token(48)
    address, state = client.create_authorization_url(
        client.metadata["authorization_endpoint"], code_verifier=verifier
    )
    tokens: dict[str, Any] = await client.fetch_token(
        authorization_response=await connect_in_link(hub, program, address),
        state=state,
        code_verifier=verifier,
    )
    return tokens


@pytest.mark.parametrize("public", [False, True], ids=["confidential", "public"])
async def test_link_refresh_and_revocation_work_with_it(
    hub: str, cast: Cast, database: Database, clock: FakeClock, public: bool
) -> None:
    program = await a_program(database, cast.alice, public=public)
    async with await library(hub, program, code_challenge_method="S256") as client:
        tokens = await connected(hub, client, program)
        first = await client.get(f"{hub}/api/v1/sync-status")
        client.token = {**tokens, "expires_at": 1}  # as if its 30 days were over
        clock.forward(hours=2)
        second = await client.get(f"{hub}/api/v1/sync-status")
        fresh = client.token["access_token"]
        await client.revoke_token(
            client.metadata["revocation_endpoint"], client.token["refresh_token"]
        )
        dead = await client.get(f"{hub}/api/v1/sync-status")
    assert (
        first.json()["connection_id"] == second.json()["connection_id"] == tokens["connection_id"]
    )
    assert fresh != tokens["access_token"]
    assert dead.status_code == 401


async def test_an_application_manages_its_workspace_with_it(
    hub: str, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    async with await library(hub, program) as client:
        token = await client.fetch_token(grant_type="client_credentials")
        systems = await client.get(f"{hub}/admin/v1/systems")
        told = await client.introspect_token(
            client.metadata["introspection_endpoint"], token["access_token"]
        )
    assert systems.status_code == 200
    assert (told.json()["active"], told.json()["scope"]) == (True, "admin")


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
async def test_it_proves_itself_in_the_header_or_in_the_form(
    hub: str, cast: Cast, database: Database, method: str
) -> None:
    program = await a_program(database, cast.alice)
    async with await library(hub, program, token_endpoint_auth_method=method) as client:
        token = await client.fetch_token(grant_type="client_credentials")
    assert token["token_type"] == "Bearer"


async def test_it_reads_our_refusals(hub: str, cast: Cast, database: Database) -> None:
    program = await a_program(database, cast.alice)
    async with await library(hub, program) as client:
        with pytest.raises(OAuthError) as refused:
            await client.fetch_token(grant_type="authorization_code", code="dbg_made_up")
    assert refused.value.error == "invalid_grant"
    assert refused.value.description
