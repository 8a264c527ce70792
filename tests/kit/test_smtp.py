"""The mail server's address, as the operator writes it."""

import pytest

from drawbar.kit.settings import SettingsError, settings_from
from drawbar.kit.smtp import smtp_server


def test_the_servers_address_says_how_it_is_reached() -> None:
    submission = smtp_server("smtp://us%40x.y:a%2Fb@mail.example.com")
    assert (submission.port, submission.tls) == (587, "starttls")
    assert (submission.user, submission.password) == ("us@x.y", "a/b")
    assert smtp_server("smtps://mail.example.com").port == 465
    assert smtp_server("smtp://relay:25?tls=none").tls == "none"


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com",
        "http://u:hidden@mail.example.com",
        "smtp://u:hidden@mail.example.com:port",
        "smtp://u:hidden@mail.example.com?tls=perhaps",
        "smtp://u:hidden@mail.example.com?tls=none",
        "smtps://u:hidden@mail.example.com?tls=none",
        "smtp://u:hidden@mail.example.com?tsl=none",
    ],
)
def test_an_address_that_cannot_work_is_refused_at_the_start_without_its_password(
    url: str,
) -> None:
    with pytest.raises(SettingsError) as refused:
        settings_from({"DRAWBAR_SMTP_URL": url})
    assert "DRAWBAR_SMTP_URL" in str(refused.value)
    assert "hidden" not in str(refused.value)


def test_a_sender_that_is_no_address_is_refused_at_the_start() -> None:
    with pytest.raises(SettingsError, match="DRAWBAR_MAIL_FROM"):
        settings_from({"DRAWBAR_MAIL_FROM": "Drawbar"})
