"""No credential is ever kept, however it was sent, and of a long body only a readable beginning."""

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as some

from drawbar.connectors.catalogue import SYSTEMS
from drawbar.kit import json
from drawbar.requests import masking

SECRET = "hunter2-Zx81-Qq"
FIELDS = sorted({one.name for system in SYSTEMS.values() for one in system.credentials})
OAUTH_FIELDS = [
    "client_secret",
    "code",
    "code_verifier",
    "refresh_token",
    "token",
    "password",
    "assertion",
    "client_assertion",
]
JSON = "application/json; charset=utf-8"
anything: Any = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=30),
    lambda inner: some.lists(inner, max_size=5) | some.dictionaries(some.text(), inner, max_size=5),
    max_leaves=40,
)


def kept(value: Any, longest: int = masking.LONGEST_BODY) -> str:
    content = json.encode(value)
    return masking.body(content[:longest], JSON, len(content), longest) or ""


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("padding", [0, 3950, 3990, 4010, 4030, 5000])
def test_a_credential_of_no_system_is_kept_wherever_the_body_is_cut(
    field: str, padding: int
) -> None:
    wish = {"name": "x" * padding, "credentials": {"base_url": "https://a.example", field: SECRET}}
    assert SECRET[:4] not in kept(wish)


@pytest.mark.parametrize("field", OAUTH_FIELDS)
@pytest.mark.parametrize("padding", [0, 4040, 4060, 4070])
def test_no_secret_of_an_oauth_form_is_kept(field: str, padding: int) -> None:
    form = urlencode({"grant_type": "x" * padding or "refresh_token", field: SECRET}).encode()
    shown = masking.body(form[: masking.LONGEST_BODY], masking.FORM, len(form)) or ""
    assert SECRET[:4] not in shown
    assert "grant_type" in shown or padding


@pytest.mark.parametrize("field", FIELDS)
def test_forms_of_link_keep_names_only(field: str) -> None:
    shown = masking.body(urlencode({field: SECRET}).encode(), masking.FORM, 99)
    assert shown is not None
    assert SECRET not in shown


@pytest.mark.parametrize("name", ["Authorization", "Cookie", "X-Api-Key", "X-Custom", "Set-Cookie"])
def test_headers_of_unknown_names_keep_no_value(name: str) -> None:
    shown = masking.headers([(name.encode(), SECRET.encode()), (b"Accept", b"application/json")])
    assert SECRET not in str(shown)
    assert shown["accept"] == "application/json"
    assert name.lower() in shown


@pytest.mark.parametrize("name", ["token", "code", "state", "api_key", "client_secret", "magic"])
def test_secrets_in_a_query_are_masked_and_the_rest_is_kept(name: str) -> None:
    shown = masking.query(urlencode({"limit": "5", name: SECRET}))
    assert SECRET not in shown
    assert "limit=5" in shown


@pytest.mark.parametrize(
    "path",
    [
        "/link/s/abcdef123456/step",
        "/link/m/abcdef123456",
        "/setup/abcdef123456",
        "/reset/abcdef123456",
        "/confirm/abcdef123456",
        "/invitation/abcdef123456",
        "/sign-up/abcdef123456",
        "/alerts/unsubscribe/abcdef123456",
    ],
)
def test_tokens_in_paths_are_masked_wherever_the_path_stands(path: str) -> None:
    referer = masking.headers([(b"Referer", f"https://hub.example{path}?lang=de".encode())])
    said = masking.body(f"see https://hub.example{path}".encode(), "text/plain", 999)
    assert "abcdef123456" not in masking.path(path)
    assert "abcdef123456" not in referer["referer"]
    assert "hub.example" in referer["referer"]
    assert "abcdef123456" not in (said or "")
    assert "abcdef123456" not in kept({"detail": f"GET {path} failed"})


def test_problems_keep_their_codes_and_tokens_issued_are_masked() -> None:
    assert '"code":"NOT_FOUND"' in kept({"code": "NOT_FOUND", "errors": [{"code": "x"}]})
    assert SECRET not in kept({"access_token": SECRET, "expires_in": 5})
    assert SECRET not in kept({"url": "https://x.example", "headers": {"X-Own": SECRET}})


def test_files_and_pages_are_never_kept() -> None:
    assert masking.body(b"%PDF-1.7", "application/pdf", 8) == "[application/pdf, 8 bytes, not kept]"
    assert SECRET not in (masking.body(SECRET.encode(), "text/html", 15) or "")
    assert "not kept" in (masking.body(b"\xff\xfe{", JSON, 3) or "")
    assert masking.body(b"", JSON, 0) is None


@given(anything, some.integers(0, 400))
def test_a_cut_json_text_is_closed_to_a_readable_one(value: Any, at: int) -> None:
    text = json.encode([value, 1]).decode()[: at + 1]
    json.decode(masking.closed(text))


@given(some.binary(max_size=300), some.sampled_from([JSON, masking.FORM, "text/plain", "", "a/b"]))
def test_no_body_can_make_the_log_stumble(content: bytes, content_type: str) -> None:
    shown = masking.body(content, content_type, len(content) + 1)
    assert shown is not None
    assert "\0" not in shown


def test_a_cut_body_says_so_and_its_first_line_is_json() -> None:
    shown = kept({"data": [{"name": "Pump", "n": n} for n in range(1000)]})
    first, _, mark = shown.partition("\n")
    assert json.decode(first)["data"][0] == {"name": "Pump", "n": 0}
    assert mark.startswith("… [cut, ")
    assert len(shown) < masking.LONGEST_BODY + 50
