"""JSON as Drawbar writes it: UTF-8 bytes, times always with six fractional digits and Z."""

from datetime import UTC, datetime
from typing import Any, TypeVar, overload

import msgspec

T = TypeVar("T")


def timestamp(moment: datetime) -> str:
    """Write an aware moment as RFC 3339 in UTC, `2026-11-23T06:41:56.000000Z`.

    The width never varies, so such texts sort as the moments do.
    """
    # Not strftime: its %Y writes the year 1 as "1".
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def plain(value: Any) -> Any:
    """Turn structs, ids, dates and enums into dicts, lists and strings, times by `timestamp`."""
    return _with_timestamps(msgspec.to_builtins(value, builtin_types=(datetime,)))


def encode(value: Any) -> bytes:
    """Write a value as JSON bytes."""
    return _ENCODER.encode(plain(value))


def _with_timestamps(value: Any) -> Any:
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, dict):
        return {key: _with_timestamps(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_timestamps(item) for item in value]
    return value


@overload
def decode(text: bytes | str) -> Any: ...
@overload
def decode(text: bytes | str, as_type: type[T]) -> T: ...
def decode(text: bytes | str, as_type: Any = Any) -> Any:
    """Read JSON into a type; raise `msgspec.ValidationError` that names the path if it misfits."""
    return msgspec.json.decode(text, type=as_type)


_ENCODER = msgspec.json.Encoder()
