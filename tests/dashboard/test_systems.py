"""The catalogue's page, the sandbox's switches and its consent page."""

from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

import pytest

from drawbar.connections import store
from drawbar.connectors.catalogue import CATALOGUE, SYSTEMS
from drawbar.connectors.sandbox.switches import switches_in
from drawbar.connectors.sdk.connector import Consent
from drawbar.connectors.sdk.http import JsonHttp
from tests.dashboard.browser import Browser, a_connection
from tests.support.cast import Cast
from tests.support.database import TestServer
from tests.sync.world import World, hub_and_platform


async def test_the_catalogue_shows_every_system_and_what_it_costs(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        _, page = await Browser(world, cast.mallory).get("/hub/systems")
        assert [
            one.name for one in SYSTEMS.values() if page.count(f"<h3>{one.name}</h3>") != 1
        ] == [one.name for one in SYSTEMS.values() if "&" in one.name]
        assert "Dynamics 365 Finance &amp; Operations" in page
        assert page.index("Can be connected") < page.index("Not available yet")
        assert 'href="/hub/connections/new?system=sandbox"' in page
        assert 'href="/hub/connections/new?system=sap-ecc"' not in page
        assert 'href="/hub/connections/new?system=sandbox-oauth"' not in page
        assert "<strong>8 credits</strong>" in page
        assert "<strong>0 credits</strong>" in page


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ({"q": "sap one"}, "SAP Business One", "SAP ECC"),
        ({"q": "MAXIMO"}, "IBM Maximo", "MaintainX"),
        ({"q": "open-source"}, "Tryton", "NetSuite"),
        ({"category": "cmms"}, "MaintainX", "IBM Maximo"),
        ({"category": "erp", "q": "microsoft"}, "Business Central", "Odoo"),
    ],
)
async def test_the_catalogue_is_searched_and_narrowed(
    server: TestServer, cast: Cast, query: dict[str, str], shown: str, hidden: str
) -> None:
    async with hub_and_platform(server, cast) as world:
        _, page = await Browser(world, cast.mallory).get(f"/hub/systems?{urlencode(query)}")
        assert shown in page
        assert hidden not in page


async def test_a_search_that_finds_nothing_says_what_to_do(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        _, page = await Browser(world, cast.mallory).get("/hub/systems?q=unicorn")
        assert "No system fits this search." in page
        assert "Show all systems" in page


async def sandbox(world: World) -> str:
    """Connect a sandbox; the address of its page."""
    wish = {
        "name": "Kestrel",
        "system": "sandbox",
        "credentials": {"user": "demo", "password": "demo"},
    }
    status, made = await world.call("POST", "/admin/v1/connections", world.admin_token, json=wish)
    assert status == 201, made
    return f"/hub/connections/{made['id']}"


async def test_switches_are_turned_on_the_connections_page(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        browser, home = Browser(world, cast.mallory), await sandbox(world)
        _, before = await browser.get(home)
        form = {"outage": "true", "error_percent": "25", "denied_entities": "assets"}
        status, leads_to, _ = await browser.post(f"{home}/sandbox", form)
        _, after = await browser.get(home)
        async with world.database.reading(world.workspace_id) as tx:
            rows = await store.CONNECTIONS.get(tx, UUID(home.rpartition("/")[2]))
        switches = switches_in(rows.settings)
        assert "What goes wrong" in before
        assert (status, leads_to) == (303, home)
        assert 'value="25"' in after
        assert (switches.outage, switches.error_rate) == (True, 0.25)
        assert switches.denied_entities == ("assets",)


async def test_a_number_that_cannot_be_is_told_beside_its_field(
    server: TestServer, cast: Cast
) -> None:
    async with hub_and_platform(server, cast) as world:
        browser, home = Browser(world, cast.mallory), await sandbox(world)
        status, _, page = await browser.post(f"{home}/sandbox", {"delay_ms": "soon"})
        own, _ = await browser.get(f"{home}/sandbox")
        assert (status, own) == (422, 200)
        assert "Enter a whole number from 0 to 60,000, or nothing." in page
        assert 'value="soon"' in page


async def test_a_real_system_shows_no_switches(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        id = await a_connection(world.database, world.workspace_id, "Real")
        browser = Browser(world, cast.mallory)
        _, page = await browser.get(f"/hub/connections/{id}")
        status, _, _ = await browser.post(f"/hub/connections/{id}/sandbox", {"outage": "true"})
        assert "What goes wrong" not in page
        assert status == 409


async def test_the_consent_page_gives_the_hub_a_code(server: TestServer, cast: Cast) -> None:
    async with hub_and_platform(server, cast) as world:
        connector = CATALOGUE["sandbox-oauth"]
        assert connector.oauth
        assert connector.transport
        consent = Consent(
            redirect_uri=f"{world.address}/link/callback", state="s-1", code_verifier="v" * 43
        )
        address = connector.oauth.consent_url({}, consent)
        browser = Browser(world, cast.mallory)
        path = address.removeprefix(world.address)
        status, page = await browser.get(path)
        asked = {name: text[0] for name, text in parse_qs(urlsplit(address).query).items()}
        _, back, _ = await browser.post("/sandbox/oauth/authorize", asked | {"answer": "some"})
        _, refused, _ = await browser.post("/sandbox/oauth/authorize", asked | {"answer": "none"})
        answer = parse_qs(urlsplit(back).query)
        granted = await connector.oauth.exchange(
            connector.transport, {}, consent, answer["code"][0]
        )
        checked = await connector.check(JsonHttp(connector.transport, connector.access(granted)))
        assert status == 200
        assert "This is a sandbox" in page
        assert back.startswith(f"{world.address}/link/callback?")
        assert answer["state"] == ["s-1"]
        assert parse_qs(urlsplit(refused).query) == {"error": ["access_denied"], "state": ["s-1"]}
        assert not checked.permissions["work_orders"]
        assert checked.permissions["assets"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("redirect_uri", "https://evil.example/link/callback"),
        ("response_type", "token"),
        ("client_id", "someone"),
        ("code_challenge", "short"),
        ("code_challenge_method", "plain"),
        ("state", ""),
    ],
)
async def test_the_consent_page_leads_nowhere_but_to_the_hub(
    server: TestServer, cast: Cast, name: str, value: str
) -> None:
    async with hub_and_platform(server, cast) as world:
        asked = {
            "response_type": "code",
            "client_id": "drawbar",
            "redirect_uri": f"{world.address}/link/callback",
            "state": "s-1",
            "code_challenge": "c" * 43,
            "code_challenge_method": "S256",
        } | {name: value}
        browser = Browser(world, cast.mallory)
        shown, page = await browser.get(f"/sandbox/oauth/authorize?{urlencode(asked)}")
        posted, leads_to, _ = await browser.post(
            "/sandbox/oauth/authorize", asked | {"answer": "all"}
        )
        assert (shown, posted, leads_to) == (400, 400, "")
        assert f"The parameter {name} is missing or wrong." in page
