"""Schemathesis against a served Drawbar: what the OpenAPI document says is what is answered.

Every operation of the three APIs is asked three times over: soundly about a thing that is there,
soundly about ids nobody has, and unsoundly.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.contracts.fuzz_ground import Ground, ground_of
from tests.contracts.routes import Entrance, entrances
from tests.support.cast import Cast
from tests.support.database import TestServer
from tests.sync.world import hub_and_platform

Case = schemathesis.Case[Any]
pytestmark = pytest.mark.slow
PREFIXES = ("/admin/v1/", "/oauth/", "/api/v1/")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
SOUND, ELSEWHERE, UNSOUND = 12, 4, 16
"""Requests of each kind an operation gets."""


@dataclass(frozen=True)
class Round:
    """One way of asking an operation."""

    mode: GenerationMode
    requests: int
    ids: dict[str, str] | None
    fed: dict[str, Any] | bytes


def operations() -> list[Entrance]:
    return [one for one in entrances() if one.path.startswith(PREFIXES) and one.method != "OPTIONS"]


@pytest.fixture(scope="module")
async def ground(server: TestServer, shared_cast: Cast) -> AsyncIterator[Ground]:
    async with hub_and_platform(server, shared_cast, credits_granted=100) as world:
        yield await ground_of(world)


def ask(
    operation: schemathesis.APIOperation[Any, Any, Any, Any],
    way: Round,
    send: Callable[[Case], schemathesis.Response],
) -> list[int]:
    """Send a round of requests, raise at the first wrong answer; return the statuses seen."""
    seen: list[int] = []
    # In a query everything is text, so what breaks its schema may well be sound.
    refuses = way.mode.is_negative and operation.body and not operation.query
    checks = [*CHECKS, negative_data_rejection] if refuses else CHECKS

    # Always the same requests; whoever breaks something sees it here, not somebody later.
    @settings(
        max_examples=way.requests,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(operation.as_strategy(way.mode, path_parameters=way.ids))
    def each(case: Case) -> None:
        if isinstance(way.fed, bytes):
            case.body = way.fed
        elif isinstance(case.body, dict):
            case.body = case.body | way.fed
        if way.mode.is_positive and case.query:
            # A made-up cursor is refused before anything else is looked at.
            case.query.pop("cursor", None)
        answer = send(case)
        case.validate_response(answer, checks=checks)
        seen.append(answer.status_code)

    each()
    return seen


def rounds(entrance: Entrance, ids: dict[str, str], fed: dict[str, Any] | bytes) -> list[Round]:
    ways = [Round(GenerationMode.POSITIVE, SOUND, ids or None, fed)]
    if "{" in entrance.path:
        ways.append(Round(GenerationMode.POSITIVE, ELSEWHERE, None, fed))
    return ways


@pytest.mark.parametrize("entrance", operations(), ids=str)
async def test_every_answer_is_as_the_document_says(ground: Ground, entrance: Entrance) -> None:
    operation = ground.schema[entrance.path][entrance.method]
    ids = await ground.ids_for(entrance)
    fed = await ground.body_for(entrance)
    headers = (
        {"Authorization": f"Bearer {token}"} if (token := await ground.token_for(entrance)) else {}
    )
    seen: list[int] = []
    with requests.Session() as session:

        def send(case: Case) -> schemathesis.Response:
            return case.call(ground.world.address, session, headers, timeout=20)

        for way in rounds(entrance, ids, fed):
            seen += await asyncio.to_thread(ask, operation, way, send)
        takes = operation.body or operation.query or "{" in entrance.path
        if takes:
            way = Round(GenerationMode.NEGATIVE, UNSOUND, ids or None, {})
            seen += await asyncio.to_thread(ask, operation, way, send)
    nothing_there = "{" in entrance.path and not ids
    reached = min(seen) < 300 or 409 in seen
    assert reached or nothing_there, f"never got behind its checks: {sorted(set(seen))}"
