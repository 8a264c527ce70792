"""Passwords: argon2id with the library's current parameters (RFC 9106), off the event loop."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from drawbar.identity.model import SHORTEST_PASSWORD
from drawbar.kit.errors import invalid

_HASHER = PasswordHasher()
_NOBODYS_HASH = _HASHER.hash("nobody has this password")


async def hash_password(password: str) -> str:
    """Return the hash to store; raise 422 for a password that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise invalid("password", f"Use at least {SHORTEST_PASSWORD} characters.")
    return await asyncio.to_thread(_HASHER.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    """Whether the password fits; takes as long for an unknown person as for a known one."""
    return await asyncio.to_thread(_matches, stored or _NOBODYS_HASH, password) and bool(stored)


def _matches(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (Argon2Error, InvalidHashError):
        return False
