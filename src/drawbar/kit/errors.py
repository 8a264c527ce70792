"""Errors a caller can act on: raised where known, made problem+json at the edge (RFC 9457)."""

import msgspec


class FieldError(msgspec.Struct, frozen=True):
    """What is wrong with one field or parameter of a request."""

    field: str
    message: str


class Problem(Exception):  # noqa: N818 - RFC 9457's own word
    """A refusal with a stable code; `detail` says what happened and what to do next."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        *,
        category: str = "request",
        errors: tuple[FieldError, ...] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.category = category
        self.errors = errors
        self.headers = headers or {}


def invalid_request(detail: str, field: str | None = None) -> Problem:
    """400: the request cannot be read; names the parameter at fault where there is one."""
    errors = (FieldError(field, detail),) if field else ()
    return Problem(400, "INVALID_REQUEST", "Invalid request", detail, errors=errors)


def unauthenticated(detail: str = "Send a valid credential.") -> Problem:
    """401: nobody, or nobody we know."""
    return Problem(
        401,
        "AUTHENTICATION_FAILED",
        "Authentication failed",
        detail,
        category="authentication",
        headers={"WWW-Authenticate": "Bearer"},
    )


def denied(detail: str) -> Problem:
    """403: known, but not permitted."""
    return Problem(403, "PERMISSION_DENIED", "Permission denied", detail, category="permission")


def connection_inactive() -> Problem:
    """403: the connection holds no credits."""
    return Problem(
        403,
        "CONNECTION_INACTIVE",
        "Connection inactive",
        "This connection holds no credits. Free or buy credits, then reactivate it.",
        category="credits",
    )


def not_found(what: str) -> Problem:
    """404: no such thing for this caller."""
    return Problem(404, "NOT_FOUND", "Not found", f"There is no such {what}.")


def conflict(detail: str, field: str | None = None) -> Problem:
    """409: the state of things does not allow it; names the field at fault where there is one."""
    errors = (FieldError(field, detail),) if field else ()
    return Problem(409, "CONFLICT", "Conflict", detail, errors=errors)


def invalid(field: str, message: str) -> Problem:
    """422: one field of a well-formed request is not acceptable."""
    return invalid_fields((FieldError(field, message),))


def invalid_fields(errors: tuple[FieldError, ...]) -> Problem:
    """422: several fields of a well-formed request are not acceptable."""
    detail = "; ".join(f"{error.field}: {error.message}" for error in errors)
    return Problem(422, "VALIDATION_FAILED", "Validation failed", detail, errors=errors)


def rate_limited(seconds: int, why: str = "Too many requests in a short time.") -> Problem:
    """429: the caller's bucket is empty; says when the next request is allowed."""
    return Problem(
        429,
        "RATE_LIMIT_EXCEEDED",
        "Too many requests",
        f"{why} Wait {seconds} s and go on slower; the RateLimit headers say how fast you may ask.",
        category="rate_limit",
        headers={"Retry-After": str(seconds)},
    )


def source_error(detail: str) -> Problem:
    """502: the source system answered, but not usefully."""
    return Problem(502, "SOURCE_ERROR", "Source error", detail, category="source")


def reauthorization_required(detail: str) -> Problem:
    """424: the source no longer takes the connection's credentials."""
    return Problem(
        424,
        "REAUTHORIZATION_REQUIRED",
        "Reauthorization required",
        detail,
        category="authentication",
    )


def connection_unavailable(detail: str, *, retry_after: int) -> Problem:
    """503: the source does not answer now; `retry_after` is in seconds."""
    return Problem(
        503,
        "CONNECTION_UNAVAILABLE",
        "Connection unavailable",
        detail,
        category="source",
        headers={"Retry-After": str(retry_after)},
    )
