"""The OpenAPI document names every parameter and every refusal."""

import re
from typing import Any

import pytest
from litestar.testing import AsyncTestClient

from drawbar.schema.registry import ENTITIES, Entity

REFERENCE = re.compile(r'"\$ref":"#/components/schemas/([^"]+)"')


async def test_the_document_describes_lists_with_their_parameters(
    client: AsyncTestClient[Any],
) -> None:
    answer = await client.get("/openapi/openapi.json")
    document = answer.json()
    listed = document["paths"]["/api/v1/work-orders"]["get"]
    names = {parameter["name"] for parameter in listed["parameters"]}
    assert answer.status_code == 200
    assert {"limit", "cursor", "modified_after", "due_before", "status"} <= names
    assert listed["security"] == [{"bearer": []}]
    assert document["openapi"].startswith("3.1")


async def test_no_page_of_documentation_loads_from_elsewhere(client: AsyncTestClient[Any]) -> None:
    assert (await client.get("/openapi/redoc")).status_code == 404
    assert (await client.get("/schema")).status_code == 404


async def document(client: AsyncTestClient[Any]) -> Any:
    return (await client.get("/openapi/openapi.json")).json()


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda entity: entity.name)
async def test_a_unified_record_and_its_list_are_described_field_by_field(
    client: AsyncTestClient[Any], entity: Entity
) -> None:
    told = await document(client)

    def answer(path: str) -> dict[str, Any]:
        content = told["paths"][path]["get"]["responses"]["200"]["content"]
        name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
        schema: dict[str, Any] = told["components"]["schemas"][name]
        return schema

    record, page = answer(f"/api/v1/{entity.path}/{{id}}"), answer(f"/api/v1/{entity.path}")
    assert [*record["properties"]] == [*entity.attributes]
    assert [*page["properties"]] == ["data", "next_cursor", "as_of"]
    assert page["properties"]["data"]["items"]["$ref"].endswith(record["title"])
    assert record["properties"]["modified_at"]["format"] == "date-time"


async def test_every_schema_that_is_referred_to_is_there_under_a_plain_name(
    client: AsyncTestClient[Any],
) -> None:
    text = (await client.get("/openapi/openapi.json")).text
    schemas = (await document(client))["components"]["schemas"]
    assert set(REFERENCE.findall(text)) <= schemas.keys()
    assert [name for name in schemas if not name.isalnum()] == []
    assert {"Asset", "AssetPage", "UnifiedAsset", "UnifiedAssetPage"} <= schemas.keys()


async def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(
    client: AsyncTestClient[Any],
) -> None:
    paths = (await document(client))["paths"]
    operations = [one for methods in paths.values() for one in methods.values()]
    names = [one["operationId"] for one in operations]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch("[a-z_]+", name)] == []
    assert [one["summary"] for one in operations if " " not in one["summary"]] == []
    assert paths["/assettracs/api/v1/assets"]["post"]["summary"] == "Create an asset"
    assert paths["/api/v1/work-orders/{id}"]["get"]["summary"] == "Get one work order"
    assert paths["/healthz"]["get"]["summary"] == "Say that this process answers"


async def test_oauth_is_described_with_its_form_its_answer_and_its_own_refusals(
    client: AsyncTestClient[Any],
) -> None:
    told = (await document(client))["paths"]["/oauth/token"]["post"]
    form = told["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    answer = told["responses"]["200"]["content"]["application/json"]["schema"]
    refusal = told["responses"]["400"]["content"]["application/json"]["schema"]
    assert form["required"] == ["grant_type"]
    assert {"code", "code_verifier", "refresh_token"} <= form["properties"].keys()
    assert {"access_token", "refresh_token", "connection_id"} <= answer["properties"].keys()
    assert refusal["required"] == ["error", "error_description"]
