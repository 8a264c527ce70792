"""The OpenAPI document names every parameter and every refusal."""

from typing import Any

from litestar.testing import AsyncTestClient


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
    assert "application/problem+json" in listed["responses"]["default"]["content"]
    assert document["openapi"].startswith("3.1")


async def test_no_page_of_documentation_loads_from_elsewhere(client: AsyncTestClient[Any]) -> None:
    assert (await client.get("/openapi/redoc")).status_code == 404
    assert (await client.get("/schema")).status_code == 404
