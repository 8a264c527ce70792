"""The OpenAPI document: Litestar's own, with declared query parameters, security and problems."""

import re
from typing import Any

from litestar import MediaType, Request, Router
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.routes import HTTPRoute

from drawbar.kit import json
from drawbar.kit.errors import FieldError

PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "detail", "code", "category", "request_id", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened and what to do next."},
        "instance": {"type": "string"},
        "code": {"type": "string", "description": "Stable; branch on this."},
        "category": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in FieldError.__struct_fields__},
            },
        },
    },
}
_PAGE = re.compile(rb"Page_[a-z_.]+\.([A-Za-z]+)_(?=\")")
"""How Litestar calls the schema of `Page[Asset]`; here it is AssetPage."""
REFUSAL = {
    "description": "Refused or failed; `code` says why.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


class DescribedJson(JsonRenderPlugin):
    """Renders the document once and keeps it."""

    def __init__(self, schemas: dict[str, Any]) -> None:
        super().__init__(path=["/", "/openapi.json"], media_type=MediaType.JSON)
        self._schemas = schemas
        self._rendered: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the whole document."""
        if self._rendered is None:
            described = json.encode(_described(request, openapi_schema, self._schemas))
            self._rendered = _PAGE.sub(rb"\1Page", described)
        return self._rendered


def answering(schema: dict[str, Any]) -> dict[str, Any]:
    """Declare the body of a route that answers with bytes: `opt=answering({"$ref": …})`."""
    return {"answer": schema}


def posted_form(required: list[str], **fields: str) -> dict[str, Any]:
    """Declare the fields of a form a route reads itself, each with a sentence."""
    properties = {
        name: {"type": "string", "description": sentence} for name, sentence in fields.items()
    }
    return {"form": {"type": "object", "required": required, "properties": properties}}


def openapi_config(
    title: str, version: str, opt: dict[str, Any], schemas: dict[str, Any]
) -> OpenAPIConfig:
    """Serve the document at `/openapi/openapi.json`, and nothing that loads from elsewhere.

    `schemas` are the components that `answering` refers to.
    """
    return OpenAPIConfig(
        title,
        version,
        openapi_router=Router("/openapi", route_handlers=[], opt=opt),
        render_plugins=[DescribedJson(schemas)],
        use_handler_docstrings=True,
    )


def _described(
    request: Request[Any, Any, Any], document: dict[str, Any], schemas: dict[str, Any]
) -> dict[str, Any]:
    components = document.setdefault("components", {})
    components.setdefault("schemas", {}).update(schemas, Problem=PROBLEM)
    for path in [path for path in document["paths"] if path.startswith("/openapi")]:
        del document["paths"][path]
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    for route in request.app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        operations = document["paths"].get(route.path_format, {})
        for handler in route.route_handlers:
            for method in handler.http_methods:
                operation = operations.get(method.lower())
                if operation is not None:
                    _name(operation, handler)
                    _describe(operation, handler.opt)
    return document


def _name(operation: dict[str, Any], handler: HTTPRouteHandler) -> None:
    """Name what has no name of its own by its function and what that says first."""
    if handler.operation_id is None:
        operation["operationId"] = handler.fn.__name__
    if handler.summary is None:
        said = (handler.fn.__doc__ or handler.fn.__name__).strip()
        operation["summary"] = said.splitlines()[0].rstrip(".")


def _describe(operation: dict[str, Any], opt: dict[str, Any]) -> None:
    operation.setdefault("parameters", []).extend(
        {
            "name": name,
            "in": "query",
            "description": sentence,
            "schema": {"type": "integer" if name == "limit" else "string"},
        }
        for name, sentence in opt.get("query", {}).items()
    )
    operation["responses"] = {
        status: answer for status, answer in operation["responses"].items() if status < "400"
    } | {"default": opt.get("refusal", REFUSAL)}
    if "form" in opt:
        form = {"application/x-www-form-urlencoded": {"schema": opt["form"]}}
        operation["requestBody"] = {"required": True, "content": form}
    if "answer" in opt:
        operation["responses"]["200"]["content"] = {"application/json": {"schema": opt["answer"]}}
    operation["security"] = [] if "public" in opt else [{"bearer": []}]
