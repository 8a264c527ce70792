import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from drawbar.webhooks.signature import new_secret, sign, signed_headers, verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
AT = datetime(2026, 11, 23, 6, 41, 56, 789_000, tzinfo=UTC)
BODY = '{"type":"assets.updated","name":"Kläranlage"}'.encode()
VECTORS = Path(__file__).parents[2] / "docs" / "reference" / "webhook-signature-vectors.json"


class Vector(msgspec.Struct, forbid_unknown_fields=True):
    why: str
    secrets: list[str]
    headers: dict[str, str]
    body: str
    now: datetime
    valid: bool


def published_vectors() -> list[Vector]:
    return msgspec.json.decode(VECTORS.read_bytes(), type=list[Vector])


def test_the_vector_of_the_standard_is_met() -> None:
    signature = sign(
        SECRET,
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        datetime.fromtimestamp(1614265330, UTC),
        b'{"test": 2432232314}',
    )

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("vector", published_vectors(), ids=lambda vector: vector.why)
def test_every_published_vector_verifies_as_it_says(vector: Vector) -> None:
    assert verify(vector.secrets, vector.headers, vector.body.encode(), vector.now) is vector.valid


def test_the_published_vectors_hold_both_verdicts() -> None:
    verdicts = [vector.valid for vector in published_vectors()]

    assert verdicts.count(True) >= 5
    assert verdicts.count(False) >= 10


@given(st.text(), st.binary(min_size=24, max_size=64))
def test_the_standards_own_library_accepts_what_we_sign(text: str, key: bytes) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    body = text.encode("utf-8", "replace")

    headers = signed_headers([OTHER_SECRET, secret], "msg_1", datetime.now(UTC), body)

    assert Webhook(secret).verify(body, headers, json_parse=False) is None


@given(st.text())
def test_we_accept_what_the_standards_own_library_signs(text: str) -> None:
    body = text.encode("utf-8", "replace")
    headers = {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(AT.timestamp())),
        "Webhook-Signature": Webhook(SECRET).sign("msg_1", AT, body.decode()),
    }

    assert verify(SECRET, headers, body, AT)


def test_both_secrets_verify_during_a_rotation_and_the_old_one_fails_after_it() -> None:
    during = signed_headers([OTHER_SECRET, SECRET], "msg_1", AT, BODY)
    after = signed_headers([OTHER_SECRET], "msg_1", AT, BODY)

    assert verify(SECRET, during, BODY, AT)
    assert verify(OTHER_SECRET, during, BODY, AT)
    assert not verify(SECRET, after, BODY, AT)


@pytest.mark.parametrize(
    ("skew_s", "accepted"), [(300, True), (-300, True), (302, False), (-302, False)]
)
def test_the_clock_may_differ_by_five_minutes_both_ways(skew_s: int, accepted: bool) -> None:
    at = AT.replace(microsecond=0)
    headers = signed_headers(SECRET, "msg_1", at, BODY)

    assert verify(SECRET, headers, BODY, at + timedelta(seconds=skew_s)) is accepted


@given(st.data())
def test_one_changed_byte_of_the_body_is_noticed(choice: st.DataObject) -> None:
    headers = signed_headers(SECRET, "msg_1", AT, BODY)
    changed = bytearray(BODY)
    changed[choice.draw(st.integers(0, len(BODY) - 1))] ^= choice.draw(st.integers(1, 255))

    assert not verify(SECRET, headers, bytes(changed), AT)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_an_unsigned_message(name: str) -> None:
    headers = signed_headers(SECRET, "msg_1", AT, BODY)
    del headers[name]

    assert not verify(SECRET, headers, BODY, AT)


@given(
    id=st.text(),
    sent=st.text() | st.integers().map(str),
    signature=st.text() | st.text().map("v1,".__add__),
    secret=st.text(),
    body=st.binary(),
)
def test_verify_never_raises_on_any_text(
    id: str, sent: str, signature: str, secret: str, body: bytes
) -> None:
    headers = {"webhook-id": id, "webhook-timestamp": sent, "webhook-signature": signature}

    assert verify([secret, SECRET], headers, body, AT) is False


@given(st.dictionaries(st.text(), st.text()), st.text(alphabet=st.characters(categories=["Cs"])))
def test_verify_never_raises_on_lone_surrogates_or_other_headers(
    others: dict[str, str], broken: str
) -> None:
    headers = others | signed_headers(SECRET, "msg_1", AT, BODY) | {"webhook-signature": broken}

    assert verify(SECRET, headers, BODY, AT) is False
    assert verify(SECRET, others, BODY, AT) is False


@pytest.mark.parametrize("id", ["", "msg.1", "."])
def test_an_id_with_a_dot_is_neither_signed_nor_verified(id: str) -> None:
    with pytest.raises(ValueError, match="dot"):
        sign(SECRET, id, AT, BODY)

    assert not verify(
        SECRET, {**signed_headers(SECRET, "msg_1", AT, BODY), "webhook-id": id}, BODY, AT
    )


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_AAAA", "whsec_*", "whsec_" + "A" * 400])
def test_a_weak_or_malformed_secret_cannot_sign(secret: str) -> None:
    with pytest.raises(ValueError, match="24 to 64"):
        sign(secret, "msg_1", AT, BODY)


def test_a_new_secret_is_fresh_signs_and_is_read_by_the_standards_library() -> None:
    secret = new_secret()
    headers = signed_headers(secret, "msg_1", datetime.now(UTC), BODY)

    assert secret != new_secret()
    assert secret.startswith("whsec_")
    assert Webhook(secret).verify(BODY, headers)["type"] == "assets.updated"
