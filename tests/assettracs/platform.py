"""The platform as one person's program sees it: short words for the calls the tests repeat."""

from typing import Any

from httpx import Response
from litestar.testing import AsyncTestClient

API = "/assettracs/api/v1"
Fields = dict[str, Any]


class Platform:
    """The REST API with one key; `add`, `set` and `show` insist on success."""

    def __init__(self, client: AsyncTestClient[Any], token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    async def ask(self, method: str, path: str, **arguments: Any) -> Response:
        """Call any route and return whatever it answers."""
        address = f"{API}/{path}"
        return await self._client.request(method, address, headers=self._headers, **arguments)

    async def add(self, kind: str, **fields: Any) -> Fields:
        """Create a thing."""
        return _shown(await self.ask("POST", kind, json=fields))

    async def set(self, kind: str, thing: Fields, **fields: Any) -> Fields:
        """Change a thing."""
        return _shown(await self.ask("PATCH", f"{kind}/{thing['id']}", json=fields))

    async def show(self, kind: str, thing: Fields) -> Fields:
        """Read a thing again."""
        return _shown(await self.ask("GET", f"{kind}/{thing['id']}"))

    async def all(self, kind: str, **filters: str) -> list[Fields]:
        """List things, the oldest first."""
        rows: list[Fields] = _shown(
            await self.ask("GET", kind, params={"sort": "created_at"} | filters)
        )["data"]
        return rows

    async def sling(self) -> Fields:
        """Add an asset worth inspecting."""
        return await self.add("assets", name="Chain sling 2 t")

    async def template(self) -> Fields:
        """Publish a template with one critical question and one that is not."""
        questions = [
            {"question": "Links free of cracks?", "critical": True},
            {"question": "Plate legible?"},
        ]
        return await self.add(
            "inspection-templates", name="Sling check", questions=questions, status="published"
        )

    async def inspect(
        self, asset: Fields, template: Fields, links: str, plate: str, inspector: str = "Alice"
    ) -> Response:
        """Complete an inspection with these two answers, refused or not."""
        return await self.ask(
            "POST",
            "inspections",
            json={
                "asset_id": asset["id"],
                "template_id": template["id"],
                "inspector": inspector,
                "status": "completed",
                "answers": [
                    {"question": "Links free of cracks?", "value": links, "note": "third link"},
                    {"question": "Plate legible?", "value": plate},
                ],
            },
        )

    async def inspected(
        self, asset: Fields, template: Fields, links: str, plate: str, inspector: str = "Alice"
    ) -> Fields:
        """Complete an inspection, insisting on success."""
        return _shown(await self.inspect(asset, template, links, plate, inspector))

    async def repair(self, order: Fields, assignee: str) -> Fields:
        """Take an order from request to done."""
        await self.set("work-orders", order, status="in_progress", assignee=assignee)
        return await self.set("work-orders", order, status="done")


def _shown(answer: Response) -> Fields:
    assert answer.is_success, answer.text
    shown: Fields = answer.json()
    return shown
