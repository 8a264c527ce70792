"""The customer's way through Link, step by step, without cookies and without JavaScript."""

from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from drawbar.audit.model import drawbar
from drawbar.connections import store as connections
from drawbar.connections.actions import begin
from drawbar.connections.model import Connection, NewPending
from drawbar.kit.db import Database
from tests.link.scene import BACK, PLAIN, VERIFIER, App, Guest, RealWire, an_application, arrive
from tests.support.cast import Cast, Person
from tests.support.clock import FakeClock
from tests.support.database import TestServer
from tests.support.web import free_port
from tests.sync.world import hub_and_platform

Client = AsyncTestClient[Any]


async def connections_of(database: Database, person: Person) -> list[Connection]:
    async with database.reading(person.workspace_id) as tx:
        return await connections.CONNECTIONS.where(tx, "true ORDER BY created_at")


async def exchange(client: Client, app: App, code: str, **changes: str) -> Any:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        "client_id": app.client_id,
        "client_secret": app.secret,
    }
    return await client.post("/oauth/token", data=form | changes)


@pytest.fixture
async def app(database: Database, cast: Cast) -> App:
    return await an_application(database, cast.alice)


async def test_a_customer_connects_and_the_application_reads(
    client: Client, database: Database, cast: Cast, app: App
) -> None:
    guest = await arrive(client, app)
    await guest.open(f"{guest.home}/systems/sandbox")
    await guest.connect(name="Leeds plant")
    token = await exchange(client, app, guest.answer["code"])
    me = await client.get(
        "/api/v1/connection", headers={"Authorization": f"Bearer {token.json()['access_token']}"}
    )
    (connection,) = await connections_of(database, cast.alice)
    assert guest.status == 303
    assert guest.away.startswith(BACK + "&")
    assert guest.answer["state"] == "s-4711"
    assert guest.answer["iss"] == "http://drawbar.test"
    assert me.json()["id"] == str(connection.id)
    assert (connection.name, connection.system, connection.status) == (
        "Leeds plant",
        "sandbox",
        "synchronizing",
    )
    assert await connections_of(database, cast.mallory) == []


async def test_the_choice_shows_every_system_and_says_what_it_costs(
    client: Client, app: App
) -> None:
    guest = await arrive(client, app)
    assert "Which system do you use?" in guest.text
    assert guest.page.count("<li data-words=") >= 20
    assert "/systems/assettracs" in guest.page
    assert "not available yet" in guest.text
    assert "/systems/sap-ecc" not in guest.page
    assert "1 credit, 2 on premises" in guest.text
    assert "Fleet Planner" in guest.text
    assert "Drawbar" not in guest.text


async def test_searching_without_javascript_narrows_the_choice(client: Client, app: App) -> None:
    guest = await arrive(client, app)
    await guest.open(guest.home, {"q": "assettr"})
    assert guest.path.endswith("/systems/assettracs")
    await guest.open(guest.home, {"q": "no such thing"})
    assert "No system of this name" in guest.text
    await guest.open(guest.home, {"q": "sap"})
    assert "SAP" in guest.text
    assert "AssetTracs" not in guest.text


async def test_a_wrong_password_is_told_beside_the_password(client: Client, app: App) -> None:
    guest = await arrive(client, app, system="sandbox")
    await guest.connect(**{"credentials.password": "wrong", "name": "Leeds"})
    assert guest.status == 422
    assert guest.error_of("credentials.password") == "User name or password are wrong."
    assert guest.error_of("credentials.address") == ""
    assert 'value="demo"' in guest.page
    assert 'value="Leeds"' in guest.page
    assert 'value="wrong"' not in guest.page


async def test_a_host_that_does_not_answer_is_told_beside_the_address(
    client: Client, app: App
) -> None:
    guest = await arrive(client, app, system="sandbox")
    await guest.connect(**{"credentials.address": "https://unreachable.example"})
    assert guest.status == 422
    assert guest.error_of("credentials.address") == "Nobody answers at this address."
    assert guest.error_of("credentials.password") == ""


async def test_a_real_host_that_does_not_answer_is_told_the_same(client: Client, app: App) -> None:
    guest = await arrive(client, app, system="assettracs")
    form = {"credentials.base_url": f"http://127.0.0.1:{free_port()}", "credentials.api_key": "k_1"}
    await guest.send("/systems/assettracs", **form)
    assert guest.error_of("credentials.base_url") == "Nobody answers at this address."


async def test_an_empty_form_names_every_field_that_is_needed(client: Client, app: App) -> None:
    guest = await arrive(client, app, system="sandbox")
    await guest.send("/systems/sandbox")
    assert guest.error_of("credentials.user") == "Enter it."
    assert guest.error_of("credentials.password") == "Enter it."
    assert guest.error_of("credentials.address") == ""


async def test_what_a_user_may_not_read_is_told_before_going_on_without_it(
    client: Client, database: Database, cast: Cast, app: App
) -> None:
    guest = await arrive(client, app, system="sandbox")
    await guest.connect(**{"credentials.user": "limited"})
    told = guest.text
    nothing_yet = await connections_of(database, cast.alice)
    await guest.send("/review")
    (made,) = await connections_of(database, cast.alice)
    assert "This user may not read: Work orders" in told
    assert nothing_yet == []
    assert made.status == "synchronizing"
    assert "code" in guest.answer


async def test_too_few_credits_are_told_in_neutral_words_before_the_application_is(
    server: TestServer, database: Database, cast: Cast
) -> None:
    app = await an_application(database, cast.mallory, credits_granted=0)
    async with hub_and_platform(server, cast, credits_granted=0) as world:
        guest = await arrive(RealWire(world), app, system="assettracs")
        access = {"base_url": world.address, "api_key": world.asset_key}
        form = {f"credentials.{name}": text for name, text in access.items()}
        await guest.send("/systems/assettracs", **form)
        told = guest.text
        (made,) = await connections_of(database, cast.mallory)
        await guest.send("/return")
    assert made.status == "inactive"
    assert "The connection is made, but not active yet: Fleet Planner has to activate it." in told
    assert "credit" not in told
    assert "code" in guest.answer


async def test_a_double_click_makes_one_connection(
    client: Client, database: Database, cast: Cast, app: App
) -> None:
    guest = await arrive(client, app, system="sandbox")
    await guest.connect()
    again = Guest(client, path=guest.home)
    await again.connect()
    assert len(await connections_of(database, cast.alice)) == 1
    assert again.status == 410
    assert "You are connected" in again.text


async def test_a_try_whose_process_died_is_taken_up_by_the_next_with_the_same_connection(
    client: Client, database: Database, cast: Cast, app: App, clock: FakeClock
) -> None:
    guest = await arrive(client, app, system="sandbox")
    await guest.connect(**{"credentials.user": "limited"})
    async with database.writing(cast.alice.workspace_id) as tx:
        begun = await begin(tx, drawbar(tx.workspace_id, "tests"), NewPending(name="Leeds"))
        await tx.execute(
            "UPDATE link_sessions SET claimed_at = $1, connection_id = $2", tx.now, begun.id
        )
    await guest.send("/review")
    waiting = (guest.status, guest.headers.get("refresh", "")[:2])
    clock.forward(minutes=3)
    await guest.send("/review")
    (made,) = await connections_of(database, cast.alice)
    assert waiting == (202, "2;")
    assert guest.answer["code"]
    assert (made.id, made.status) == (begun.id, "synchronizing")


async def test_no_credential_is_in_any_address_or_page(client: Client, app: App) -> None:
    guest = await arrive(client, app, system="sandbox")
    await guest.connect(**{"credentials.address": "https://unreachable.example"})
    await guest.connect(**{"credentials.user": "limited"})
    await guest.send("/review")
    assert not [one for one in guest.seen if PLAIN["credentials.password"] in one]


async def test_an_application_may_ask_for_the_customers_own_webhook(
    client: Client, database: Database, cast: Cast
) -> None:
    app = await an_application(database, cast.alice, asks_for_webhook=True)
    guest = await arrive(client, app, system="sandbox")
    await guest.connect()
    await guest.send("/updates", url="http://169.254.169.254/latest")
    refused = guest.error_of("url")
    await guest.send("/updates", url="http://127.0.0.1:8765/hook")
    shown = guest.page
    await guest.send("/return")
    (made,) = await connections_of(database, cast.alice)
    async with database.reading(cast.alice.workspace_id) as tx:
        endpoint = await tx.fetchrow("SELECT * FROM webhook_endpoints")
    assert refused
    assert "whsec_" in shown
    assert endpoint is not None
    assert endpoint["connection_id"] == made.id
    assert endpoint["url"] == "http://127.0.0.1:8765/hook"
    assert "code" in guest.answer


async def test_the_webhook_step_may_be_left_empty(
    client: Client, database: Database, cast: Cast
) -> None:
    app = await an_application(database, cast.alice, asks_for_webhook=True)
    guest = await arrive(client, app, system="sandbox")
    await guest.connect()
    await guest.send("/updates", url="")
    assert "code" in guest.answer


async def test_a_field_is_checked_as_it_is_left(client: Client, app: App) -> None:
    guest = await arrive(client, app, system="assettracs")
    form = {"field": "credentials.base_url", "credentials.base_url": "leeds.example"}
    answer = await client.post(f"{guest.home}/systems/assettracs/field", data=form)
    good = form | {"credentials.base_url": "https://leeds.example"}
    fine = await client.post(f"{guest.home}/systems/assettracs/field", data=good)
    assert answer.json()["message"] == "Enter the whole address, with https://."
    assert fine.json()["message"] == ""


async def test_cancelling_tells_the_application_and_ends_the_visit(
    client: Client, database: Database, cast: Cast, app: App
) -> None:
    guest = await arrive(client, app)
    await guest.send("/cancel")
    answer = guest.answer
    await guest.open(guest.home)
    assert (answer["error"], answer["state"]) == ("access_denied", "s-4711")
    assert guest.status == 410
    assert await connections_of(database, cast.alice) == []


async def test_the_language_is_the_browsers_until_another_is_chosen(
    client: Client, app: App
) -> None:
    guest = await arrive(client, app)
    guest.language = "de"
    german = (await guest.open(guest.home)).page
    await guest.open(guest.home, {"lang": "en"})
    kept = (await guest.open(f"{guest.home}/systems/sandbox")).page
    assert '<html lang="de">' in german
    assert '<html lang="en">' in kept


async def test_link_answers_in_spanish_to_a_spanish_browser(client: Client, app: App) -> None:
    guest = await arrive(client, app)
    guest.language = "es-ES,es;q=0.9,en;q=0.5"
    choice = (await guest.open(guest.home)).page
    await guest.open(f"{guest.home}/systems/sandbox")
    form, words = guest.page, guest.text
    await guest.connect(**{"credentials.password": "wrong"})
    assert '<html lang="es">' in choice
    assert "¿Qué sistema usa?" in choice
    assert '<html lang="es">' in form
    assert "El acceso se guarda cifrado y no se vuelve a mostrar." in words
    assert "Órdenes de trabajo" in words
    assert "El nombre de usuario o la contraseña no son correctos." in guest.text
