"""Pushes are believed only when signed by Standard Webhooks."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from drawbar.connectors.sdk.errors import PushRefused
from drawbar.connectors.sdk.signature import verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MALLORYS = "whsec_bWFsbG9yeSBzYXlzIGhlbGxv"
NOW = datetime(2026, 11, 23, 6, 41, 56, tzinfo=UTC)
BODY = b'{"type":"assettracs.assets.updated","data":{"ids":["a-1"]}}'


def signed(secret: str = SECRET, at: datetime = NOW, body: bytes = BODY) -> dict[str, str]:
    """Sign as the standard's own library does."""
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(secret).sign("msg_1", at, body.decode()),
    }


def test_a_push_signed_by_the_standards_library_is_believed() -> None:
    assert verify(signed(), BODY, SECRET, NOW) == "msg_1"


def test_the_vector_of_the_standard_is_believed() -> None:
    # The example of the Standard Webhooks reference implementations.
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    sent_at = datetime.fromtimestamp(1614265330, UTC)

    assert verify(headers, b'{"test": 2432232314}', SECRET, sent_at) == headers["webhook-id"]


def test_one_good_signature_among_several_is_enough() -> None:
    headers = signed()
    headers["Webhook-Signature"] = (
        f"v1a,AAAA {signed(MALLORYS)['Webhook-Signature']} {headers['Webhook-Signature']}"
    )

    assert verify(headers, BODY, SECRET, NOW) == "msg_1"


@pytest.mark.parametrize("away", [timedelta(minutes=6), timedelta(minutes=-6)])
def test_a_push_from_another_time_is_refused(away: timedelta) -> None:
    with pytest.raises(PushRefused, match="5 minutes"):
        verify(signed(at=NOW - away), BODY, SECRET, NOW)


def test_a_push_with_a_changed_body_is_refused() -> None:
    with pytest.raises(PushRefused, match="does not match"):
        verify(signed(), BODY.replace(b"a-1", b"a-2"), SECRET, NOW)


def test_a_push_signed_by_mallory_is_refused() -> None:
    with pytest.raises(PushRefused, match="does not match"):
        verify(signed(MALLORYS), BODY, SECRET, NOW)


@pytest.mark.parametrize("missing", ["Webhook-Id", "Webhook-Timestamp", "Webhook-Signature"])
def test_a_push_without_one_of_its_headers_is_refused(missing: str) -> None:
    headers = signed()
    del headers[missing]

    with pytest.raises(PushRefused, match="missing"):
        verify(headers, BODY, SECRET, NOW)


@pytest.mark.parametrize("sent", ["soon", "-1", "1" * 40, "²"])
def test_a_push_with_an_unreadable_time_is_refused(sent: str) -> None:
    with pytest.raises(PushRefused, match="no Unix time"):
        verify(signed() | {"Webhook-Timestamp": sent}, BODY, SECRET, NOW)


@pytest.mark.parametrize("signature", ["v1", "v1,", "v2,abc", "v1,ü", ",", "v1a,AAAA"])
def test_a_push_with_an_unreadable_signature_is_refused(signature: str) -> None:
    with pytest.raises(PushRefused, match="does not match"):
        verify(signed() | {"Webhook-Signature": signature}, BODY, SECRET, NOW)
