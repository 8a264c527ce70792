"""Request headers that cannot smuggle a second header or a second request."""

import re
from collections.abc import Collection, Mapping

from multidict import CIMultiDict

from drawbar.kit.outgoing.errors import OutgoingError

# RFC 9110 §5.6.2 (token) and §5.5 (field value, here without the obsolete bytes above 0x7F).
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}")
_VALUE = re.compile(r"(?:[\x21-\x7E](?:[\t\x20-\x7E]*[\x21-\x7E])?)?")
_LONGEST_VALUE = 8000

# The connection belongs to the client: a caller that sets these could desynchronise it.
_OURS = frozenset(
    (
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    )
)


def vet_headers(headers: Mapping[str, str], forbidden: Collection[str] = ()) -> CIMultiDict[str]:
    """Return a copy fit to send; raise OutgoingError("protocol") naming the offending header.

    `forbidden` holds further names in lower case (a webhook endpoint may not set `webhook-id`).
    Hop-by-hop headers and every `proxy-…` are always refused. Values are never put in the error.
    """
    checked: CIMultiDict[str] = CIMultiDict()
    for name, value in headers.items():
        if not _NAME.fullmatch(name):
            raise OutgoingError("protocol", "A header name contains characters it may not have.")
        if len(value) > _LONGEST_VALUE or not _VALUE.fullmatch(value):
            raise OutgoingError(
                "protocol",
                f"The value of header {name} may only contain visible ASCII characters and spaces.",
            )
        lowered = name.lower()
        if lowered in _OURS or lowered in forbidden or lowered.startswith("proxy-"):
            raise OutgoingError("protocol", f"The header {name} cannot be set by hand.")
        checked.add(name, value)
    return checked
