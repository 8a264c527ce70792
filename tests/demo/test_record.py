"""What the demo is reached by survives, or says how to go on."""

from pathlib import Path

import pytest

from drawbar.demo.record import BrokenRecordError, new_record, read_record, record_path


def test_a_record_that_was_broken_says_what_to_do(tmp_path: Path) -> None:
    record_path(tmp_path).write_text('{"url": ')
    with pytest.raises(BrokenRecordError, match="begin a new one"):
        read_record(tmp_path)


def test_a_new_record_says_where_both_halves_answer() -> None:
    record = new_record("http://127.0.0.1:8900")
    assert record.url == record.assettracs.url == "http://127.0.0.1:8900"
    assert len(record.password) >= 12
