"""What a route can answer beside its success, derived from what the route is."""

from collections.abc import Iterator
from typing import Any

from litestar.handlers import HTTPRouteHandler

SAID = {
    400: "A parameter or the body cannot be read.",
    401: "The credential is missing, unknown, expired or revoked.",
    403: "The credential does not open this, or there are no credits for it.",
    404: "There is no such thing for this credential.",
    409: "The state of things does not allow it, or somebody changed them at the same moment.",
    413: "The body is too large.",
    422: "A field is not acceptable; `errors` names it.",
    424: "The source no longer takes the connection's credentials.",
    429: "Too many requests; go on after `Retry-After`.",
    502: "The source answered, but not usefully.",
    503: "The source does not answer now; try again after `Retry-After`.",
}
HEADERS = {
    "RequestId": {
        "description": "Names this request in the request log; the caller's own is kept.",
        "schema": {"type": "string"},
        "required": True,
    },
    "Version": {
        "description": "The version of Drawbar that answered.",
        "schema": {"type": "string"},
        "required": True,
    },
    "RateLimit": {
        "description": "What is left of the bucket, and in how many seconds it is full again.",
        "schema": {"type": "string"},
    },
    "RateLimitPolicy": {
        "description": "How many requests the bucket allows in how many seconds.",
        "schema": {"type": "string"},
    },
    "RetryAfter": {
        "description": "Seconds until it may be tried again.",
        "schema": {"type": "integer", "minimum": 1},
        "required": True,
    },
    "Challenge": {
        "description": "How to show a credential (RFC 9110).",
        "schema": {"type": "string"},
    },
}
_EVERYWHERE = {"X-Request-Id": "RequestId", "Drawbar-Version": "Version"}
_LIMITED = {"RateLimit": "RateLimit", "RateLimit-Policy": "RateLimitPolicy"}
_OF_STATUS = {
    401: {"WWW-Authenticate": "Challenge"},
    429: {"Retry-After": "RetryAfter"},
    503: {"Retry-After": "RetryAfter"},
}
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def also(*statuses: int) -> dict[str, Any]:
    """Declare statuses that cannot be told from a route's shape: `opt=also(424, 503)`."""
    return {"also": statuses}


def or_made() -> dict[str, Any]:
    """Declare that the route answers 201 where it made what was not there, else 200."""
    return {"made": True}


def refusals(handler: HTTPRouteHandler, method: str) -> dict[str, Any]:
    """Describe every refusal of a route; `opt["refusal"]` is the content of its own 400 and 401."""
    own = handler.opt.get("refusal")
    return {
        str(status): {
            "description": SAID[status],
            "headers": headers_of(handler, status),
            "content": own if own and status in {400, 401} else PROBLEM,
        }
        for status in sorted({*_statuses(handler, method), *handler.opt.get("also", ())})
    }


def headers_of(handler: HTTPRouteHandler, status: int = 200) -> dict[str, Any]:
    """Refer to the headers an answer with this status carries."""
    limited = {} if _is_open(handler) else _LIMITED
    named = _EVERYWHERE | limited | _OF_STATUS.get(status, {})
    return {name: {"$ref": f"#/components/headers/{header}"} for name, header in named.items()}


def _is_open(handler: HTTPRouteHandler) -> bool:
    """Whether nobody is asked who they are: not by a door, and not by a form of OAuth's."""
    return "public" in handler.opt and "refusal" not in handler.opt


def _statuses(handler: HTTPRouteHandler, method: str) -> Iterator[int]:
    takes_json = "data" in handler.parsed_fn_signature.parameters
    if not _is_open(handler):
        yield from (400, 401, 429)
    if "public" not in handler.opt:
        yield 403
    if any("{" in path for path in handler.paths):
        yield 404
    if method in _UNSAFE:
        yield 409
    if takes_json or "body" in handler.opt:
        yield 413
    if takes_json:
        yield 422
