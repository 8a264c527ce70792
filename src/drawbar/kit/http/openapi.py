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
from drawbar.kit.http.refusals import HEADERS, headers_of, refusals
from drawbar.kit.http.sentences import sentences

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
_PATH_PARAMETERS = {
    "id": "Its id.",
    "external_id": "Its id in the caller's own system.",
    "request_id": "The `X-Request-Id` of its answer.",
}
_PLAIN = {"limit": {"type": "integer", "minimum": 1}}


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


def taking(*media_types: str) -> dict[str, Any]:
    """Declare the body of a route that reads bytes itself."""
    return {"body": {name: {"schema": {}} for name in media_types}}


def posted_form(required: list[str], **fields: str) -> dict[str, Any]:
    """Declare the fields of a form a route reads itself, each with a sentence."""
    properties = {
        name: {"type": "string", "description": sentence} for name, sentence in fields.items()
    }
    form = {"type": "object", "required": required, "properties": properties}
    return {"body": {"application/x-www-form-urlencoded": {"schema": form}}}


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
    components["headers"] = HEADERS
    said: dict[str, str] = {}
    for route in request.app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        operations = document["paths"].get(route.path_format, {})
        for handler in route.route_handlers:
            for method in handler.http_methods:
                operation = operations.get(method.lower())
                if operation is not None:
                    _name(operation, handler)
                    _describe(operation, handler, method)
                    said |= sentences(handler)
    for name, schema in components["schemas"].items():
        plain = name.partition("_")[0]
        schema.setdefault("description", said.get(name, said.get(plain, "")))
    return document


def _name(operation: dict[str, Any], handler: HTTPRouteHandler) -> None:
    """Name what has no name of its own by its function and what that says first."""
    if handler.operation_id is None:
        operation["operationId"] = handler.fn.__name__
    if handler.summary is None:
        said = (handler.fn.__doc__ or handler.fn.__name__).strip()
        operation["summary"] = said.splitlines()[0].rstrip(".")


def _describe(operation: dict[str, Any], handler: HTTPRouteHandler, method: str) -> None:
    opt = handler.opt
    schemas = opt.get("schemas", {})
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        parameter["description"] = _PATH_PARAMETERS[parameter["name"]]
    parameters.extend(
        _parameter(name, sentence, schemas.get(name) or _PLAIN.get(name, {"type": "string"}))
        | ({"required": True} if name in opt.get("needed", ()) else {})
        for name, sentence in opt.get("query", {}).items()
    )
    if "body" in opt:
        operation["requestBody"] = {"required": True, "content": opt["body"]}
    elif "data" in handler.parsed_fn_signature.parameters:
        data = handler.parsed_fn_signature.parameters["data"]
        operation["requestBody"]["required"] = not data.has_default
    _answers(operation, handler, method)
    operation["security"] = [] if "public" in opt else [{"bearer": []}]


def _answers(operation: dict[str, Any], handler: HTTPRouteHandler, method: str) -> None:
    opt = handler.opt
    answers = {
        status: answer for status, answer in operation["responses"].items() if status < "400"
    }
    if "answer" in opt:
        answers["200"]["content"] = {"application/json": {"schema": opt["answer"]}}
    if "made" in opt:
        answers["201"] = {**answers["200"], "description": "Created."}
    for answer in answers.values():
        answer["headers"] = headers_of(handler)
        for content in answer.get("content", {}).values():
            content["schema"] = content["schema"] or {"type": "string"}
    operation["responses"] = answers | refusals(handler, method)


def _parameter(name: str, sentence: str, schema: dict[str, Any]) -> dict[str, Any]:
    told = {"name": name, "in": "query", "description": sentence, "schema": schema}
    return told | ({"explode": False} if schema.get("type") == "array" else {})
