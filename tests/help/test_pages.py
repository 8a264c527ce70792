"""Help as people meet it: found on every page, readable by anybody, answered by mail."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from litestar.testing import AsyncTestClient

from drawbar.app import create_app
from drawbar.kit import json
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database, open_database
from drawbar.kit.mail.letters import Letter, context_of
from drawbar.kit.settings import Settings, SettingsError, settings_from
from tests.support.cast import Cast, Person
from tests.support.clock import FakeClock
from tests.support.database import TestServer

Client = AsyncTestClient[Any]


def as_person(person: Person) -> dict[str, str]:
    return {
        "Cookie": f"drawbar_session={person.session}",
        "Sec-Fetch-Site": "same-origin",
        "Accept": "text/html",
    }


@pytest.fixture
async def supported(server: TestServer, vault: Vault, clock: FakeClock) -> AsyncIterator[Client]:
    settings = Settings(
        public_url="http://drawbar.test",
        support_email="ops@plant.example",
        support_url="https://plant.example/help",
    )
    app = create_app(settings, vault, lambda: open_database(server.app_url, size=3, clock=clock))
    async with AsyncTestClient(app, base_url="http://drawbar.test") as opened:
        yield opened


async def letters_to_support(database: Database, vault: Vault) -> list[Letter]:
    async with database.as_system("tests") as tx:
        rows = await tx.fetch("SELECT id, sealed_letter FROM letters WHERE kind = 'support'")
    return [
        json.decode(vault.open(row["sealed_letter"], context=context_of(row["id"])), Letter)
        for row in rows
    ]


@pytest.mark.parametrize("path", ["/hub", "/hub/webhooks", "/assets", "/hub/settings"])
async def test_every_page_leads_to_help_and_says_where_one_comes_from(
    client: Client, cast: Cast, path: str
) -> None:
    page = await client.get(path, headers=as_person(cast.alice))

    assert f'href="/help?from={path}"' in page.text


async def test_the_page_one_came_from_suggests_its_document(client: Client, cast: Cast) -> None:
    page = await client.get("/help?from=/hub/webhooks", headers=as_person(cast.alice))

    assert "About the page you came from" in page.text
    assert 'href="/help/docs/reference/webhooks"' in page.text


async def test_help_keeps_the_frame_of_who_is_signed_in(client: Client, cast: Cast) -> None:
    page = await client.get("/help", headers=as_person(cast.alice))

    assert 'class="framed"' in page.text
    assert cast.alice.email in page.text


async def test_strangers_read_the_documentation_and_are_led_there_from_the_sign_in(
    client: Client,
) -> None:
    sign_in = await client.get("/login", headers={"Accept": "text/html"})
    page = await client.get("/help?q=lost+master+key")
    document = await client.get("/help/docs/howto/keep-the-master-key")

    assert 'href="/help"' in sign_in.text
    assert "/help/docs/howto/keep-the-master-key#if-it-is-lost" in page.text
    assert '<h2 id="if-it-is-lost">' in document.text
    assert "/help/contact" not in page.text
    assert 'class="framed"' not in document.text


async def test_searching_answers_a_part_of_the_page_while_one_types(client: Client) -> None:
    part = await client.get("/help?q=webhook", headers={"HX-Request": "true"})

    assert "<html" not in part.text
    assert "<mark>" in part.text


@pytest.mark.parametrize(
    "path", ["/help/docs/adr/0016", "/help/docs/../../etc/passwd", "/help/docs/howto/none"]
)
async def test_what_is_no_document_is_not_found(client: Client, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_words_of_a_search_are_never_markup(client: Client) -> None:
    page = await client.get("/help", params={"q": "<script>alert(1)</script>"})

    assert "<script>alert" not in page.text


async def test_an_error_page_leads_to_support_with_its_request_filled_in(
    supported: Client, cast: Cast
) -> None:
    error = await supported.get(
        "/hub/connections/00000000-0000-0000-0000-000000000001", headers=as_person(cast.alice)
    )
    request_id = error.headers["X-Request-Id"]
    found = re.search(r'href="(/help/contact\?request=[^"]+)"', error.text)
    assert found is not None
    form = await supported.get(found[1].replace("&amp;", "&"), headers=as_person(cast.alice))

    assert error.status_code == 404
    assert request_id in found[1]
    assert "ops@plant.example" in error.text
    assert "https://plant.example/help" in error.text
    assert f'value="{request_id}"' in form.text
    assert "&#34;revision&#34;" in form.text


async def test_an_error_page_of_a_stranger_leads_to_the_documentation(supported: Client) -> None:
    error = await supported.get("/nowhere", headers={"Accept": "text/html"})

    assert 'href="/help?request=req_' in error.text
    assert "ops@plant.example" in error.text


async def test_a_question_is_sent_with_just_the_details_that_were_shown(
    supported: Client, database: Database, vault: Vault, cast: Cast
) -> None:
    page = await supported.get("/help/contact?request=req_12345678", headers=as_person(cast.alice))
    shown = re.search(r'name="bundle"[^>]*>([^<]*)</textarea>', page.text)
    assert shown is not None
    bundle = shown[1].replace("&#34;", '"').replace("&amp;", "&").replace("&#39;", "'")
    before = await letters_to_support(database, vault)

    sent = await supported.post(
        "/help/contact",
        headers=as_person(cast.alice),
        data={
            "message": "The sync fails.\npassword=hunter22 does not help",
            "request_id": "req_12345678",
            "attach": "true",
            "bundle": bundle,
        },
        follow_redirects=False,
    )

    (letter,) = [one for one in await letters_to_support(database, vault) if one not in before]
    assert sent.status_code == 303
    assert letter.to == "ops@plant.example"
    assert letter.subject == "[Drawbar] Northern Rail Depot: The sync fails."
    assert "hunter22" not in letter.text
    assert cast.alice.email in letter.text
    assert "Request: req_12345678" in letter.text
    assert letter.text.rstrip().endswith(bundle)


async def test_without_the_tick_only_the_words_are_sent(
    supported: Client, database: Database, vault: Vault, cast: Cast
) -> None:
    before = await letters_to_support(database, vault)

    await supported.post(
        "/help/contact",
        headers=as_person(cast.carol),
        data={"message": "How do I reconnect?", "bundle": "{}"},
        follow_redirects=False,
    )

    (letter,) = [one for one in await letters_to_support(database, vault) if one not in before]
    assert "--" not in letter.text


async def test_an_empty_question_is_refused_beside_its_field(supported: Client, cast: Cast) -> None:
    refused = await supported.post(
        "/help/contact", headers=as_person(cast.alice), data={"message": " ", "bundle": "kept"}
    )

    assert refused.status_code == 422
    assert 'id="message-error"' in refused.text
    assert ">kept</textarea>" in refused.text


async def test_without_an_address_the_details_can_be_downloaded(client: Client, cast: Cast) -> None:
    page = await client.get("/help/contact", headers=as_person(cast.alice))
    refused = await client.post(
        "/help/contact", headers=as_person(cast.alice), data={"message": "Help"}
    )
    file = await client.post(
        "/help/contact/download", headers=as_person(cast.alice), data={"request_id": "req_1"}
    )

    assert "There is no address to send this to" in page.text
    assert refused.status_code == 409
    assert 'filename="drawbar-support.json"' in file.headers["Content-Disposition"]
    told = json.decode(file.content)
    assert UUID(told["workspace"]["id"]) == cast.alice.workspace_id
    assert told["request_id"] == "req_1"


async def test_a_flood_of_questions_is_held_back(supported: Client, cast: Cast) -> None:
    answers = [
        (
            await supported.post(
                "/help/contact",
                headers=as_person(cast.bob),
                data={"message": "again"},
                follow_redirects=False,
            )
        ).status_code
        for _ in range(15)
    ]

    assert answers[0] == 303
    assert answers[-1] == 429


@pytest.mark.parametrize(
    "wrong", [{"DRAWBAR_SUPPORT_EMAIL": "nobody"}, {"DRAWBAR_SUPPORT_URL": "javascript:alert(1)"}]
)
def test_an_unusable_contact_is_refused_by_name(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        settings_from(wrong)
