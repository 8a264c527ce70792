"""Responses whose times always have six digits and Z."""

from typing import Any

from litestar import Response

from drawbar.kit import json


class Json(Response[Any]):
    """JSON as `drawbar.kit.json` writes it; bytes are sent as they are."""

    def render(self, content: Any, media_type: str, enc_hook: Any = None) -> bytes:
        """Turn the content into the body."""
        if isinstance(content, bytes) or "json" not in media_type:
            return super().render(content, media_type, enc_hook)
        return json.encode(content)
