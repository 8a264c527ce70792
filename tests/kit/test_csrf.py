import pytest

from drawbar.kit.csrf import allowed

OWN = "https://hub.example"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "TRACE", "get"])
def test_a_method_that_changes_nothing_is_allowed_from_anywhere(method: str) -> None:
    assert allowed(method, {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, OWN)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://behind-a-proxy.example"},
        {"Origin": "https://hub.example"},
        {"origin": "https://hub.example:443"},
        {"Origin": "https://HUB.example"},
    ],
)
def test_a_form_from_our_own_page_is_allowed(headers: dict[str, str]) -> None:
    assert allowed("POST", headers, OWN)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Referer": "https://hub.example/"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "same-origin, cross-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://hub.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "http://hub.example"},
        {"Origin": "https://hub.example:8443"},
        {"Origin": "https://hub.example.evil.example"},
        {"Origin": "https://user@hub.example"},
        {"Origin": "https://hub.example:x"},
        {"Origin": "https://[::1"},
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "post", "ANYTHING"])
def test_a_request_without_proof_of_our_origin_is_refused(
    method: str, headers: dict[str, str]
) -> None:
    assert not allowed(method, headers, OWN)


def test_an_unusual_port_is_part_of_the_origin() -> None:
    assert allowed("POST", {"Origin": "http://localhost:8100"}, "http://localhost:8100")
    assert not allowed("POST", {"Origin": "http://localhost:8101"}, "http://localhost:8100")


def test_an_unreadable_own_origin_allows_nobody() -> None:
    assert not allowed("POST", {"Origin": "null"}, "null")
