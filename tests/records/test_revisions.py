"""What a page of source rows does to the stored records."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from drawbar.kit import json
from drawbar.records.model import Stored, Unified, revisions
from drawbar.schema.registry import ENTITIES, identified

CONNECTION = uuid4()
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SITES = ENTITIES["sites"]


def row(name: str, *, deleted: bool = False, at: datetime = NOW, key: str = "1") -> Unified:
    fields = {"name": name, "remote_modified_at": at, "display_name": name}
    return Unified(identified(SITES, CONNECTION, key, fields), b"{}", deleted)


def stored_after(*rows: Unified) -> dict[Any, Stored]:
    made = revisions(SITES, rows, {}, watermark=None, now=NOW)
    return {one.id: Stored(one.content_hash, one.created_at, one.version) for one in made}


def test_an_unchanged_row_changes_nothing() -> None:
    known = stored_after(row("Leeds"))
    later = NOW + timedelta(days=1)
    assert revisions(SITES, [row("Leeds")], known, watermark=NOW, now=later) == []


def test_a_change_after_the_watermark_keeps_the_sources_time() -> None:
    known = stored_after(row("Leeds"))
    at = NOW + timedelta(seconds=5)
    (one,) = revisions(SITES, [row("York", at=at)], known, watermark=NOW, now=at)
    assert (one.kind, one.modified_at, one.version) == ("updated", at, 2)


def test_a_change_the_watermark_has_passed_gets_the_time_it_was_seen() -> None:
    known = stored_after(row("Leeds"))
    seen, watermark = NOW + timedelta(hours=2), NOW + timedelta(hours=1)
    late = row("York", at=NOW + timedelta(minutes=1))
    (one,) = revisions(SITES, [late], known, watermark=watermark, now=seen)
    assert (one.modified_at, one.remote_modified_at) == (seen, NOW + timedelta(minutes=1))


def test_a_source_with_a_clock_ahead_cannot_hide_a_late_change() -> None:
    known = stored_after(row("Leeds"))
    ahead = NOW + timedelta(hours=1)
    (one,) = revisions(SITES, [row("York")], known, watermark=ahead, now=NOW)
    assert one.modified_at > ahead


def test_a_deleted_row_nobody_knew_is_not_stored() -> None:
    assert revisions(SITES, [row("Leeds", deleted=True)], {}, watermark=None, now=NOW) == []


def test_a_deletion_is_kept_with_its_time() -> None:
    known = stored_after(row("Leeds"))
    (one,) = revisions(SITES, [row("Leeds", deleted=True)], known, watermark=NOW, now=NOW)
    assert (one.kind, one.deleted_at) == ("deleted", NOW)
    assert json.decode(one.body)["deleted_at"] == "2026-11-23T06:00:00.000000Z"


def test_the_last_of_two_rows_with_one_key_counts() -> None:
    made = revisions(SITES, [row("a"), row("b"), row("c", key="2")], {}, watermark=None, now=NOW)
    assert [json.decode(one.body)["name"] for one in made] == ["b", "c"]
