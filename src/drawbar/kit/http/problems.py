"""Errors as problem+json (RFC 9457), whoever raised them."""

import http
from typing import Any

import asyncpg
from asyncpg import DeadlockDetectedError
from litestar import Request, Response
from litestar.exceptions import HTTPException, SerializationException, ValidationException

from drawbar.kit import json, logs
from drawbar.kit.errors import FieldError, Problem, conflict, invalid_fields, invalid_request

AnyRequest = Request[Any, Any, Any]
log = logs.logger(__name__)
DATABASE_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    ConnectionError,
)
"""What a request raises whose database went away under it; it comes back by itself."""
UNREADABLE = (SerializationException, UnicodeDecodeError, RecursionError)
"""What a body raises that cannot be read, or whose value is too deep to be written again."""


def as_problem(error: Exception) -> Problem:
    """Shape any exception into a problem; what nobody foresaw is logged and becomes a 500."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, ValidationException):
        return _invalid(error)
    if isinstance(error, UNREADABLE):
        return _unreadable(error)
    if isinstance(error, (DeadlockDetectedError, *DATABASE_LOST)):
        return _of_the_database(error)
    if (
        isinstance(error, HTTPException)
        and error.status_code < http.HTTPStatus.INTERNAL_SERVER_ERROR
    ):
        return _from_status(error)
    log.error("request.failed", exc_info=error)
    return Problem(
        500,
        "INTERNAL_ERROR",
        "Internal error",
        "Something went wrong on our side. Send the request id to whoever runs this Drawbar.",
        category="internal",
    )


def _of_the_database(error: Exception) -> Problem:
    if isinstance(error, DeadlockDetectedError):
        return conflict("Somebody changed the same things at the same moment. Send it again.")
    log.error("request.database_lost", error=str(error))
    return Problem(
        503,
        "DATABASE_UNAVAILABLE",
        "Database unavailable",
        "The database was lost for a moment. Send the request again.",
        category="internal",
        headers={"Retry-After": "2"},
    )


def problem_response(request: AnyRequest, error: Exception) -> Response[bytes]:
    """Answer with problem+json."""
    problem = as_problem(error)
    body = {
        "type": f"urn:drawbar:problem:{problem.code.lower()}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": logs.masked_text(request.url.path),
        "code": problem.code,
        "category": problem.category,
        "request_id": request.scope.get("request_id", ""),
        "errors": problem.errors,
    }
    return Response(
        json.encode(body),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=problem.headers,
    )


def _unreadable(error: Exception) -> Problem:
    if isinstance(error, RecursionError):
        return invalid_request("The body is nested too deeply.")
    wanted = "UTF-8" if isinstance(error, UnicodeDecodeError) else "JSON"
    return invalid_request(f"The body is not valid {wanted}.")


def _invalid(error: ValidationException) -> Problem:
    extra = error.extra if isinstance(error.extra, list) else []
    fields = tuple(
        FieldError(str(item.get("key") or "body"), str(item.get("message", "")))
        for item in extra
        if isinstance(item, dict)
    )
    in_body = any(isinstance(item, dict) and item.get("source") == "body" for item in extra)
    if fields and in_body:
        return invalid_fields(fields)
    if fields:
        first = fields[0]
        return invalid_request(f"{first.field}: {first.message}", first.field)
    return invalid_request(error.detail)


def _from_status(error: HTTPException) -> Problem:
    status = http.HTTPStatus(error.status_code)
    code = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED", 413: "REQUEST_TOO_LARGE"}.get(
        status, "INVALID_REQUEST"
    )
    detail = {404: "There is nothing at this address.", 405: "Not with this method."}.get(
        status, error.detail
    )
    return Problem(status, code, status.phrase, detail, headers=dict(error.headers or {}))
