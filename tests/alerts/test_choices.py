"""Choosing what one is told, when a digest is due, and ending letters without a log-in."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from drawbar.alerts import store
from drawbar.alerts.model import KINDS, Choices, default_choices, last_due
from drawbar.alerts.unsubscribing import Reader, link
from drawbar.kit.crypto import Vault
from drawbar.kit.db import Database
from drawbar.kit.logs import masked_text
from tests.support.cast import Cast, Person

Client = AsyncTestClient[Any]
PATH = "/hub/settings/alerts"
FORM: dict[str, str] = {
    **{str(kind): "digest" for kind in KINDS},
    "digest_every": "day",
    "digest_hour": "9",
    "time_zone": "Europe/Berlin",
}


def as_person(person: Person) -> dict[str, str]:
    return {"Cookie": f"drawbar_session={person.session}", "Sec-Fetch-Site": "same-origin"}


async def choices_of(database: Database, person: Person) -> Choices | None:
    async with database.reading(person.workspace_id) as tx:
        return await store.choices(tx, person.id)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        # Berlin changes to summer time on 2026-03-29 at 02:00, back on 2026-10-25 at 03:00.
        ("2026-01-10T00:59:59Z", "2026-01-09T01:00:00Z"),
        ("2026-03-29T00:59:59Z", "2026-03-28T01:00:00Z"),
        ("2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
        ("2026-10-25T00:00:00Z", "2026-10-25T00:00:00Z"),
        ("2026-10-25T01:30:00Z", "2026-10-25T00:00:00Z"),
        ("2026-10-26T00:59:59Z", "2026-10-25T00:00:00Z"),
        ("2026-10-26T01:00:00Z", "2026-10-26T01:00:00Z"),
    ],
)
def test_a_daily_digest_is_due_once_a_day_also_when_clocks_change(now: str, due: str) -> None:
    wish = Choices(kinds={}, digest_hour=2, time_zone="Europe/Berlin")

    assert last_due(wish, datetime.fromisoformat(now)) == datetime.fromisoformat(due)


def test_an_hourly_digest_is_due_at_the_full_hour() -> None:
    wish = Choices(kinds={}, digest_every="hour")

    due = last_due(wish, datetime(2026, 11, 23, 6, 41, 5, tzinfo=UTC))

    assert due == datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("role", "at_once", "digest"),
    [("owner", 1, 4), ("admin", 1, 4), ("developer", 0, 5), ("viewer", 0, 0), (None, 0, 0)],
)
def test_until_they_choose_their_role_decides(role: str | None, at_once: int, digest: int) -> None:
    choices = default_choices(role)

    assert (len(choices.of("at_once")), len(choices.of("digest"))) == (at_once, digest)


async def test_a_member_chooses_for_themselves_alone(
    client: Client, database: Database, cast: Cast
) -> None:
    saved = await client.post(
        PATH, headers=as_person(cast.carol), data=FORM, follow_redirects=False
    )
    page = await client.get(PATH, headers=as_person(cast.carol))

    assert saved.status_code == 303
    assert await choices_of(database, cast.carol) == Choices(
        kinds=dict.fromkeys(KINDS, "digest"), digest_hour=9, time_zone="Europe/Berlin"
    )
    assert await choices_of(database, cast.alice) is None
    assert await choices_of(database, cast.mallory) is None
    assert re.search(r'<option value="Europe/Berlin"\s+selected', page.text)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("digest_hour", "24"),
        ("digest_hour", "²"),
        ("digest_every", "week"),
        ("recovered", "sometimes"),
    ],
)
async def test_a_wrong_answer_is_told_beside_its_field(
    client: Client, database: Database, cast: Cast, field: str, text: str
) -> None:
    refused = await client.post(
        PATH, headers=as_person(cast.alice), data={**FORM, field: text}, follow_redirects=False
    )

    assert refused.status_code == 422
    assert f'id="{field}-error"' in refused.text
    assert await choices_of(database, cast.alice) is None


async def test_the_link_under_a_letter_ends_them_without_a_log_in(
    client: Client, database: Database, vault: Vault, cast: Cast
) -> None:
    alice = cast.alice
    path = link(vault, "", Reader(alice.workspace_id, alice.id))

    asked = await client.get(path)
    untouched = await choices_of(database, alice)
    stopped = await client.post(path)

    assert "End these letters?" in asked.text
    assert untouched is None
    assert "No more letters" in stopped.text
    own = await choices_of(database, alice)
    assert own is not None
    assert own.of("off") == list(KINDS)
    assert alice.email not in stopped.text
    assert "drawbar_session" not in stopped.headers.get("set-cookie", "")


@pytest.mark.parametrize("token", ["x", "ä", "A" * 64, "AAAA"])
async def test_a_forged_link_ends_nothing(client: Client, token: str) -> None:
    assert (await client.post(f"/alerts/unsubscribe/{token}")).status_code == 404


async def test_a_link_of_one_person_does_not_fit_another(
    client: Client, vault: Vault, cast: Cast
) -> None:
    mine = link(vault, "", Reader(cast.alice.workspace_id, cast.alice.id)).rpartition("/")[2]
    theirs = link(vault, "", Reader(cast.alice.workspace_id, cast.bob.id)).rpartition("/")[2]

    assert (await client.post(f"/alerts/unsubscribe/{theirs[:43]}{mine[43:]}")).status_code == 404


def test_the_link_is_masked_in_logs(vault: Vault, cast: Cast) -> None:
    address = link(vault, "http://x", Reader(cast.alice.workspace_id, cast.alice.id))

    assert masked_text(f"GET {address} 200") == "GET http://x/alerts/unsubscribe/••• 200"
