"""The people of the asset platform's tests, each with a key of their own workspace."""

from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.assettracs.platform import Platform
from tests.support.cast import Cast


@pytest.fixture
def alice(client: AsyncTestClient[Any], cast: Cast) -> Platform:
    return Platform(client, cast.alice.write_key)


@pytest.fixture
def carol(client: AsyncTestClient[Any], cast: Cast) -> Platform:
    return Platform(client, cast.carol.read_key)


@pytest.fixture
def mallory(client: AsyncTestClient[Any], cast: Cast) -> Platform:
    return Platform(client, cast.mallory.write_key)
