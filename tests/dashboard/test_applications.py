"""Pages of applications: the vendor's own way to Link and the Admin API."""

from typing import Any

from litestar.testing import AsyncTestClient

from drawbar.kit.db import Database
from tests.identity.clients import CALLBACK, Program, a_program
from tests.support.cast import Cast, Person

Client = AsyncTestClient[Any]
OWN = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
PATH = "/hub/settings/applications"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


def as_person(client: Client, person: Person) -> None:
    client.cookies.set("drawbar_session", person.session)


async def page_of(client: Client, program: Program) -> str:
    answer = await client.get(f"{PATH}/{program.id}")
    assert answer.status_code == 200
    text: str = answer.text
    return text


async def test_a_secret_is_shown_once_and_gets_a_token_until_its_application_is_revoked(
    client: Client, cast: Cast
) -> None:
    as_person(client, cast.alice)
    form = {"name": "Bridge", "environment": "production", "kind": "confidential"}
    made = await client.post(PATH, data=form, headers=OWN)
    client_id = "dbi_" + made.text.split("dbi_")[1][:24]
    secret = "dbs_" + made.text.split("dbs_")[1][:43]
    grant = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    token = await client.post("/oauth/token", data=grant)
    listed = await client.get("/hub/settings")
    own = PATH + "/" + listed.text.split(f'href="{PATH}/')[2].split('"')[0]
    shown = await client.get(own)
    await client.post(f"{own}/revoke", headers=OWN)
    bearer = {"Authorization": f"Bearer {token.json()['access_token']}"}
    after = await client.get("/admin/v1/systems", headers=bearer)
    assert (made.status_code, token.status_code) == (201, 200)
    assert made.headers["cache-control"] == "no-store"
    assert client_id in listed.text
    assert client_id in shown.text
    assert secret not in listed.text + shown.text
    assert after.status_code == 401


async def test_a_form_with_faults_comes_back_with_what_was_typed_and_says_them_beside_the_fields(
    client: Client, cast: Cast
) -> None:
    as_person(client, cast.alice)
    form = {"name": " ", "environment": "production", "redirect_uris": "http://localhost:3000/cb"}
    answer = await client.post(PATH, data=form, headers=OWN)
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert 'id="redirect_uris-error"' in answer.text
    assert "http://localhost:3000/cb</textarea>" in answer.text


async def test_what_link_shows_is_saved_and_the_three_lines_are_ready_to_paste(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice, public=True, uris=())
    as_person(client, cast.alice)
    before = await page_of(client, program)
    form = {
        "name": "Fleetwise 2",
        "redirect_uris": f"{CALLBACK}\r\n\r\n https://fleetwise.example/two ",
        "colour": "#0b7285",
        "asks_for_webhook": "true",
    }
    saved = await client.post(f"{PATH}/{program.id}", data=form, headers=OWN)
    after = await page_of(client, program)
    assert "Link cannot be opened yet" in before
    assert "Saved." in saved.text
    assert f"{CALLBACK}\nhttps://fleetwise.example/two</textarea>" in after
    assert "http://drawbar.test/link/drawbar-link.js" in after
    assert f"redirectUri: &#39;{CALLBACK}&#39;, pkce: true" in after
    assert "Link cannot be opened yet" not in after


async def test_a_fault_in_the_settings_of_link_keeps_what_was_typed_and_saves_nothing(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    as_person(client, cast.alice)
    form = {"name": "Other", "redirect_uris": "https://*.example", "colour": "teal"}
    refused = await client.post(f"{PATH}/{program.id}", data=form, headers=OWN)
    assert refused.status_code == 422
    assert 'id="colour-error"' in refused.text
    assert "https://*.example</textarea>" in refused.text
    assert "Other" not in await page_of(client, program)


async def test_a_logo_is_uploaded_and_removed_and_an_svg_is_refused(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    as_person(client, cast.alice)
    own = f"{PATH}/{program.id}/logo"
    svg = {"logo": ("logo.png", b"<svg onload=alert(1)>", "image/png")}
    refused = await client.post(own, files=svg, headers=OWN)
    nothing = await client.post(own, data={}, headers=OWN)
    await client.post(own, files={"logo": ("logo.png", PNG, "image/png")}, headers=OWN)
    shown = await page_of(client, program)
    await client.post(f"{own}/remove", headers=OWN)
    assert (refused.status_code, nothing.status_code) == (422, 422)
    assert 'id="logo-error"' in refused.text
    assert f'src="/link/logo/{program.client_id}"' in shown
    assert "/link/logo/" not in await page_of(client, program)


async def test_a_new_secret_is_asked_about_and_the_old_one_works_on_or_ends(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    as_person(client, cast.alice)
    grant = {"grant_type": "client_credentials"}
    asked = await client.get(f"{PATH}/{program.id}/secret")
    kept = await client.post(f"{PATH}/{program.id}/secret", data={"former": "keep"}, headers=OWN)
    old_one = await client.post("/oauth/token", data=grant, headers=program.basic)
    ended = await client.post(f"{PATH}/{program.id}/secret", data={"former": "end"}, headers=OWN)
    dead_one = await client.post("/oauth/token", data=grant, headers=program.basic)
    assert "Works for another 24 hours" in asked.text
    assert kept.text.count("dbs_") >= 1
    assert ended.headers["cache-control"] == "no-store"
    assert (old_one.status_code, dead_one.status_code) == (200, 401)


async def test_revoking_is_asked_about_with_a_way_back(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    as_person(client, cast.alice)
    own = f"{PATH}/{program.id}"
    asked = await client.get(f"{own}/revoke")
    revoked = await client.post(f"{own}/revoke", headers=OWN)
    assert "Revoke Fleetwise?" in asked.text
    assert f'href="{own}"' in asked.text
    assert f'action="{own}/revoke"' in asked.text
    assert "No applications yet" in revoked.text
    assert (await client.get(f"{own}/revoke", headers=OWN)).status_code == 404


async def test_a_viewer_sees_an_application_but_no_way_to_change_it(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    as_person(client, cast.carol)
    shown = await page_of(client, program)
    assert program.client_id in shown
    assert "Save</span>" not in shown
    assert f"{PATH}/{program.id}/secret" not in shown


async def test_another_workspaces_application_has_no_page(
    client: Client, cast: Cast, database: Database
) -> None:
    program = await a_program(database, cast.alice)
    as_person(client, cast.mallory)
    paths = ("", "/secret", "/revoke")
    answers = [await client.get(f"{PATH}/{program.id}{path}", headers=OWN) for path in paths]
    answers += [
        await client.post(f"{PATH}/{program.id}{path}", data={"name": "Mine"}, headers=OWN)
        for path in ("", "/secret", "/revoke", "/logo/remove")
    ]
    assert {one.status_code for one in answers} == {404}
