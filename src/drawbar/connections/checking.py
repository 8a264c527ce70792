"""Trying credentials at a system, and saying what is wrong beside the field that causes it."""

from collections.abc import Mapping

from drawbar.connections.source import source_of
from drawbar.connectors.catalogue import CATALOGUE, SYSTEMS
from drawbar.connectors.sdk.connector import Checked, Connector
from drawbar.connectors.sdk.errors import (
    CredentialInvalid,
    CredentialsRejected,
    PermissionMissing,
    SourceError,
)
from drawbar.connectors.sdk.manifest import Deployment, Manifest
from drawbar.kit.errors import FieldError, Problem, invalid, invalid_fields, source_error
from drawbar.kit.outgoing import OutgoingHttp

GRANTED = frozenset({"access_token", "refresh_token", "expires_at", "token_type", "scope"})
"""What an OAuth-type source adds to the form's values (see `SourceOAuth`)."""


def connector_of(slug: str) -> Connector:
    """Return the connector of a system; raise 422 that says what can be connected instead."""
    if slug in CATALOGUE:
        return CATALOGUE[slug]
    there_is = f"Today there is {', '.join(CATALOGUE)}."
    if slug in SYSTEMS:
        raise invalid("system", f"{SYSTEMS[slug].name} cannot be connected yet. {there_is}")
    raise invalid("system", f"is not in the catalogue. {there_is}")


def deployment_of(manifest: Manifest, wanted: str | None) -> Deployment:
    """Return the wanted deployment, the system's first for None; raise 422 if it has none such."""
    if wanted is None:
        return manifest.deployments[0]
    for kind in manifest.deployments:
        if kind == wanted:
            return kind
    offered = " or ".join(manifest.deployments)
    raise invalid("deployment", f"{wanted!r} is not offered by {manifest.name}; use {offered}.")


async def check_credentials(
    http: OutgoingHttp,
    system: str,
    deployment: str | None,
    credentials: Mapping[str, str],
    settings: Mapping[str, object] | None = None,
) -> Checked:
    """Try the credentials at the source and return what they open.

    Raises 422, or 502 when the source does not answer, whose `errors[].field` is the form's field
    at fault, `credentials.<name>`.
    """
    connector = connector_of(system)
    deployment_of(connector.manifest, deployment)
    refuse_unfit(connector, credentials)
    try:
        checked = await connector.check(
            source_of(http, connector, credentials, dict(settings or {}))
        )
    except CredentialInvalid as error:
        raise invalid(f"credentials.{error.field}", str(error)) from error
    except SourceError as error:
        raise problem_of(error, connector.manifest) from error
    if checked.permissions and not any(checked.permissions.values()):
        entities = ", ".join(name.replace("_", " ") for name in checked.permissions)
        raise invalid(
            _secret_field(connector.manifest),
            f"are right, but this user may read nothing here: {entities}. "
            "Ask for the rights in the system, then try again.",
        ) from PermissionMissing(entities)
    return checked


def refuse_unfit(connector: Connector, credentials: Mapping[str, str]) -> None:
    """Raise 422 that names every field that is unknown, missing or misshapen."""
    fields = connector.manifest.credentials
    known = {field.name for field in fields} | (GRANTED if connector.oauth else frozenset())
    named = ", ".join(sorted(known))
    unknown = [
        FieldError(f"credentials.{name}", f"is unknown; give {named}.")
        for name in credentials
        if name not in known
    ]
    misshapen = [
        FieldError(f"credentials.{field.name}", fault)
        for field in fields
        if (fault := field.check_format(credentials.get(field.name, "")))
    ]
    if unknown or misshapen:
        raise invalid_fields((*unknown, *misshapen))


def problem_of(error: SourceError, manifest: Manifest) -> Problem:
    """Say a source's failure as an answer of the hub, beside the field most likely at fault.

    Refused credentials are the secret's fault, a system that does not answer the address's.
    """
    if isinstance(error, CredentialsRejected):
        return invalid(_secret_field(manifest), f"were refused by the system: {error}.")
    if isinstance(error, PermissionMissing):
        return invalid(
            _secret_field(manifest),
            f"are right, but this user may not do what is needed: {error}. "
            "Ask for the rights in the system, then try again.",
        )
    problem = source_error(str(error))
    problem.errors = (FieldError(_address_field(manifest), str(error)),)
    return problem


def _secret_field(manifest: Manifest) -> str:
    return _field([one.name for one in manifest.credentials if one.secret])


def _address_field(manifest: Manifest) -> str:
    addresses = [one.name for one in manifest.credentials if one.kind == "url"]
    return _field(addresses or [one.name for one in manifest.credentials])


def _field(names: list[str]) -> str:
    return f"credentials.{names[0]}" if names else "credentials"
