"""Which redirect URIs can be registered, and the origins they stand for."""

import pytest

from drawbar.identity.redirects import checked_redirect_uris, origin, origins
from drawbar.kit.errors import Problem


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example.com/connected",
        "https://app.example.com",
        "https://app.example.com:8443/a/b?tenant=7&x=%20",
        "https://10.0.0.7/cb",
        "https://[2001:db8::1]/cb",
    ],
)
def test_an_address_over_https_is_registered_as_it_is_written(uri: str) -> None:
    assert checked_redirect_uris([uri, uri], "production") == (uri,)


@pytest.mark.parametrize(
    "uri", ["http://localhost:3000/cb", "http://127.0.0.1/cb", "http://[::1]:5000/cb"]
)
def test_plain_http_is_for_the_developers_own_machine(uri: str) -> None:
    assert checked_redirect_uris([uri], "development") == (uri,)
    with pytest.raises(Problem, match="production"):
        checked_redirect_uris([uri], "production")


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "app.example.com/cb",
        "/cb",
        "https:///cb",
        "https://",
        "http://app.example.com/cb",
        "http://localhost.evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://localhost@evil.example/cb",
        "https://user:pass@app.example.com/cb",
        "https://app.example.com/cb#part",
        "https://app.example.com/cb#",
        "https://*.example.com/cb",
        "https://app.example.com/*",
        "https://app.example.com/c b",
        "https://app.example.com/cb\n",
        "https://app.example.com\\@evil.example/cb",
        "https://app.example.com;script-src/cb",
        "https://app.ex%61mple.com/cb",
        "https://bücher.example/cb",
        "https://app.example.com:port/cb",
        "https://app.example.com:99999/cb",
        "https://[::1/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "com.example.app:/cb",
        "https://app.example.com/" + "x" * 2000,
    ],
)
def test_what_could_lead_elsewhere_is_refused_by_name(uri: str) -> None:
    with pytest.raises(Problem) as refused:
        checked_redirect_uris([uri], "development")
    (error,) = refused.value.errors
    assert error.field == "redirect_uris"
    assert error.message.startswith(repr(uri[:200]))


def test_twenty_addresses_are_enough() -> None:
    twenty = [f"https://app.example.com/{number}" for number in range(20)]
    assert len(checked_redirect_uris(twenty, "production")) == 20
    with pytest.raises(Problem):
        checked_redirect_uris([*twenty, "https://app.example.com/20"], "production")


def test_an_origin_is_written_as_a_browser_writes_it() -> None:
    assert origin("https://App.Example.com:443/x?y") == "https://app.example.com"
    assert origin("http://[::1]:5000/x") == "http://[::1]:5000"
    assert origins(["https://a.example/1", "https://a.example/2", "http://localhost:80/"]) == (
        "https://a.example",
        "http://localhost",
    )
