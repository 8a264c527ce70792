"""Reading the sandbox with a token that its consent page granted."""

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlencode, urlsplit, urlunsplit

import msgspec

from drawbar.connectors.sandbox.client import Sandbox, address_of
from drawbar.connectors.sandbox.grants import Granted
from drawbar.connectors.sandbox.server import API_ROOT, TOKEN_PATH, SandboxServer
from drawbar.connectors.sandbox.switches import header_of, switches_in
from drawbar.connectors.sdk.connector import Access, Consent, Requests
from drawbar.connectors.sdk.errors import (
    CredentialInvalid,
    CredentialsRejected,
    SourceError,
    SourceUnavailable,
)
from drawbar.connectors.sdk.manifest import manifest_at
from drawbar.kit.clock import Clock, system_clock
from drawbar.kit.outgoing import OutgoingError, Response

CONSENT_PATH = "/sandbox/oauth/authorize"
"""Where Drawbar itself shows the sandbox's consent page."""
CLIENT_ID = "drawbar"


class OAuthSandbox(Sandbox):
    """The connector; all but the way in is the sandbox's."""

    manifest = manifest_at(Path(__file__).parent, available=True)

    def __init__(self, server: SandboxServer, *, clock: Clock = system_clock) -> None:
        super().__init__(server)
        self.oauth = SandboxConsent(clock)

    def access(self, credentials: Mapping[str, str], settings: Mapping[str, Any] = {}) -> Access:
        """Send the access token along; the switches go in a header."""
        root = address_of(self.manifest, credentials)
        token = credentials.get("access_token", "")
        if not token:
            raise CredentialInvalid("address", "Allow access on the sandbox's page first.")
        login = {"Authorization": f"Bearer {token}"}
        return Access(address=root + API_ROOT, headers=login | header_of(switches_in(settings)))


class SandboxConsent:
    """How the sandbox grants access; `clock` dates the end of a token."""

    def __init__(self, clock: Clock = system_clock) -> None:
        self._clock = clock

    def consent_url(self, credentials: Mapping[str, str], consent: Consent) -> str:
        """Return the consent page, which stands at the hub's own address."""
        address_of(OAuthSandbox.manifest, credentials)
        digest = hashlib.sha256(consent.code_verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": consent.redirect_uri,
            "state": consent.state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        hub = urlsplit(consent.redirect_uri)
        return urlunsplit((hub.scheme, hub.netloc, CONSENT_PATH, urlencode(query), ""))

    async def exchange(
        self, requests: Requests, credentials: Mapping[str, str], consent: Consent, code: str
    ) -> Mapping[str, str]:
        """Turn the code into credentials."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": consent.redirect_uri,
            "code_verifier": consent.code_verifier,
            "client_id": CLIENT_ID,
        }
        return await self._granted(requests, credentials, form)

    async def refresh(
        self, requests: Requests, credentials: Mapping[str, str]
    ) -> Mapping[str, str]:
        """Return fresh credentials; the refresh token is another one each time."""
        form = {
            "grant_type": "refresh_token",
            "refresh_token": credentials.get("refresh_token", ""),
            "client_id": CLIENT_ID,
        }
        return await self._granted(requests, credentials, form)

    async def _granted(
        self, requests: Requests, credentials: Mapping[str, str], form: Mapping[str, str]
    ) -> Mapping[str, str]:
        root = address_of(OAuthSandbox.manifest, credentials)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = await requests.request(
                "POST", root + TOKEN_PATH, headers=headers, body=urlencode(form).encode()
            )
        except OutgoingError as error:
            raise SourceUnavailable(str(error)) from error
        host = urlsplit(root).hostname or ""
        if answer.status != 200:  # noqa: PLR2004  RFC 6749, 5.1
            _refuse(host, answer)
        try:
            granted = msgspec.json.decode(answer.body, type=Granted)
        except msgspec.DecodeError as error:
            raise SourceError(f"{host} answered, but is no sandbox: {error}.") from error
        ends_at = int(self._clock().timestamp()) + granted.expires_in
        return {
            **credentials,
            "access_token": granted.access_token,
            "refresh_token": granted.refresh_token,
            "expires_at": str(ends_at),
        }


def _refuse(host: str, answer: Response) -> NoReturn:
    message = f"{host} answered {answer.status} to the request for a token"
    if answer.status >= 500:  # noqa: PLR2004  the 5xx class
        raise SourceUnavailable(message, status=answer.status)
    raise CredentialsRejected(message, status=answer.status)
