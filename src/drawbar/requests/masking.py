"""What of a request may be kept: no credential, no file, and of a long body only its beginning."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl

from drawbar.kit import json
from drawbar.kit.logs import MASK, is_telling, masked, masked_text

LONGEST_BODY = 4096
"""Characters kept of a body."""
LONGEST_READ = 1024
"""Of what a successful read returned, which is in the records anyway."""
LONGEST_TEXT = 1000
CUT = "…"
FORM = "application/x-www-form-urlencoded"
SHOWN_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "accept-language",
        "access-control-request-method",
        "cache-control",
        "content-disposition",
        "content-encoding",
        "content-language",
        "content-length",
        "content-type",
        "date",
        "drawbar-version",
        "etag",
        "host",
        "if-match",
        "if-none-match",
        "link",
        "location",
        "origin",
        "ratelimit",
        "ratelimit-policy",
        "referer",
        "retry-after",
        "user-agent",
        "vary",
        "www-authenticate",
        "x-forwarded-for",
        "x-forwarded-proto",
        "x-request-id",
    }
)
"""Headers whose values are kept; of any other only the name, whatever it is called."""
SHOWN_FIELDS = frozenset(
    {
        "grant_type",
        "response_type",
        "response_mode",
        "scope",
        "redirect_uri",
        "client_id",
        "code_challenge_method",
        "token_type_hint",
        "system",
    }
)
"""Fields of forms whose values are kept; the rest may be codes, secrets and credentials."""
_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"|["{}\[\],]', re.DOTALL)
_CLOSERS = {"{": "}", "[": "]"}
_SECRET_MEMBERS = frozenset({"headers"})
"""Members of JSON bodies that carry secrets under names that do not say so."""
_SECRET_PARAMETERS = frozenset({"code", "state", "magic", "code_verifier"})


def plain(text: str) -> str:
    """Return a text PostgreSQL can store."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def path(text: str) -> str:
    """Mask tokens that stand in a path."""
    return plain(masked_text(text))[:LONGEST_TEXT]


def query(text: str) -> str:
    """Mask a query's secrets by name and by look."""
    if not text:
        return ""
    pairs = parse_qsl(text, keep_blank_values=True)
    shown = (
        f"{name}={MASK if is_telling(name) or name in _SECRET_PARAMETERS else value}"
        for name, value in pairs
    )
    return plain(masked_text("?" + "&".join(shown))[1:])[:LONGEST_TEXT]


def headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Keep the values of known harmless headers and the names of all others."""
    kept: dict[str, str] = {}
    for raw, value in pairs:
        name = plain(raw.decode("latin-1").lower())
        text = masked_text(value.decode("latin-1")) if name in SHOWN_HEADERS else MASK
        kept[name] = plain(text)[:LONGEST_TEXT]
    return kept


def body(content: bytes, content_type: str, size: int, longest: int = LONGEST_BODY) -> str | None:
    """Mask a body of JSON, form or plain text; `content` is its beginning, `size` its length.

    Of anything else only kind and size are kept.
    """
    if not size:
        return None
    kind = content_type.partition(";")[0].strip().lower()
    is_cut = size > len(content) or len(content) > longest
    text = content[:longest].decode("utf-8", "ignore")
    if kind == "application/json" or kind.endswith("+json"):
        shown = _json(text, is_cut=is_cut)
    elif kind == FORM:
        shown = _form(text, is_cut=is_cut)
    elif kind == "text/plain":
        # A secret cut in its middle is not recognised: what the cut may have hit goes too.
        shown = masked_text(text.rpartition(" ")[0] if is_cut else text)
    else:
        return f"[{plain(kind) or 'no content type'}, {size} bytes, not kept]"
    if shown is None:
        return f"[{kind} that cannot be read, {size} bytes, not kept]"
    return plain(f"{shown}\n{CUT} [cut, {size} bytes]" if is_cut else shown)


def _json(text: str, *, is_cut: bool) -> str | None:
    try:
        value = json.decode(closed(text) if is_cut else text)
    except (ValueError, RecursionError):
        return None
    return json.encode(masked(_without_secrets(value))).decode()


def _without_secrets(value: object, depth: int = 0) -> object:
    if isinstance(value, Mapping) and depth < 8:  # noqa: PLR2004 - `masked` hides what is deeper
        return {
            name: MASK if name in _SECRET_MEMBERS else _without_secrets(inner, depth + 1)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_without_secrets(inner, depth + 1) for inner in value]
    return value


def _form(text: str, *, is_cut: bool) -> str:
    whole = text.rpartition("&")[0] if is_cut else text
    return json.encode(
        {
            masked_text(name): masked_text(value) if name in SHOWN_FIELDS else MASK
            for name, value in parse_qsl(whole, keep_blank_values=True)
        }
    ).decode()


def closed(text: str) -> str:
    """Close the beginning of a JSON text after its last whole element."""
    open_ones, safe, closers = "", 0, ""
    for token in _TOKENS.finditer(text):
        sign = token.group()
        if sign == '"':
            break  # a text that is cut
        if sign == ",":
            safe, closers = token.start(), open_ones
        elif sign in _CLOSERS:
            open_ones = _CLOSERS[sign] + open_ones
            safe, closers = token.end(), open_ones
        elif sign in {"}", "]"}:
            open_ones = open_ones[1:]
            safe, closers = token.end(), open_ones
    return text[:safe] + closers
