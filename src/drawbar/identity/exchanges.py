"""What the token endpoint does: codes and refresh tokens for tokens, their end, and what is known.

These return a `Refused` rather than raise it: what a refusal ends has to be committed.
"""

import hashlib
import re
from base64 import urlsafe_b64encode
from datetime import timedelta

import msgspec

from drawbar import audit
from drawbar.audit import Actor
from drawbar.identity import grant_store, store
from drawbar.identity.application_store import ClientOwner
from drawbar.identity.grant_store import Grant
from drawbar.identity.tokens import IssuedToken, issue_family
from drawbar.kit.crypto import fingerprint, same
from drawbar.kit.db import Writing

RACE = timedelta(seconds=30)
"""A refresh token used twice within it is taken for two workers of one client, not for theft."""
OVERLAP = timedelta(hours=1)
"""How long the access token before a refresh still works, for requests of a client under way."""
UNKNOWN_CODE = "The code is unknown, expired or ended. Send the customer through Link again."
UNKNOWN_REFRESH = "The refresh token is unknown, expired or ended. Send the customer through Link."
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # RFC 7636 §4.1


class Refused(msgspec.Struct, frozen=True):
    """Why no token is given: `invalid_grant`, with a sentence."""

    description: str


class CodeOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A code as a client brings it back."""

    code: str
    redirect_uri: str = ""
    verifier: str = ""

    def __repr__(self) -> str:
        return f"CodeOffer({self.redirect_uri!r})"


async def exchange_code(
    tx: Writing, client: ClientOwner, offer: CodeOffer
) -> IssuedToken | Refused:
    """Give a code's tokens; all others of its connection end.

    A code used twice ends the tokens it gave: one of the two who had it should not
    (RFC 6749 §4.1.2). Two at the same moment wait for each other, so exactly one is first.
    """
    found = await grant_store.grant_by_code(tx, fingerprint(offer.code))
    if found is None or found.application_id != client.id:
        return Refused(UNKNOWN_CODE)
    await store.hold_grants(tx, found.connection_id)
    grant = await grant_store.grant_by_id(tx, found.id)
    if grant is None or grant.ended_at is not None:
        return Refused(UNKNOWN_CODE)
    if grant.exchanged_at is not None:
        await _end(tx, client, grant, "connection.code_replayed")
        return Refused("The code was used before, so the tokens it gave have been ended.")
    if grant.code_expires_at <= tx.now:
        return Refused(UNKNOWN_CODE)
    misfit = _misfit(grant, offer)
    if misfit:
        return Refused(misfit)
    await store.revoke_connection_tokens(tx, grant.connection_id, but=grant.id)
    await grant_store.mark_exchanged(tx, grant.id)
    issued = await issue_family(tx, grant)
    await audit.record(tx, actor_of(client), "connection.token_issued", grant.connection_id)
    return issued


async def refresh(tx: Writing, client: ClientOwner, token: str) -> IssuedToken | Refused:
    """Give the next tokens of a family for its refresh token, which is good once.

    One that was used before ends the whole family (RFC 9700 §4.14.2), unless that was less than
    `RACE` ago: then it is only refused. The access token before lives on for `OVERLAP`.
    """
    hash = fingerprint(token)
    found = await grant_store.refresh_token(tx, hash)
    if found is None:
        return Refused(UNKNOWN_REFRESH)
    grant = await grant_store.grant_by_id(tx, found.grant_id, lock=True)
    if grant is None or grant.application_id != client.id or grant.ended_at is not None:
        return Refused(UNKNOWN_REFRESH)
    now = await grant_store.refresh_token(tx, hash)
    if now is None or now.expires_at <= tx.now:
        return Refused(UNKNOWN_REFRESH)
    if now.used_at is not None and tx.now - now.used_at <= RACE:
        return Refused("The refresh token was used a moment ago; go on with the one that gave.")
    if now.used_at is not None:
        await _end(tx, client, grant, "connection.refresh_token_reused")
        return Refused("The refresh token was used before, so all tokens of its family have ended.")
    await grant_store.mark_used(tx, hash)
    await grant_store.shorten_access(tx, grant.id, tx.now + OVERLAP)
    issued = await issue_family(tx, grant)
    await audit.record(tx, actor_of(client), "connection.token_refreshed", grant.connection_id)
    return issued


def fits_challenge(verifier: str, challenge: str) -> bool:
    """Whether a verifier is the one whose S256 challenge this is (RFC 7636 §4.6)."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = hashlib.sha256(verifier.encode("ascii")).digest()
    return same(urlsafe_b64encode(digest).rstrip(b"="), challenge)


def actor_of(client: ClientOwner) -> Actor:
    """Return an application that proved who it is as the one who acts."""
    return Actor(
        kind="application", id=client.id, label=client.name, workspace_id=client.workspace_id
    )


def _misfit(grant: Grant, offer: CodeOffer) -> str:
    """Say what does not fit the request the code was given for, or nothing.

    OAuth 2.1 leaves `redirect_uri` out of this request where PKCE does its work; sent, it counts.
    """
    if offer.redirect_uri and offer.redirect_uri != grant.redirect_uri:
        return "redirect_uri is not the one the code was sent to."
    if grant.code_challenge is None:
        if offer.verifier:
            return "code_verifier belongs to no code_challenge: the request to Link had none."
        return "" if offer.redirect_uri else "Send the redirect_uri the code was sent to."
    if not offer.verifier:
        return "Send code_verifier, the text whose code_challenge Link was given."
    return (
        ""
        if fits_challenge(offer.verifier, grant.code_challenge)
        else ("code_verifier does not fit the code_challenge.")
    )


async def _end(tx: Writing, client: ClientOwner, grant: Grant, action: str) -> None:
    await grant_store.end_grant(tx, grant.id)
    await audit.record(tx, actor_of(client), action, grant.connection_id)
