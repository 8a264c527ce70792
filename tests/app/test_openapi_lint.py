"""The OpenAPI document is whole: every status, parameter, schema and header is described."""

from collections.abc import Iterator
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from tests.contracts.routes import Entrance, entrances

PROBLEM = {"$ref": "#/components/schemas/Problem"}
OPEN = {"/healthz", "/.well-known/oauth-authorization-server"}
STATUSES = {
    ("GET", "/admin/v1/connections"): "200 400 401 403 429",
    ("GET", "/admin/v1/connections/{id}"): "200 400 401 403 404 429",
    ("POST", "/admin/v1/connections"): "201 400 401 403 409 413 422 429 502",
    ("DELETE", "/admin/v1/connections/{id}"): "204 400 401 403 404 409 429",
    ("PUT", "/admin/v1/applications/{id}/logo"): "200 400 401 403 404 409 413 422 429",
    ("POST", "/api/v1/sync"): "202 400 401 403 409 413 422 424 429 503",
    ("POST", "/oauth/token"): "200 400 401 409 413 429",
    ("PUT", "/assettracs/api/v1/assets/by-external-id/{external_id}"): (
        "200 201 400 401 403 404 409 413 422 429"
    ),
    ("GET", "/healthz"): "200",
}


@pytest.fixture
async def told(shared_client: AsyncTestClient[Any]) -> Any:
    return (await shared_client.get("/openapi/openapi.json")).json()


def operations(told: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


@pytest.mark.parametrize("operation", STATUSES, ids=" ".join)
async def test_an_operation_documents_exactly_what_it_can_answer(
    told: Any, operation: tuple[str, str]
) -> None:
    method, path = operation
    responses = told["paths"][path][method.lower()]["responses"]
    assert " ".join(sorted(responses)) == STATUSES[operation]


async def test_no_operation_hides_its_refusals_behind_a_default(told: Any) -> None:
    for method, path, operation in operations(told):
        where = f"{method} {path}"
        assert "default" not in operation["responses"], where
        for status, answer in operation["responses"].items():
            assert answer["description"], where
            assert "X-Request-Id" in answer["headers"], where
            if status >= "400" and not path.startswith("/oauth"):
                assert answer["content"]["application/problem+json"]["schema"] == PROBLEM, where
        if path not in OPEN:
            assert {"401", "429"} <= operation["responses"].keys(), where
            assert "Retry-After" in operation["responses"]["429"]["headers"], where
            assert "RateLimit" in operation["responses"]["429"]["headers"], where


async def test_every_parameter_and_every_schema_says_what_it_is(told: Any) -> None:
    silent = [
        f"{method} {path} {parameter['name']}"
        for method, path, operation in operations(told)
        for parameter in operation["parameters"]
        if not parameter.get("description")
    ]
    schemas = told["components"]["schemas"].items()
    assert silent == []
    assert [name for name, schema in schemas if not schema.get("description")] == []


async def test_every_operation_has_a_tag_and_every_path_parameter_is_declared(told: Any) -> None:
    for method, path, operation in operations(told):
        declared = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert path in OPEN or operation["tags"], f"{method} {path}"
        assert {f"{{{name}}}" for name in declared} == {
            part for part in path.split("/") if part.startswith("{")
        }


def of_the_apis() -> list[Entrance]:
    prefixes = ("/admin/v1/", "/api/v1/", "/oauth/", "/assettracs/api/v1/")
    return [one for one in entrances() if one.path.startswith(prefixes)]


async def test_every_route_of_the_apis_is_in_the_document(told: Any) -> None:
    described = {(method, path) for method, path, _ in operations(told)}
    missing = {(one.method, one.path) for one in of_the_apis()} - described
    assert {path for method, path in missing if not path.startswith("/assettracs")} == set()


async def test_a_wrong_method_is_answered_with_the_methods_there_are(
    shared_client: AsyncTestClient[Any],
) -> None:
    there: dict[str, set[str]] = {}
    for one in of_the_apis():
        there.setdefault(one.path, set()).add(one.method)
    for path, methods in there.items():
        url = path.replace("{id}", "7d8f5b8e-4b0c-4b8e-9d5a-0c1f6b1f3a11")
        answer = await shared_client.request("TRACE", url)
        allowed = set(answer.headers["allow"].split(", "))
        assert (answer.status_code, allowed - {"OPTIONS"}) == (405, methods), path
