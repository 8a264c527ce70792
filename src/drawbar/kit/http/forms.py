"""What a browser's form sent, as plain text."""

from typing import Any

from litestar import Request

AnyRequest = Request[Any, Any, Any]


async def fields(request: AnyRequest) -> dict[str, str]:
    """Return each field's first value; a field that was not sent is simply missing.

    NUL, which no keyboard types and PostgreSQL does not store, is left out.
    """
    sent = await request.form()
    return {
        name: value.replace("\0", "")
        for name, value in reversed(list(sent.multi_items()))
        if isinstance(value, str)
    }


async def choices(request: AnyRequest, name: str) -> list[str]:
    """Return all values of a field that may be sent more than once, such as ticked boxes."""
    sent = await request.form()
    values = sent.getall(name, [])
    return [value.replace("\0", "") for value in values if isinstance(value, str)]
