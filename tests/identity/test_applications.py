"""Applications in the Admin API: made, changed, given a new secret, shown with a logo, ended."""

from typing import Any
from uuid import uuid4

import pytest
from litestar.testing import AsyncTestClient

from drawbar.kit.db import Database
from tests.identity.clients import CALLBACK, Program, a_program
from tests.support.cast import Cast
from tests.support.clock import FakeClock
from tests.support.hooks import admin_token

Client = AsyncTestClient[Any]
PATH = "/admin/v1/applications"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
WISH = {
    "name": "Fleetwise",
    "environment": "production",
    "redirect_uris": [CALLBACK],
    "colour": "#0B7285",
    "asks_for_webhook": True,
}


async def bearer(database: Database, cast: Cast) -> dict[str, str]:
    return {"Authorization": f"Bearer {await admin_token(database, cast.alice)}"}


async def gets_a_token(client: Client, client_id: str, secret: str) -> bool:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return (await client.post("/oauth/token", data=form)).status_code == 200


async def test_an_application_is_made_read_changed_and_revoked(
    client: Client, cast: Cast, database: Database
) -> None:
    headers = await bearer(database, cast)
    made = await client.post(PATH, json=WISH, headers=headers)
    one = made.json()
    secret = one.pop("client_secret")
    own = f"{PATH}/{one['id']}"
    read = await client.get(own, headers=headers)
    listed = await client.get(PATH, headers=headers)
    assert (made.status_code, read.status_code) == (201, 200)
    assert read.json() == one
    assert one in listed.json()["data"]
    assert (one["colour"], one["is_public"], one["logo_url"]) == ("#0b7285", False, None)
    assert secret not in listed.text
    assert await gets_a_token(client, one["client_id"], secret)
    wish = {"name": " Fleetwise 2 ", "redirect_uris": []}
    changed = await client.patch(own, json=wish, headers=headers)
    assert changed.json() == {**one, "name": "Fleetwise 2", "redirect_uris": []}
    assert (await client.delete(own, headers=headers)).status_code == 204
    assert not await gets_a_token(client, one["client_id"], secret)
    assert (await client.get(own, headers=headers)).status_code == 404


async def test_a_public_application_gets_no_secret(
    client: Client, cast: Cast, database: Database
) -> None:
    headers = await bearer(database, cast)
    made = await client.post(PATH, json={**WISH, "is_public": True}, headers=headers)
    rotated = await client.post(f"{PATH}/{made.json()['id']}/secret", json={}, headers=headers)
    assert (made.status_code, made.json()["client_secret"]) == (201, None)
    assert rotated.status_code == 409


@pytest.mark.parametrize(
    ("fault", "fields"),
    [
        ({"name": " "}, {"name"}),
        ({"name": "x" * 101}, {"name"}),
        ({"name": "a\0b"}, {"name"}),
        ({"environment": "staging"}, {"environment"}),
        ({"colour": "red"}, {"colour"}),
        ({"colour": "#fff; background: url(x)"}, {"colour"}),
        ({"redirect_uris": ["http://localhost/cb"]}, {"redirect_uris"}),
        (
            {"redirect_uris": ["javascript:1"], "name": "", "colour": "x"},
            {
                "redirect_uris",
                "name",
                "colour",
            },
        ),
    ],
)
async def test_every_field_at_fault_is_named(
    client: Client, cast: Cast, database: Database, fault: dict[str, Any], fields: set[str]
) -> None:
    headers = await bearer(database, cast)
    made = await client.post(PATH, json={**WISH, **fault}, headers=headers)
    assert made.status_code == 422, made.text
    assert {error["field"] for error in made.json()["errors"]} == fields
    assert (await client.get(PATH, headers=headers)).text.count("Fleetwise") == 0


async def test_a_change_is_checked_against_the_environment_and_unknown_fields_are_refused(
    client: Client, cast: Cast, database: Database
) -> None:
    headers, program = await bearer(database, cast), await a_program(database, cast.alice)
    own = f"{PATH}/{program.id}"
    plain = {"redirect_uris": ["http://localhost:3000/cb"]}
    assert (await client.patch(own, json=plain, headers=headers)).status_code == 422
    unknown = await client.patch(own, json={"client_id": "dbi_mine"}, headers=headers)
    assert unknown.status_code in {400, 422}


async def rotated(client: Client, headers: dict[str, str], program: Program, **wish: bool) -> Any:
    answer = await client.post(f"{PATH}/{program.id}/secret", json=wish, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_after_a_rotation_both_secrets_work_for_a_day_and_then_the_new_one(
    client: Client, cast: Cast, database: Database, clock: FakeClock
) -> None:
    headers, program = await bearer(database, cast), await a_program(database, cast.alice)
    made = await rotated(client, headers, program)
    both = (program.secret, made["client_secret"])
    clock.forward(hours=23, minutes=59)
    assert [await gets_a_token(client, program.client_id, one) for one in both] == [True, True]
    clock.forward(minutes=1)
    assert [await gets_a_token(client, program.client_id, one) for one in both] == [False, True]
    after = (await client.get(f"{PATH}/{program.id}", headers=headers)).json()
    assert (made["former_secret_ends_at"] is None, after["former_secret_ends_at"]) == (False, None)


async def test_a_second_rotation_ends_the_first_secret_and_a_leaked_one_ends_at_once(
    client: Client, cast: Cast, database: Database
) -> None:
    headers, program = await bearer(database, cast), await a_program(database, cast.alice)
    second = (await rotated(client, headers, program))["client_secret"]
    third = (await rotated(client, headers, program))["client_secret"]
    three = (program.secret, second, third)
    works = [await gets_a_token(client, program.client_id, one) for one in three]
    fourth = (await rotated(client, headers, program, keep_former=False))["client_secret"]
    assert works == [False, True, True]
    assert not await gets_a_token(client, program.client_id, third)
    assert await gets_a_token(client, program.client_id, fourth)


async def test_anybody_sees_a_logo_and_keeps_it(
    client: Client, cast: Cast, database: Database
) -> None:
    headers, program = await bearer(database, cast), await a_program(database, cast.alice)
    own = f"{PATH}/{program.id}/logo"
    put = await client.put(own, content=PNG, headers=headers)
    address = put.json()["logo_url"].removeprefix("http://drawbar.test")
    shown = await client.get(address)
    again = await client.get(address, headers={"If-None-Match": shown.headers["etag"]})
    assert address == f"/link/logo/{program.client_id}"
    assert (shown.content, shown.headers["content-type"]) == (PNG, "image/png")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.headers["cache-control"] == "public, max-age=3600"
    assert (again.status_code, again.content) == (304, b"")
    assert (await client.delete(own, headers=headers)).status_code == 204
    assert (await client.get(address)).status_code == 404
    assert (await client.get("/link/logo/dbi_nobody")).status_code == 404


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html>",
        b"GIF89a",
        b"RIFF\0\0\0\0WAVE",
        PNG + b"\0" * 100_000,
    ],
)
async def test_what_is_no_small_picture_is_no_logo(
    client: Client, cast: Cast, database: Database, picture: bytes
) -> None:
    headers, program = await bearer(database, cast), await a_program(database, cast.alice)
    put = await client.put(
        f"{PATH}/{program.id}/logo",
        content=picture,
        headers={**headers, "Content-Type": "image/png"},
    )
    assert (put.status_code, put.json()["errors"][0]["field"]) == (422, "logo")


@pytest.mark.parametrize(
    ("picture", "kind"),
    [(b"\xff\xd8\xff\xe0", "image/jpeg"), (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp")],
)
async def test_a_logo_is_served_as_what_it_is(
    client: Client, cast: Cast, database: Database, picture: bytes, kind: str
) -> None:
    headers, program = await bearer(database, cast), await a_program(database, cast.alice)
    await client.put(f"{PATH}/{program.id}/logo", content=picture, headers=headers)
    shown = await client.get(f"/link/logo/{program.client_id}")
    assert (shown.headers["content-type"], shown.content) == (kind, picture)


async def test_another_workspaces_application_is_not_there(
    client: Client, cast: Cast, database: Database
) -> None:
    headers, theirs = await bearer(database, cast), await a_program(database, cast.mallory)
    own = f"{PATH}/{theirs.id}"
    answers = [
        await client.get(own, headers=headers),
        await client.patch(own, json={"name": "Ours"}, headers=headers),
        await client.post(f"{own}/secret", json={}, headers=headers),
        await client.put(f"{own}/logo", content=PNG, headers=headers),
        await client.delete(own, headers=headers),
        await client.delete(f"{PATH}/{uuid4()}", headers=headers),
    ]
    assert {one.status_code for one in answers} == {404}
    assert await gets_a_token(client, theirs.client_id, theirs.secret)
