"""Why a system could not be connected, in plain words beside the field that causes it."""

from drawbar.connectors.sdk.errors import (
    CredentialInvalid,
    CredentialsRejected,
    PermissionMissing,
    RateLimited,
    SourceError,
    SourceUnavailable,
)
from drawbar.connectors.sdk.manifest import Manifest
from drawbar.kit.errors import FieldError, Problem
from drawbar.kit.outgoing import OutgoingError
from drawbar.link.form import PREFIX
from drawbar.ui.reader import gettext, reader
from drawbar.ui.states import words_for

USER_NAMES = frozenset({"user", "username", "user_name", "login", "email"})
OTHERS_FAULT = 500
"""From this HTTP status on the server says that the fault is its own."""


def explained(problem: Problem, manifest: Manifest) -> tuple[FieldError, ...]:
    """Say a failed check in the reader's words; the field `address` stands for the system's."""
    cause = problem.__cause__
    if isinstance(cause, CredentialInvalid):
        return (FieldError(PREFIX + cause.field, gettext(str(cause))),)
    if isinstance(cause, SourceError):
        return (_of_source(cause, manifest),)
    if problem.errors:
        return tuple(FieldError(one.field, gettext(one.message)) for one in problem.errors)
    return (FieldError("address", gettext(problem.detail)),)


def listed(entities: list[str]) -> str:
    """Write names of entities as part of a sentence: "work orders, assets"."""
    return ", ".join(_inside_a_sentence(words_for(name)) for name in entities)


def _of_source(error: SourceError, manifest: Manifest) -> FieldError:
    if isinstance(error, CredentialsRejected):
        return FieldError("credentials", _refused(manifest))
    if isinstance(error, PermissionMissing):
        sentence = gettext("The server answered, but this user may not read %(entities)s.")
        entities = listed(list(manifest.entities))
        return FieldError("credentials", sentence % {"entities": entities})
    if isinstance(error, RateLimited):
        return FieldError(
            "address", gettext("The server asks for patience. Wait a minute, then check again.")
        )
    if isinstance(error, SourceUnavailable):
        return FieldError("address", _unreachable(error))
    if isinstance(error.__cause__, OutgoingError):
        return FieldError("address", _no_way(error.__cause__))
    return FieldError(
        "address",
        gettext("The server answered, but not as %(system)s does. Check that this is its address.")
        % {"system": manifest.name},
    )


def _refused(manifest: Manifest) -> str:
    secrets = [one for one in manifest.credentials if one.secret]
    if any(one.name in USER_NAMES for one in manifest.credentials):
        return gettext("User name or password are wrong.")
    if len(secrets) == 1:
        sentence = gettext("%(system)s does not accept this %(field)s: it is wrong or has ended.")
        return sentence % {"system": manifest.name, "field": gettext(secrets[0].label)}
    return gettext("%(system)s does not accept these credentials.") % {"system": manifest.name}


def _unreachable(error: SourceUnavailable) -> str:
    if isinstance(error.__cause__, OutgoingError):
        return _no_way(error.__cause__)
    if error.status is not None and error.status >= OTHERS_FAULT:
        sentence = gettext(
            "The server answered that it is out of order (%(status)s). Try again later."
        )
        return sentence % {"status": error.status}
    return gettext("Nobody answers at this address.")


def _no_way(error: OutgoingError) -> str:
    sentences = {
        "dns": gettext("There is no server of this name. Check the address for typing errors."),
        "connect": gettext("Nobody answers at this address."),
        "timeout": gettext("The server did not answer in time. Is it switched on and reachable?"),
        "tls": gettext("The server's certificate is not valid, so no secure connection is made."),
        "address_refused": gettext("This address cannot be reached from here."),
        "too_large": gettext("The server answered with far more than was asked for."),
    }
    return sentences.get(error.kind, gettext("The server broke off the connection."))


def _inside_a_sentence(words: str) -> str:
    """Start with a small letter unless the language or an abbreviation wants a capital one."""
    keeps = reader().locale == "de" or words[:2].isupper()
    return words if keeps else words[:1].lower() + words[1:]
