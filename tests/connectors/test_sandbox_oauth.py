"""The sandbox's OAuth: consent, codes that work once, access that ends, refreshes that rotate."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from drawbar.connectors.sandbox.grants import ACCESS_LIFE, CODE_LIFE, REFRESH_LIFE, Grants
from drawbar.connectors.sandbox.server import SandboxServer
from drawbar.connectors.sandbox_oauth.client import OAuthSandbox
from drawbar.connectors.sdk.connector import Consent
from drawbar.connectors.sdk.errors import (
    CredentialInvalid,
    CredentialsRejected,
    PermissionMissing,
    SourceError,
    SourceUnavailable,
)
from drawbar.connectors.sdk.http import JsonHttp
from tests.connectors.sandbox_world import NOW

CONSENT = Consent(
    redirect_uri="https://hub.example.com/link/callback", state="s-1", code_verifier="v" * 43
)


class Hub:
    """The hub's side of a consent, at a time the test holds."""

    def __init__(self) -> None:
        self.now = NOW
        self.server = SandboxServer(clock=lambda: self.now, grants=Grants(clock=lambda: self.now))
        self.connector = OAuthSandbox(self.server, clock=lambda: self.now)
        assert self.connector.oauth is not None
        self.oauth = self.connector.oauth

    def allow(self, *denied: str, form: dict[str, str] | None = None) -> str:
        """Go to the consent page and say yes: the code that it leads back with."""
        asked = parse_qs(urlsplit(self.oauth.consent_url(form or {}, CONSENT)).query)
        return self.server.grants.code(
            redirect_uri=asked["redirect_uri"][0],
            challenge=asked["code_challenge"][0],
            denied=denied,
        )

    async def connect(self, *denied: str) -> dict[str, str]:
        """Return credentials that were just granted."""
        return dict(
            await self.oauth.exchange(self.server, {"address": ""}, CONSENT, self.allow(*denied))
        )

    async def refresh(self, credentials: dict[str, str]) -> dict[str, str]:
        return dict(await self.oauth.refresh(self.server, credentials))

    def http(self, credentials: dict[str, str]) -> JsonHttp:
        return JsonHttp(self.server, self.connector.access(credentials))


@pytest.fixture
def hub() -> Hub:
    return Hub()


def test_the_consent_page_stands_at_the_hubs_own_address(hub: Hub) -> None:
    address = urlsplit(hub.oauth.consent_url({}, CONSENT))
    asked = parse_qs(address.query)
    assert (address.scheme, address.netloc) == ("https", "hub.example.com")
    assert address.path == "/sandbox/oauth/authorize"
    assert (asked["state"], asked["response_type"]) == (["s-1"], ["code"])
    assert asked["code_challenge_method"] == ["S256"]
    assert CONSENT.code_verifier not in address.query


async def test_what_was_granted_reads_the_plant(hub: Hub) -> None:
    credentials = await hub.connect()
    checked = await hub.connector.check(hub.http(credentials))
    assert all(checked.permissions.values())
    assert credentials["expires_at"] == str(int((NOW + ACCESS_LIFE).timestamp()))


async def test_what_was_left_out_may_not_be_read(hub: Hub) -> None:
    http = hub.http(await hub.connect("jobs"))
    checked = await hub.connector.check(http)
    with pytest.raises(PermissionMissing):
        await http.get("/jobs")
    assert not checked.permissions["work_orders"]


async def test_access_ends_and_a_refresh_goes_on(hub: Hub) -> None:
    credentials = await hub.connect("jobs")
    hub.now += ACCESS_LIFE
    with pytest.raises(CredentialsRejected, match="access token has ended"):
        await hub.http(credentials).get("/me")
    fresh = await hub.refresh(credentials)
    checked = await hub.connector.check(hub.http(fresh))
    assert not checked.permissions["work_orders"]
    assert fresh["refresh_token"] != credentials["refresh_token"]
    assert hub.server.grants.refreshed == 1


async def test_a_refresh_token_works_once(hub: Hub) -> None:
    credentials = await hub.connect()
    fresh = await hub.refresh(credentials)
    with pytest.raises(CredentialsRejected):
        await hub.refresh(credentials)
    again = await hub.refresh(fresh)
    assert hub.server.grants.refreshed == 2
    assert await hub.http(again).get("/me")


async def test_a_grant_that_nobody_refreshes_ends(hub: Hub) -> None:
    credentials = await hub.connect()
    hub.now += REFRESH_LIFE
    with pytest.raises(CredentialsRejected):
        await hub.refresh(credentials)


async def test_a_code_works_once_and_only_for_a_minute(hub: Hub) -> None:
    spent, late = hub.allow(), hub.allow()
    await hub.oauth.exchange(hub.server, {}, CONSENT, spent)
    with pytest.raises(CredentialsRejected):
        await hub.oauth.exchange(hub.server, {}, CONSENT, spent)
    hub.now += CODE_LIFE
    with pytest.raises(CredentialsRejected):
        await hub.oauth.exchange(hub.server, {}, CONSENT, late)


@pytest.mark.parametrize(
    "thief",
    [
        Consent(redirect_uri=CONSENT.redirect_uri, state="s-1", code_verifier="w" * 43),
        Consent(redirect_uri="https://evil.example", state="s-1", code_verifier="v" * 43),
    ],
    ids=["other verifier", "other address"],
)
async def test_a_stolen_code_is_worth_nothing(hub: Hub, thief: Consent) -> None:
    with pytest.raises(CredentialsRejected):
        await hub.oauth.exchange(hub.server, {}, thief, hub.allow())


async def test_tokens_are_not_taken_for_one_another_nor_changed(hub: Hub) -> None:
    credentials = await hub.connect()
    swapped = {**credentials, "refresh_token": credentials["access_token"]}
    token = credentials["access_token"]
    bent = {**credentials, "access_token": ("A" if token[0] != "A" else "B") + token[1:]}
    with pytest.raises(CredentialsRejected):
        await hub.refresh(swapped)
    with pytest.raises(CredentialsRejected):
        await hub.http(bent).get("/me")
    with pytest.raises(CredentialsRejected):
        await hub.http({**credentials, "access_token": credentials["refresh_token"]}).get("/me")


async def test_another_process_reads_the_same_tokens(hub: Hub) -> None:
    credentials = await hub.connect()
    elsewhere = Hub()
    assert await elsewhere.http(credentials).get("/me")
    assert await elsewhere.refresh(credentials)


async def test_without_a_grant_nothing_is_called(hub: Hub) -> None:
    with pytest.raises(CredentialInvalid, match="Allow access"):
        hub.connector.access({})
    with pytest.raises(CredentialInvalid) as refusal:
        hub.oauth.consent_url({"address": "plant"}, CONSENT)
    assert refusal.value.field == "address"


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("https://unreachable.example", SourceUnavailable),
        ("https://busy.example", SourceUnavailable),
        ("https://website.example", SourceError),
    ],
)
async def test_a_token_endpoint_that_fails_is_told_apart(
    hub: Hub, address: str, error: type[SourceError]
) -> None:
    with pytest.raises(error) as failure:
        await hub.refresh({**await hub.connect(), "address": address})
    assert not isinstance(failure.value, CredentialsRejected)


async def test_access_can_be_made_shorter_for_a_test() -> None:
    hub = Hub()
    hub.server.grants = Grants(clock=lambda: hub.now, access_life=timedelta(seconds=2))
    credentials = await hub.connect()
    assert credentials["expires_at"] == str(int(NOW.timestamp()) + 2)
