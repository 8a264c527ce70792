"""The platform's REST API, as a stranger's program uses it."""

from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.support.cast import Cast
from tests.support.clock import FakeClock

API = "/assettracs/api/v1"


def key(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_an_asset_gets_a_code_with_the_prefix_of_its_category(
    client: AsyncTestClient[Any], cast: Cast
) -> None:
    headers = key(cast.alice.write_key)
    category = await client.post(
        f"{API}/categories", json={"name": "Slings", "code_prefix": "SL"}, headers=headers
    )
    made = await client.post(
        f"{API}/assets",
        json={"name": "Chain sling 2 t", "category_id": category.json()["id"]},
        headers=headers,
    )
    assert made.status_code == 201, made.text
    assert made.json()["code"] == "SL-00001"
    assert made.json()["category"] == "Slings"
    assert made.json()["created_at"] == "2026-11-23T06:00:00.000000Z"


async def test_a_list_with_modified_after_shows_only_what_changed_since(
    client: AsyncTestClient[Any], cast: Cast, clock: FakeClock
) -> None:
    headers = key(cast.alice.write_key)
    first = (await client.post(f"{API}/assets", json={"name": "A"}, headers=headers)).json()
    await client.post(f"{API}/assets", json={"name": "B"}, headers=headers)
    clock.forward(seconds=5)
    as_of = (await client.get(f"{API}/assets", headers=headers)).json()["as_of"]
    clock.forward(seconds=5)
    await client.patch(f"{API}/assets/{first['id']}", json={"name": "A2"}, headers=headers)
    listed = await client.get(f"{API}/assets", params={"modified_after": as_of}, headers=headers)
    assert [(row["name"], row["version"]) for row in listed.json()["data"]] == [("A2", 2)]


async def test_pages_show_every_row_exactly_once(client: AsyncTestClient[Any], cast: Cast) -> None:
    headers = key(cast.alice.write_key)
    names = [f"asset {number}" for number in range(7)]
    for name in names:
        await client.post(f"{API}/assets", json={"name": name}, headers=headers)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        params = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(f"{API}/assets", params=params, headers=headers)).json()
        seen += [row["name"] for row in page["data"]]
        cursor = page["next_cursor"]
    assert seen == names


async def test_a_bad_date_is_refused_with_the_name_of_the_parameter(
    client: AsyncTestClient[Any], cast: Cast
) -> None:
    answer = await client.get(
        f"{API}/assets", params={"modified_after": "yesterday"}, headers=key(cast.alice.read_key)
    )
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"] == "modified_after"


async def test_unknown_fields_and_wrong_values_are_named(
    client: AsyncTestClient[Any], cast: Cast
) -> None:
    headers = key(cast.alice.write_key)
    unknown = await client.post(f"{API}/assets", json={"name": "A", "colour": 1}, headers=headers)
    wrong = await client.post(f"{API}/assets", json={"name": "A", "status": "x"}, headers=headers)
    broken = await client.post(f"{API}/assets", content=b"{", headers=headers)
    assert (unknown.status_code, wrong.status_code, broken.status_code) == (422, 422, 400)
    assert "colour" in unknown.text
    assert wrong.json()["errors"][0]["field"] == "status"


async def test_another_workspaces_key_finds_nothing(
    client: AsyncTestClient[Any], cast: Cast
) -> None:
    made = await client.post(
        f"{API}/assets", json={"name": "Ours"}, headers=key(cast.alice.write_key)
    )
    theirs = key(cast.mallory.write_key)
    id = made.json()["id"]
    assert (await client.get(f"{API}/assets", headers=theirs)).json()["data"] == []
    assert (await client.get(f"{API}/assets/{id}", headers=theirs)).status_code == 404
    assert (
        await client.patch(f"{API}/assets/{id}", json={"name": "x"}, headers=theirs)
    ).status_code == 404
    assert (await client.delete(f"{API}/assets/{id}", headers=theirs)).status_code == 404
    assert (
        await client.post(f"{API}/assets", json={"name": "x", "parent_id": id}, headers=theirs)
    ).status_code == 422


async def test_a_deleted_asset_shows_up_as_deleted_to_whoever_polls(
    client: AsyncTestClient[Any], cast: Cast, clock: FakeClock
) -> None:
    headers = key(cast.alice.write_key)
    made = (await client.post(f"{API}/assets", json={"name": "A"}, headers=headers)).json()
    before = made["modified_at"]
    clock.forward(seconds=1)
    assert (await client.delete(f"{API}/assets/{made['id']}", headers=headers)).status_code == 204
    polled = await client.get(f"{API}/assets", params={"modified_after": before}, headers=headers)
    plain = await client.get(f"{API}/assets", headers=headers)
    assert [row["deleted_at"] for row in polled.json()["data"]] == ["2026-11-23T06:00:01.000000Z"]
    assert plain.json()["data"] == []


async def test_a_put_by_external_id_creates_then_changes(
    client: AsyncTestClient[Any], cast: Cast
) -> None:
    headers = key(cast.alice.write_key)
    address = f"{API}/sites/by-external-id/JFK"
    new = await client.put(address, json={"name": "Kennedy"}, headers=headers)
    changed = await client.put(address, json={"name": "John F. Kennedy"}, headers=headers)
    assert (new.status_code, changed.status_code) == (201, 200)
    assert new.json()["id"] == changed.json()["id"]


async def test_a_scan_of_a_tag_finds_its_asset(client: AsyncTestClient[Any], cast: Cast) -> None:
    headers = key(cast.bob.write_key)
    asset = (await client.post(f"{API}/assets", json={"name": "Pump"}, headers=headers)).json()
    tag = await client.post(
        f"{API}/tags", json={"asset_id": asset["id"], "payload": "P-1"}, headers=headers
    )
    scan = await client.post(
        f"{API}/tag-scans",
        json={"payload": "P-1", "scanned_at": "2026-11-23T05:59:00Z"},
        headers=headers,
    )
    shown = (await client.get(f"{API}/assets/{asset['id']}", headers=headers)).json()
    assert tag.json()["state"] == "attached"
    assert scan.json()["asset_id"] == asset["id"]
    assert shown["tags"] == ["P-1"]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b'{"name":"\xff"}', "not valid UTF-8"),
        (b'{"name":"A","custom_fields":{"a":' + b"[" * 5000 + b"]" * 5000 + b"}}", "too deeply"),
    ],
    ids=["no UTF-8", "bottomless"],
)
async def test_a_body_no_program_should_send_is_the_callers_mistake(
    client: AsyncTestClient[Any], cast: Cast, body: bytes, complaint: str
) -> None:
    headers = key(cast.alice.write_key) | {"Content-Type": "application/json"}
    answer = await client.post(f"{API}/assets", content=body, headers=headers)
    assert answer.status_code == 400, answer.text
    assert complaint in answer.json()["detail"]


@pytest.mark.parametrize("external_id", ["%00", "x" * 501])
async def test_an_external_id_that_cannot_be_kept_is_refused_by_name(
    client: AsyncTestClient[Any], cast: Cast, external_id: str
) -> None:
    answer = await client.put(
        f"{API}/assets/by-external-id/{external_id}",
        json={"name": "A"},
        headers=key(cast.alice.write_key),
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == "external_id"


async def test_an_endless_external_id_in_a_body_is_refused_by_name(
    client: AsyncTestClient[Any], cast: Cast
) -> None:
    answer = await client.post(
        f"{API}/assets",
        json={"name": "A", "external_id": "x" * 1_000_000},
        headers=key(cast.alice.write_key),
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == "external_id"


async def test_a_time_in_the_year_1_is_written_as_wide_as_any_other(
    client: AsyncTestClient[Any], cast: Cast
) -> None:
    headers = key(cast.alice.write_key)
    order = {"title": "A", "due_at": "0001-01-02T00:00:00Z"}
    await client.post(f"{API}/work-orders", json=order, headers=headers)
    listed = await client.get(f"{API}/work-orders", headers=headers)
    assert listed.json()["data"][0]["due_at"] == "0001-01-02T00:00:00.000000Z"


@pytest.mark.parametrize(
    "due_at",
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999Z"],
)
async def test_a_time_the_database_takes_for_infinite_is_refused_before_it_spoils_the_list(
    client: AsyncTestClient[Any], cast: Cast, due_at: str
) -> None:
    headers = key(cast.alice.write_key)
    order = {"title": "A", "due_at": due_at}
    refused = await client.post(f"{API}/work-orders", json=order, headers=headers)
    listed = await client.get(f"{API}/work-orders", headers=headers)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "due_at")
    assert (listed.status_code, listed.json()["data"]) == (200, [])


async def test_a_tag_of_a_deleted_asset_can_be_put_on_another(
    client: AsyncTestClient[Any], cast: Cast
) -> None:
    headers = key(cast.alice.write_key)
    gone = (await client.post(f"{API}/assets", json={"name": "A"}, headers=headers)).json()["id"]
    other = (await client.post(f"{API}/assets", json={"name": "B"}, headers=headers)).json()["id"]
    tag = await client.post(f"{API}/tags", json={"asset_id": gone}, headers=headers)
    await client.delete(f"{API}/assets/{gone}", headers=headers)
    moved = await client.patch(
        f"{API}/tags/{tag.json()['id']}", json={"asset_id": other}, headers=headers
    )
    shown = await client.get(f"{API}/assets/{other}", headers=headers)
    assert moved.status_code == 200, moved.text
    assert shown.json()["tags"] == [tag.json()["payload"]]
