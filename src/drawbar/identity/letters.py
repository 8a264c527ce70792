"""What letters to people say: why they get it, one link, and what to do if it was not them."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from drawbar.kit.crypto import Vault
from drawbar.kit.db import Writing
from drawbar.kit.mail import Letter, send
from drawbar.ui.reader import Reader, gettext, ngettext, writing_for


class Letterhead(msgspec.Struct, frozen=True):
    """What every letter needs: the vault that seals it, and the address its links begin with.

    The address is the operator's setting, never what a request's Host header says.
    """

    vault: Vault
    address: str

    async def send(self, tx: Writing, letter: Letter) -> None:
        """Have the letter posted once the transaction commits."""
        await send(tx, self.vault, letter)


def invitation(
    to: str, locale: str, *, workspace: str, inviter: str, link: str, days: int
) -> Letter:
    """Ask somebody into a workspace."""

    def text() -> tuple[str, str]:
        subject = gettext("%(inviter)s invites you to %(workspace)s") % {
            "inviter": _plain(inviter),
            "workspace": _plain(workspace),
        }
        body = gettext(
            "%(inviter)s invites you to the workspace “%(workspace)s” on Drawbar.\n\nAccept here:"
        ) % {"inviter": _plain(inviter), "workspace": _plain(workspace)}
        ends = ngettext(
            "The link works once, for %(num)s day. If you do not know the sender, do nothing.",
            "The link works once, for %(num)s days. If you do not know the sender, do nothing.",
            days,
        ) % {"num": days}
        return subject, f"{body}\n{link}\n\n{ends}"

    return _letter(to, locale, "invitation", text)


def sign_up(to: str, locale: str, link: str) -> Letter:
    """Let somebody go on who asked for a workspace."""

    def text() -> tuple[str, str]:
        body = gettext("Your address is confirmed by opening this link. Go on here:")
        note = gettext(
            "The link works once, for a day. If you did not ask for it, do nothing: no account "
            "is made."
        )
        return gettext("Confirm your address"), f"{body}\n{link}\n\n{note}"

    return _letter(to, locale, "sign_up", text)


def known_already(to: str, locale: str, address: str) -> Letter:
    """Tell somebody with an account that their address was given for another."""

    def text() -> tuple[str, str]:
        body = gettext(
            "Somebody, perhaps you, gave this address for a new account. You have one already. "
            "Sign in here:"
        )
        note = gettext("The page also helps when you forgot the password. Nothing was changed.")
        return gettext("You have an account already"), f"{body}\n{address}/login\n\n{note}"

    return _letter(to, locale, "known_already", text)


def reset(to: str, locale: str, link: str) -> Letter:
    """Let somebody choose another password."""

    def text() -> tuple[str, str]:
        body = gettext("Choose a new password here:")
        note = gettext(
            "The link works once, for an hour. If you did not ask for it, do nothing: your "
            "password stays."
        )
        return gettext("A new password"), f"{body}\n{link}\n\n{note}"

    return _letter(to, locale, "reset", text)


def confirm(to: str, locale: str, link: str) -> Letter:
    """Have an address confirmed."""

    def text() -> tuple[str, str]:
        body = gettext("This address was given for an account on Drawbar. Confirm it here:")
        note = gettext("The link works once, for a day. If it was not you, do nothing.")
        return gettext("Confirm your address"), f"{body}\n{link}\n\n{note}"

    return _letter(to, locale, "confirm", text)


def password_changed(to: str, locale: str, address: str) -> Letter:
    """Tell somebody that their password is another now."""

    def text() -> tuple[str, str]:
        body = gettext(
            "The password of your account was changed, and all other browsers were signed out."
        )
        return gettext("Your password was changed"), f"{body}\n\n{_not_you(address)}"

    return _letter(to, locale, "password_changed", text)


def email_changed(to: str, locale: str, new: str, address: str) -> Letter:
    """Tell the old address where letters go from now on."""

    def text() -> tuple[str, str]:
        body = gettext("Letters about your account go to %(email)s from now on.") % {"email": new}
        note = gettext("If it was not you, ask the person who runs this Drawbar at once:")
        return gettext("Your address was changed"), f"{body}\n\n{note}\n{address}"

    return _letter(to, locale, "email_changed", text)


def second_factor_changed(to: str, locale: str, address: str, *, on: bool) -> Letter:
    """Tell somebody that signing in asks for a code, or no longer does."""

    def text() -> tuple[str, str]:
        if on:
            subject = gettext("Your second factor is on")
            body = gettext("Signing in asks for a code of your app from now on.")
        else:
            subject = gettext("Your second factor is off")
            body = gettext("Signing in asks for your password only from now on.")
        return subject, f"{body}\n\n{_not_you(address)}"

    return _letter(to, locale, "second_factor_changed", text)


def recovery_code_used(to: str, locale: str, address: str, left: int) -> Letter:
    """Tell somebody that a recovery code was used, and how many are left."""

    def text() -> tuple[str, str]:
        body = ngettext(
            "Somebody signed in with one of your recovery codes. %(num)s is left.",
            "Somebody signed in with one of your recovery codes. %(num)s are left.",
            left,
        ) % {"num": left}
        return gettext("A recovery code was used"), f"{body}\n\n{_not_you(address)}"

    return _letter(to, locale, "recovery_code_used", text)


def _not_you(address: str) -> str:
    return gettext("If it was not you, choose a new password at once:") + f"\n{address}/forgot"


def _letter(to: str, locale: str, kind: str, text: Callable[[], tuple[str, str]]) -> Letter:
    with writing_for(Reader(now=datetime.fromtimestamp(0, UTC), locale=locale or "en")):
        subject, body = text()
        return Letter(to=to, subject=subject, text=f"{body}\n", kind=kind)


def _plain(name: str) -> str:
    """Return a name as one line, with nothing a mail program would turn into a link."""
    return " ".join(name.split()).replace("://", " ")
