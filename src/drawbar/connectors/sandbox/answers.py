"""Answers as the sandbox gives them: JSON, and refusals as problem+json (RFC 9457)."""

from typing import Any

from msgspec import Struct
from multidict import CIMultiDict

from drawbar.kit import json
from drawbar.kit.outgoing import Response

JSON = "application/json"
PROBLEM = "application/problem+json"


class Refused(Exception):  # noqa: N818  says what was done
    """The sandbox says no; `status` is HTTP's, `code` a word for programs."""

    def __init__(
        self, status: int, detail: str, *, code: str = "", headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.headers = headers or {}

    def answer(self) -> Response:
        """Return the refusal as an answer."""
        problem = {"title": "Refused", "status": self.status, "detail": str(self)}
        said = problem | ({"code": self.code} if self.code else {})
        return answer(self.status, said, {**self.headers, "Content-Type": PROBLEM})


class Asked(Struct, frozen=True):
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: CIMultiDict[str]
    body: bytes


def answer(status: int, body: Any, headers: dict[str, str] | None = None) -> Response:
    """Return an answer with a JSON body."""
    sent = CIMultiDict({"Content-Type": JSON, **(headers or {})})
    return Response(status=status, headers=sent, body=json.encode(body), duration_ms=0)


def web_page(text: str) -> Response:
    """Return what a website answers that is no API."""
    page = f"<!doctype html><title>{text}</title><h1>{text}</h1>"
    headers = CIMultiDict({"Content-Type": "text/html"})
    return Response(status=200, headers=headers, body=page.encode(), duration_ms=0)
