"""What an application may ask Link for, and where it may send a customer back to."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from drawbar.identity.application_store import Application
from drawbar.identity.grants import (
    AuthorizationRefused,
    AuthorizationRequest,
    address_with,
    answer_with_code,
    answer_with_error,
    cancelled,
    check_authorization,
)
from drawbar.kit.errors import Problem
from tests.identity.clients import CALLBACK, CHALLENGE

SOUND = {
    "client_id": "dbi_1",
    "response_type": "code",
    "redirect_uri": CALLBACK,
    "state": "x9",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def application(**fields: Any) -> Application:
    return Application(
        id=uuid4(),
        workspace_id=uuid4(),
        name="Fleetwise",
        client_id="dbi_1",
        environment="production",
        redirect_uris=(CALLBACK, "https://fleetwise.example/other?tenant=7"),
        created_at=datetime(2026, 11, 25, tzinfo=UTC),
        **fields,
    )


def refusal(pairs: Any, **fields: Any) -> AuthorizationRefused:
    with pytest.raises(AuthorizationRefused) as refused:
        check_authorization(application(**fields), pairs)
    return refused.value


def test_a_sound_request_is_read() -> None:
    assert check_authorization(application(is_public=True), SOUND) == AuthorizationRequest(
        redirect_uri=CALLBACK, state="x9", code_challenge=CHALLENGE, response_mode="query"
    )


def test_a_confidential_client_may_leave_pkce_out_and_unknown_parameters_are_ignored() -> None:
    asked = {**SOUND, "prompt": "login", "response_mode": "web_message"}
    del asked["code_challenge"], asked["code_challenge_method"]
    request = check_authorization(application(), asked)
    assert (request.code_challenge, request.response_mode) == (None, "web_message")


@pytest.mark.parametrize(
    "trick",
    [
        "",
        "https://fleetwise.example/",
        "https://fleetwise.example/connected/",
        "https://fleetwise.example/connected/../steal",
        "https://fleetwise.example/connected?next=https://evil.example",
        "https://fleetwise.example/connected#x",
        "https://fleetwise.example/CONNECTED",
        "https://Fleetwise.example/connected",
        "https://fleetwise.example:443/connected",
        "https://fleetwise.example.evil.example/connected",
        "https://fleetwise.example@evil.example/connected",
        "http://fleetwise.example/connected",
        "https://fleetwise.example/connected\n",
        "https://fleetwise.example/connecte%64",
        "//fleetwise.example/connected",
    ],
)
def test_nobody_is_led_to_an_address_that_was_not_registered_letter_by_letter(trick: str) -> None:
    with pytest.raises(Problem) as shown:
        check_authorization(application(), {**SOUND, "redirect_uri": trick})
    assert (shown.value.status, shown.value.errors[0].field) == (400, "redirect_uri")


@pytest.mark.parametrize("name", ["redirect_uri", "client_id"])
def test_a_repeated_address_or_client_is_shown_and_not_sent_anywhere(name: str) -> None:
    with pytest.raises(Problem) as shown:
        check_authorization(application(), [*SOUND.items(), (name, SOUND[name])])
    assert shown.value.errors[0].field == name


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "openid"}, "invalid_scope"),
        ({"state": ""}, "invalid_request"),
        ({"state": "a\0b"}, "invalid_request"),
        ({"state": "x" * 2001}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"code_challenge": CHALLENGE + "="}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
    ],
)
def test_every_other_fault_is_told_to_the_application(changed: dict[str, str], error: str) -> None:
    refused = refusal({**SOUND, **changed})
    assert (refused.error, refused.request.redirect_uri) == (error, CALLBACK)


def test_a_public_client_without_pkce_is_refused() -> None:
    asked = {name: value for name, value in SOUND.items() if not name.startswith("code_")}
    assert refusal(asked, is_public=True).error == "invalid_request"


def test_a_repeated_parameter_is_refused_and_a_repeated_state_is_not_sent_back() -> None:
    refused = refusal([*SOUND.items(), ("state", "other")])
    answer = answer_with_error(refused, "https://hub.example")
    assert answer["error"] == "invalid_request"
    assert "state" not in answer


def test_the_answer_keeps_the_addresss_own_query_and_names_who_answered() -> None:
    uri = "https://fleetwise.example/other?tenant=7"
    request = check_authorization(application(), {**SOUND, "redirect_uri": uri, "state": "a&b=c"})
    given = address_with(uri, answer_with_code(request, "https://hub.example", "dbg_1"))
    refused = address_with(uri, answer_with_error(cancelled(request), "https://hub.example"))
    assert given.startswith(f"{uri}&code=")
    assert parse_qs(urlsplit(given).query) == {
        "tenant": ["7"],
        "code": ["dbg_1"],
        "state": ["a&b=c"],
        "iss": ["https://hub.example"],
    }
    assert parse_qs(urlsplit(refused).query)["error"] == ["access_denied"]
