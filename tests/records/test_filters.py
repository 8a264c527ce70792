"""Filters of the unified lists: all that the model's page promises, and nothing mistyped."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from drawbar.kit.db import Database
from drawbar.kit.errors import Problem
from drawbar.kit.listing import Cursors, ListQuery, read_query
from drawbar.records import store
from drawbar.records.listing import list_spec
from drawbar.schema.registry import ENTITIES
from tests.support.cast import Cast

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ID = str(uuid4())


def asked(entity: str, **filters: str) -> ListQuery:
    return read_query(list_spec(entity), filters.items(), Cursors(b"k" * 32), NOW, of="here")


@pytest.mark.parametrize("name", ENTITIES)
async def test_every_filter_that_is_promised_can_be_asked_for(
    name: str, database: Database, cast: Cast
) -> None:
    entity, spec = ENTITIES[name], list_spec(name)
    texts = {"uuid[]": ID, "text[]": "x"}
    equal = {
        one: spec.words.get(one, [texts[spec.filters[one][1]]])[0]
        for one in entity.equality_filters
    }
    ranges = {f"{stem}_after": "2026-11-23" for stem in entity.date_filters}
    async with database.reading(cast.alice.workspace_id) as tx:
        assert await store.page_of_bodies(tx, asked(name, **equal, **ranges)) == []


@pytest.mark.parametrize(
    ("entity", "filters"),
    [
        ("assets", {"status": "in_servce"}),
        ("work_orders", {"priority": "high,asap"}),
        ("work_orders", {"asset_id": "10000012"}),
        ("certificates", {"status": "expird"}),
    ],
)
def test_a_value_no_record_can_hold_is_refused(entity: str, filters: dict[str, str]) -> None:
    with pytest.raises(Problem) as refusal:
        asked(entity, **filters)
    assert refusal.value.status == 400
    assert [error.field for error in refusal.value.errors] == [*filters]


def test_the_sources_own_word_and_key_stay_free() -> None:
    query = asked("work_orders", remote_status="WIP", remote_asset_id="10000012")
    assert sorted(query.args, key=str) == [["10000012"], ["WIP"]]
