"""What the classes a route takes and gives say of themselves: their schemas' descriptions."""

import typing
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar.handlers import HTTPRouteHandler


def sentences(handler: HTTPRouteHandler) -> dict[str, str]:
    """Return the docstring of every struct in a route's body and answer, by the struct's name."""
    signature = handler.parsed_fn_signature
    data = signature.parameters.get("data")
    kinds = [signature.return_type.annotation, data.annotation if data else None]
    found: dict[type, str] = {}
    for kind in kinds:
        _collect(kind, found)
    return {kind.__name__: sentence for kind, sentence in found.items()}


def _collect(kind: Any, found: dict[type, str]) -> None:
    for struct in _structs(kind):
        if struct not in found:
            found[struct] = (struct.__doc__ or "").strip()
            for field in typing.get_type_hints(struct, include_extras=True).values():
                _collect(field, found)


def _structs(kind: Any) -> Iterator[type[msgspec.Struct]]:
    origin = typing.get_origin(kind) or kind
    if isinstance(origin, type) and issubclass(origin, msgspec.Struct):
        yield origin
    for argument in typing.get_args(kind):
        yield from _structs(argument)
