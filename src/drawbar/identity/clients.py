"""How an OAuth client asks, and how it proves who it is (RFC 6749 §2.3)."""

import base64
import binascii
import secrets
from urllib.parse import parse_qsl, unquote_plus

import msgspec

from drawbar.identity.application_store import ClientOwner, owner_of_client
from drawbar.kit.crypto import fingerprint, same
from drawbar.kit.db import Database

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 20
NOBODYS_HASH = secrets.token_bytes(32)
"""Stands where there is no hash, so that a look-up in vain takes as long; no secret has it."""


class OAuthError(Exception):
    """A refusal in OAuth's own words (RFC 6749 §5.2)."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


class Client(msgspec.Struct, frozen=True):
    """What a client sent to prove who it is; a public one sends only its id."""

    client_id: str
    secret: str

    def __repr__(self) -> str:
        return f"Client({self.client_id!r})"


def form_of(content_type: str, body: bytes) -> dict[str, str]:
    """Read a form; raise `invalid_request` for any other body and for a parameter given twice.

    A parameter without a value counts as not sent (RFC 6749 §3.2).
    """
    if content_type != FORM:
        raise OAuthError("invalid_request", f"Send the parameters as {FORM}.")
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise OAuthError("invalid_request", "The form cannot be read.") from error
    if len({name for name, _ in pairs}) < len(pairs):
        raise OAuthError("invalid_request", "A parameter is given twice.")
    return {name: value for name, value in pairs if value}


def client_of(authorization: str, form: dict[str, str]) -> Client:
    """Read the client's id and secret from the header or the form, never both."""
    if not authorization:
        return Client(form.get("client_id", ""), form.get("client_secret", ""))
    if "client_secret" in form:
        raise OAuthError("invalid_request", "Send the secret in the header or the form, not both.")
    scheme, _, encoded = authorization.partition(" ")
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        pair = ""
    if scheme.lower() != "basic":
        pair = ""
    client_id, _, secret = pair.partition(":")
    client = Client(unquote_plus(client_id), unquote_plus(secret))
    if form.get("client_id", client.client_id) != client.client_id:
        raise OAuthError("invalid_request", "Header and form name different clients.")
    return client


async def known_client(database: Database, client: Client) -> ClientOwner | None:
    """Return the live application that a client says it is, proven or not."""
    if not client.client_id or "\0" in client.client_id:
        return None
    async with database.as_system("whose OAuth client is this") as tx:
        return await owner_of_client(tx, client.client_id)


def check_secret(owner: ClientOwner | None, client: Client) -> ClientOwner:
    """Return the application if the secret fits; a public client proves nothing and sends none.

    Raises `invalid_client`, alike for an unknown client and for a wrong secret.
    """
    if owner is not None and owner.is_public and not client.secret:
        return owner
    hashes = (owner.secret_hash, owner.former_secret_hash) if owner else (None, None)
    sent = fingerprint(client.secret)
    fits = [same(sent, one or NOBODYS_HASH) for one in hashes]
    if owner is None or not any(fits):
        raise OAuthError(
            "invalid_client",
            "Client id and secret do not fit, or the application was revoked.",
            status=401,
        )
    return owner
