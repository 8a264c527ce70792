"""What the requests of schemathesis are about: a synced sandbox, and a fresh thing when asked."""

import asyncio
from dataclasses import dataclass
from typing import Any

import schemathesis
from schemathesis.schemas import BaseSchema

from tests.contracts.routes import Entrance
from tests.sync.world import World

LOGIN = {"user": "demo", "password": "demo"}
CONNECTION = {"name": "Kestrel", "system": "sandbox", "credentials": LOGIN}
ENDPOINT = {"url": "http://127.0.0.1:8080/hook", "event_types": ["*"]}
LOGO = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
BACK = "https://vendor.example/back"
APPLICATION = {
    "name": "Planner",
    "environment": "production",
    "redirect_uris": [BACK],
    "colour": "#aabbcc",
}


@dataclass(frozen=True)
class Ground:
    """A served Drawbar, its document, and a connection whose lists have rows."""

    world: World
    schema: BaseSchema

    async def ids_for(self, entrance: Entrance) -> dict[str, str]:
        """Return path parameters that lead to a thing this operation alone has."""
        if "{" not in entrance.path:
            return {}
        parent, _, rest = entrance.path.partition("/{")
        if parent.startswith("/api/v1/"):
            found = await self.world.hub(parent.removeprefix("/api/v1"), limit="1")
            return {"id": found["data"][0]["id"]} if found["data"] else {}
        kind = parent.rpartition("/")[2]
        if kind == "request-logs":
            return {"request_id": await self._request_id()}
        if kind == "webhook-messages":
            endpoint = await self.make("/webhook-endpoints", ENDPOINT)
            sent = await self.make(f"/webhook-endpoints/{endpoint['id']}/test")
            return {"id": sent["message_id"]}
        bodies = {
            "applications": APPLICATION,
            "connections": CONNECTION,
            "webhook-endpoints": ENDPOINT,
            "magic-links": {"name": "Kestrel"},
        }
        made = await self.make(f"/{kind}", bodies[kind])
        if rest.endswith("/data"):
            await self._admin("DELETE", f"/{kind}/{made['id']}")
        return {"id": made["id"]}

    async def token_for(self, entrance: Entrance) -> str:
        """Return the bearer token that opens an operation; OAuth's take none."""
        if entrance.path.startswith("/oauth/"):
            return ""
        if entrance.door.credential == "admin_token":
            return self.world.admin_token
        if entrance.method == "DELETE":
            return str((await self._fresh_token())["access_token"])
        return self.world.token

    async def body_for(self, entrance: Entrance) -> dict[str, Any] | bytes:
        """Return the fields no generator guesses, so that the code behind them is reached."""
        if entrance.path.startswith("/oauth/"):
            client = await self.make("/applications", APPLICATION)
            proof = {name: client[name] for name in ("client_id", "client_secret")}
            if entrance.path.endswith("/token"):
                return {**proof, "grant_type": "client_credentials", "scope": "admin"}
            return {**proof, "token": (await self._fresh_token())["access_token"]}
        name = (entrance.method, entrance.path.removeprefix("/admin/v1").removeprefix("/api/v1"))
        fields: dict[tuple[str, str], dict[str, Any] | bytes] = {
            ("POST", "/connections"): {**CONNECTION, "deployment": "cloud"},
            ("POST", "/connections/{id}/reauthorize"): {"credentials": LOGIN},
            ("POST", "/webhook-endpoints"): {**ENDPOINT, "connection_id": None, "headers": {}},
            ("PATCH", "/webhook-endpoints/{id}"): {**ENDPOINT, "headers": {}},
            ("POST", "/applications"): APPLICATION,
            ("PATCH", "/applications/{id}"): {
                name: APPLICATION[name] for name in ("name", "redirect_uris", "colour")
            },
            ("PUT", "/applications/{id}/logo"): LOGO,
            ("POST", "/sync"): {"entities": ["vendors"]},
            ("POST", "/magic-links"): {
                "name": "Kestrel",
                "system": "sandbox",
                "connection_id": None,
                "application_id": None,
                "email": "",
            },
        }
        return fields.get(name, {})

    async def _fresh_token(self) -> Any:
        made = await self.make("/connections", CONNECTION)
        return await self.make(f"/connections/{made['id']}/token")

    async def _request_id(self) -> str:
        for _ in range(50):
            _, logged = await self._admin("GET", "/request-logs?limit=1")
            if logged["data"]:
                return str(logged["data"][0]["request_id"])
            await asyncio.sleep(0.2)
        raise TimeoutError("no request was logged")

    async def make(self, path: str, body: Any = None) -> Any:
        """Make something by the Admin API."""
        status, made = await self._admin("POST", path, json=body)
        assert status < 300, (path, status, made)
        return made

    async def _admin(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        return await self.world.call(method, f"/admin/v1{path}", self.world.admin_token, **options)


async def ground_of(world: World) -> Ground:
    """Connect a sandbox and read it; take the document as the server shows it."""
    _, document = await world.call("GET", "/openapi/openapi.json", "")
    schema = schemathesis.openapi.from_dict(document, config=schemathesis.Config())
    ground = Ground(world, schema)
    made = await ground.make("/connections", CONNECTION)
    issued = await ground.make(f"/connections/{made['id']}/token")
    world.connection_id, world.token = made["id"], issued["access_token"]
    await world.work()
    return ground
