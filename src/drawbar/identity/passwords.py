"""Passwords: argon2id with the library's current parameters (RFC 9106), off the event loop."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from drawbar.identity.model import LONGEST_PASSWORD, SHORTEST_PASSWORD
from drawbar.kit.errors import invalid

_HASHER = PasswordHasher()
_NOBODYS_HASH = _HASHER.hash("nobody has this password")
COMMON = frozenset(
    {
        "1q2w3e4r5t",
        "adminadmin",
        "administrator",
        "changeme123",
        "iloveyou123",
        "letmein123",
        "password1!",
        "password12",
        "password123",
        "password1234",
        "passw0rd123",
        "qwerty12345",
        "qwertyuiop",
        "welcome123",
    }
)
"""Those of ten characters and more that stand high in every list of guesses."""
FEWEST_DIFFERENT = 4


def fault_of(password: str, email: str = "") -> str:
    """Return what is wrong with a new password, or nothing (after NIST SP 800-63B §3.1.1.2)."""
    lowered = password.casefold()
    if len(password) < SHORTEST_PASSWORD:
        return f"Use at least {SHORTEST_PASSWORD} characters."
    if len(password) > LONGEST_PASSWORD:
        return f"Use at most {LONGEST_PASSWORD} characters."
    if lowered in COMMON or len(set(lowered)) < FEWEST_DIFFERENT or lowered in "01234567890" * 3:
        return "This is one of the first that somebody guesses. Use several words."
    if email and lowered in {email.casefold(), email.casefold().partition("@")[0]}:
        return "This is your address. Use something nobody can look up."
    return ""


async def hash_password(password: str, *, email: str = "") -> str:
    """Return the hash to store; raise 422 for a password that is easily guessed."""
    if fault := fault_of(password, email):
        raise invalid("password", fault)
    return await asyncio.to_thread(_HASHER.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    """Whether the password fits; takes as long for an unknown person as for a known one."""
    given = password if len(password) <= LONGEST_PASSWORD else ""
    return await asyncio.to_thread(_matches, stored or _NOBODYS_HASH, given) and bool(stored)


def _matches(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False
