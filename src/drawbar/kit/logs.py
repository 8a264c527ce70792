"""One structured log for ours and the libraries' lines, with secrets masked on the way out."""

import logging
import re
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import date
from functools import lru_cache
from numbers import Number
from typing import Any, TextIO
from uuid import UUID

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

MASK = "•••"
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request under way; set at the edge, written on every line below it."""

_DEEPEST = 8
_TELLING_NAMES = (
    "authorization|pass(?:word|wd|phrase)|secret|token|api[-_ ]?key|credentials?|cookie|"
    "private[-_ ]?key|master[-_ ]?key|session[-_ ]?id|signature"
)
_TELLING_KEY = re.compile(_TELLING_NAMES, re.IGNORECASE)
_TELLING_STEMS = (
    "authorization",
    "pass",
    "secret",
    "token",
    "api",
    "credential",
    "cookie",
    "private",
    "master",
    "session",
    "signature",
)
# Each is tried only on a text that holds one of its words, in lower case: most hold none.
_TEXT_SECRETS = (
    # Webhook secrets, our own prefixed keys and tokens (Standard Webhooks 1.0, kit/crypto.py).
    (["whs"], re.compile(r"\bwhs(?:ec|k)_[A-Za-z0-9+/=_-]+"), MASK),
    # Tokens, codes and secrets of OAuth, API keys; `dbi_` is only a client's public name.
    (["db"], re.compile(r"\bdb[a-hj-z]_[A-Za-z0-9_-]{20,}"), MASK),
    (
        ["bearer", "basic"],
        re.compile(r"\b(?:bearer|basic)\s+[A-Za-z0-9+/=._~-]{6,}", re.IGNORECASE),
        MASK,
    ),
    # One-time links: whoever holds one becomes the owner, or enters the account.
    (
        ["/setup/", "/invitation/", "/sign-up/", "/reset/", "/confirm/"],
        re.compile(r"(/(?:setup|invitation|sign-up|reset|confirm)/+)[^\s\"'?#/]+"),
        rf"\1{MASK}",
    ),
    # Link's sessions and magic links: whoever holds one enters credentials in the customer's place.
    (["/link/"], re.compile(r"(/link/+[sm]/+)[^\s\"'?#/]+"), rf"\1{MASK}"),
    # The link that ends letters: whoever holds it may switch somebody's off.
    (["/alerts/unsubscribe/"], re.compile(r"(/alerts/unsubscribe/+)[^\s\"'?#/]+"), rf"\1{MASK}"),
    # A password inside a URL, as database addresses have it.
    (["@"], re.compile(r"(://[^\s/:@]*:)[^\s/@]+@"), rf"\1{MASK}@"),
    # name=value and "name": "value" inside sentences, reprs, JSON and query strings.
    (
        _TELLING_STEMS,
        re.compile(
            rf"""((?:{_TELLING_NAMES})[\w-]*["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s"'&,;)}}\]]+)""",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    # Long opaque values in a query: signed links and one-time codes go by many names.
    (["?", "&"], re.compile(r"([?&][\w.-]+=)[A-Za-z0-9+/=._~%-]{24,}"), rf"\1{MASK}"),
)


def configure(level: str = "INFO", *, stream: TextIO | None = None) -> None:
    """Send all logging to `stream` (standard error): JSON lines, or colours on a terminal.

    Masking stands between every line and its renderer and has no switch, at any level.
    """
    out = stream or sys.stderr
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _add_request_id,
    ]
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                # To text first: a traceback may quote a secret too.
                structlog.processors.format_exc_info,
                mask,
                _renderer(out),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger: `logger(__name__).info("sync finished", entity="assets", records=12)`."""
    found: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return found


def mask(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask secrets by key name and by look, in nested values too (a structlog processor)."""
    return {key: masked(value, key) for key, value in event.items()}


def masked(value: Any, key: str = "", depth: int = 0) -> Any:
    """Return a copy fit for a log or a support bundle; unknown objects become masked text."""
    if value is None or isinstance(value, bool):
        return value
    if is_telling(key) or depth > _DEEPEST:
        return MASK
    if isinstance(value, Mapping):
        return {
            _masked_name(str(name)): masked(inner, str(name), depth + 1)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [masked(inner, "", depth + 1) for inner in value]
    return value if isinstance(value, Number | date | UUID) else masked_text(_as_text(value))


def masked_text(text: str) -> str:
    """Mask whatever looks like a secret inside free text."""
    lowered = text.casefold()
    for words, pattern, instead in _TEXT_SECRETS:
        for word in words:
            if word in lowered:
                text = pattern.sub(instead, text)
                break
    return text


@lru_cache(maxsize=4096)
def is_telling(name: str) -> bool:
    """Whether a name says that its value is secret."""
    return _TELLING_KEY.search(name) is not None


@lru_cache(maxsize=4096)
def _masked_name(name: str) -> str:
    return masked_text(name)


def _as_text(value: object) -> str:
    if isinstance(value, bytes | bytearray):
        return value.decode("utf-8", "replace")
    return value if isinstance(value, str) else repr(value)


def _add_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    current = request_id.get()
    return event if current is None else {"request_id": current, **event}


def _renderer(out: TextIO) -> Processor:
    if out.isatty():
        return structlog.dev.ConsoleRenderer(
            exception_formatter=structlog.dev.plain_traceback, timestamp_key="at"
        )
    return structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=False, default=str)
