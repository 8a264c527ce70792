"""The picture an application shows in Link: read by what it is, never by what it is called."""

from drawbar.kit.errors import invalid

LARGEST_LOGO = 100_000
"""Bytes; a picture of 512 × 512 points fits easily."""
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_RIFF_NAME = slice(8, 12)


def logo_type(picture: bytes) -> str:
    """Return a picture's media type; raise 422 for one that is too large or of another kind.

    SVG is refused: it can hold scripts (https://www.w3.org/TR/SVG2/interact.html#ScriptElement).
    """
    if len(picture) > LARGEST_LOGO:
        raise invalid("logo", f"Choose a picture of at most {LARGEST_LOGO // 1000} kB.")
    if picture.startswith(_PNG):
        return "image/png"
    if picture.startswith(_JPEG):
        return "image/jpeg"
    if picture.startswith(b"RIFF") and picture[_RIFF_NAME] == b"WEBP":
        return "image/webp"
    raise invalid("logo", "Choose a PNG, JPEG or WebP picture.")
