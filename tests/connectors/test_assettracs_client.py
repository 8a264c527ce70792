"""Reading the asset API over real HTTP: pages, resuming, changes, permissions."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from drawbar.connectors.assettracs.client import AssetTracs
from drawbar.connectors.catalogue import CATALOGUE
from drawbar.connectors.sdk.connector import Page, SourceHttp
from drawbar.connectors.sdk.errors import (
    CredentialInvalid,
    CredentialsRejected,
    PermissionMissing,
    RateLimited,
    SourceError,
)
from drawbar.connectors.sdk.raw import Raw
from tests.connectors.asset_platform import KEY, NOW, START, AssetPlatform, problem, serving

CONNECTOR = AssetTracs()


async def pages(
    http: SourceHttp, since: datetime | None = None, checkpoint: str | None = None
) -> list[Page]:
    read = CONNECTOR.pages(http, "work_orders", since=since, checkpoint=checkpoint)
    return [page async for page in read]


def remote_ids(read: list[Page]) -> list[str]:
    return [record.remote_id for page in read for record in page.records]


async def test_a_full_read_gives_every_row_once_in_pages_of_500() -> None:
    platform = AssetPlatform()
    platform.add("work-orders", 1201)

    async with serving(platform) as http:
        read = await pages(http)

    assert [len(page.records) for page in read] == [500, 500, 201]
    assert remote_ids(read) == [f"work-orders-{number}" for number in range(1201)]
    assert read[-1].checkpoint is None


async def test_a_row_is_kept_as_it_came() -> None:
    platform = AssetPlatform()
    platform.add("work-orders", 1, title="Öl prüfen", odd={"deep": [1, None]})

    async with serving(platform) as http:
        (page,) = await pages(http)

    (record,) = page.records
    assert Raw.parse(record.body).object("odd") == {"deep": [1, None]}
    assert Raw.parse(record.body).text("title") == "Öl prüfen"
    assert record.created_at == record.modified_at == START
    assert not record.deleted


async def test_reading_goes_on_after_the_page_of_a_checkpoint() -> None:
    platform = AssetPlatform(largest_page=2)
    platform.add("work-orders", 5)

    async with serving(platform) as http:
        whole = await pages(http)
        rest = await pages(http, checkpoint=whole[0].checkpoint)

    assert remote_ids(rest) == ["work-orders-2", "work-orders-3", "work-orders-4"]


async def test_a_resumed_run_keeps_its_since_and_its_watermark() -> None:
    platform = AssetPlatform(largest_page=2)
    platform.add("work-orders", 6)
    async with serving(platform) as http:
        first, *_ = await pages(http, since=START)
        platform.as_of = NOW + timedelta(hours=1)

        rest = await pages(http, since=None, checkpoint=first.checkpoint)

    assert remote_ids([first, *rest]) == [f"work-orders-{number}" for number in range(1, 6)]
    assert platform.asked[-1]["modified_after"] == "2026-11-01T00:00:00.000000Z"
    assert {page.as_of for page in [first, *rest]} == {NOW}


async def test_changes_since_the_watermark_are_read_and_nothing_older() -> None:
    platform = AssetPlatform()
    platform.add("work-orders", 3)
    async with serving(platform) as http:
        await pages(http)
        platform.rows["work-orders"][1]["modified_at"] = "2026-11-23T06:41:56.000001Z"

        read = await pages(http, since=NOW)

    assert remote_ids(read) == ["work-orders-1"]


async def test_a_deleted_row_is_told_among_the_changes() -> None:
    platform = AssetPlatform()
    platform.add("work-orders", 2)
    platform.delete("work-orders", 0, at=NOW + timedelta(seconds=1))

    async with serving(platform) as http:
        (changes,) = await pages(http, since=NOW)
        full = await pages(http)

    assert [(one.remote_id, one.deleted) for one in changes.records] == [("work-orders-0", True)]
    assert remote_ids(full) == ["work-orders-1"]


async def test_a_row_added_while_reading_is_not_lost() -> None:
    platform = AssetPlatform(largest_page=2)
    platform.add("work-orders", 4)

    async with serving(platform) as http:
        read = CONNECTOR.pages(http, "work_orders", since=None, checkpoint=None)
        first = await anext(read)
        platform.add("work-orders", 1)
        rest = [page async for page in read]

    assert remote_ids([first, *rest])[-1] == "work-orders-4"


async def test_an_empty_list_still_tells_the_watermark() -> None:
    async with serving(AssetPlatform()) as http:
        (page,) = await pages(http)

    assert page == Page(records=[], checkpoint=None, as_of=NOW)


async def test_a_list_that_never_ends_is_an_error() -> None:
    body = {"data": [], "next_cursor": "again", "as_of": "2026-11-23T06:41:56.000000Z"}
    answers = [problem(200, ""), problem(200, "")]
    answers[0].text = answers[1].text = str(body).replace("'", '"')

    async with serving(AssetPlatform(refusals=answers)) as http:
        with pytest.raises(SourceError, match="same cursor twice"):
            await pages(http)


@pytest.mark.parametrize(
    "body",
    [
        "<html>",
        "[]",
        '{"data": []}',
        '{"data": [], "as_of": "2026-11-23T06:41:56"}',
        '{"data": [{"name": "no id"}], "as_of": "2026-11-23T06:41:56Z"}',
        '{"data": [' + "[" * 5000 + "]" * 5000 + '], "as_of": "2026-11-23T06:41:56Z"}',
        (
            '{"data": [{"id": "a\\u0000", "created_at": "2026-11-23T06:41:56Z", '
            '"modified_at": "2026-11-23T06:41:56Z"}], "as_of": "2026-11-23T06:41:56Z"}'
        ),
    ],
)
async def test_an_answer_that_is_no_list_is_an_error_of_the_source(body: str) -> None:
    answer = problem(200, "")
    answer.text = body

    async with serving(AssetPlatform(refusals=[answer])) as http:
        with pytest.raises(SourceError, match="no AssetTracs"):
            await pages(http)


async def test_an_answer_that_is_no_utf8_is_an_error_of_the_source() -> None:
    answer = problem(200, "")
    answer.body = b'{"data": [{"id": "\xff"}], "as_of": "2026-11-23T06:41:56Z"}'

    async with serving(AssetPlatform(refusals=[answer])) as http:
        with pytest.raises(SourceError, match="no AssetTracs"):
            await pages(http)


@pytest.mark.parametrize("as_of", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
async def test_a_watermark_nobody_lived_at_is_an_error_of_the_source(as_of: str) -> None:
    answer = problem(200, "")
    answer.text = f'{{"data": [], "as_of": "{as_of}"}}'

    async with serving(AssetPlatform(refusals=[answer])) as http:
        with pytest.raises(SourceError, match="watermark in the year"):
            await pages(http)


async def test_a_check_tells_what_the_key_may_read() -> None:
    platform = AssetPlatform(denied={"certificates"})

    async with serving(platform) as http:
        checked = await CONNECTOR.check(http)

    assert checked.display_name == "AssetTracs at 127.0.0.1"
    assert [name for name, may in checked.permissions.items() if not may] == ["certificates"]
    assert set(checked.permissions) == set(CONNECTOR.manifest.entities)


async def test_a_check_with_mallorys_key_is_rejected() -> None:
    async with serving(AssetPlatform(), key="at_live_mallory") as http:
        with pytest.raises(CredentialsRejected):
            await CONNECTOR.check(http)


async def test_pages_of_a_denied_entity_say_so() -> None:
    async with serving(AssetPlatform(denied={"work-orders"})) as http:
        with pytest.raises(PermissionMissing, match="may not read work-orders"):
            await pages(http)


async def test_a_limit_met_halfway_leaves_the_pages_before_it() -> None:
    platform = AssetPlatform(largest_page=2)
    platform.add("work-orders", 4)

    async with serving(platform) as http:
        read = CONNECTOR.pages(http, "work_orders", since=None, checkpoint=None)
        first = await anext(read)
        platform.refusals.append(problem(429, "Slow down.", Retry_After="3"))
        with pytest.raises(RateLimited) as caught:
            await anext(read)
        rest = await pages(http, checkpoint=first.checkpoint)

    assert caught.value.retry_after == timedelta(seconds=3)
    assert remote_ids([first, *rest]) == [f"work-orders-{number}" for number in range(4)]


@pytest.mark.parametrize(
    "typed",
    ["https://a.example", " https://a.example/ ", "https://a.example/assettracs/api/v1/"],
)
def test_the_address_may_be_typed_as_people_do(typed: str) -> None:
    access = CONNECTOR.access({"base_url": typed, "api_key": f" {KEY}\n"})

    assert access.address == "https://a.example/assettracs/api/v1"
    assert access.headers == {"Authorization": f"Bearer {KEY}"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("base_url", ""),
        ("base_url", "a.example"),
        ("base_url", "ftp://a.example"),
        ("base_url", "https://"),
        ("base_url", "https://[::1"),
        ("base_url", "https://a.example:99999"),
        ("base_url", "https://bob:pw@a.example"),
        ("base_url", "https://a.example/?x=1"),
        ("api_key", ""),
        ("api_key", "two words"),
        ("api_key", "schlüssel"),
        ("api_key", "a\r\nX-Other: b"),
    ],
)
def test_a_credential_that_cannot_be_right_names_its_field(field: str, value: str) -> None:
    credentials = {"base_url": "https://a.example", "api_key": KEY} | {field: value}

    with pytest.raises(CredentialInvalid) as caught:
        CONNECTOR.access(credentials)

    assert caught.value.field == field


def test_unifying_a_row_derives_its_ids() -> None:
    alices = UUID("018f2a00-0000-7000-8000-000000000001")

    asset = CONNECTOR.unify("assets", "a-1", Raw({"id": "a-1"}), connection_id=alices)
    order = CONNECTOR.unify("work_orders", "w-1", Raw({"asset_id": "a-1"}), connection_id=alices)

    assert order["asset_id"] == asset["id"]


def test_the_catalogue_finds_the_connector_by_its_slug() -> None:
    assert CATALOGUE["assettracs"].manifest.name == "AssetTracs"
