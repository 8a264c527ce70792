"""Who reads the pages of these tests, and at which moment."""

from datetime import UTC, datetime

import pytest

from drawbar.ui.pages import samples
from drawbar.ui.reader import Reader

NOW = datetime(2026, 11, 23, 6, 41, 56, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def alice() -> Reader:
    return Reader(now=NOW, locale="en", time_zone="Europe/Lisbon")


@pytest.fixture
def bob() -> Reader:
    return Reader(now=NOW, locale="de", time_zone="Europe/Berlin")


@pytest.fixture
def gallery_context() -> dict[str, object]:
    return {"title": "Components", "samples": samples(NOW)}
