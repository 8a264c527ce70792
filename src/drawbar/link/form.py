"""The form that a manifest describes: what was sent, read and checked field by field."""

from collections.abc import Iterable, Mapping

import msgspec

from drawbar.connectors.sdk.connector import Connector
from drawbar.connectors.sdk.errors import CredentialInvalid
from drawbar.connectors.sdk.manifest import Deployment, Manifest
from drawbar.kit.errors import FieldError, invalid_fields
from drawbar.workspaces import credits

PREFIX = "credentials."
LONGEST_NAME = 200


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody typed: a name for the connection, where the system runs, its credentials."""

    name: str
    deployment: Deployment
    credentials: dict[str, str]

    def __repr__(self) -> str:
        return f"Entry({self.name!r}, {self.deployment!r}, …)"


def read_entry(manifest: Manifest, sent: Mapping[str, str]) -> Entry:
    """Read a filled form; raise 422 that names every field at fault."""
    errors = [*_name_errors(sent), *_deployment_errors(manifest, sent)]
    for field in manifest.credentials:
        fault = field.check_format(sent.get(PREFIX + field.name, ""))
        if fault:
            errors.append(FieldError(PREFIX + field.name, fault))
    if errors:
        raise invalid_fields(tuple(errors))
    return Entry(
        name=sent["name"].strip(),
        deployment=deployment_of(manifest, sent) or manifest.deployments[0],
        credentials=credentials_of(manifest, sent),
    )


def credentials_of(manifest: Manifest, sent: Mapping[str, str]) -> dict[str, str]:
    """Return the credentials among the fields sent; what was left empty is missing."""
    return {
        field.name: text
        for field in manifest.credentials
        if (text := sent.get(PREFIX + field.name, "").strip())
    }


def fault_of(connector: Connector, sent: Mapping[str, str], name: str) -> str | None:
    """Return what is wrong with the shape of one field, a msgid; None when nothing is."""
    field = next((one for one in connector.manifest.credentials if one.name == name), None)
    if field is None:
        return None
    fault = field.check_format(sent.get(PREFIX + name, ""))
    if fault or connector.oauth:
        return fault
    try:
        connector.access(credentials_of(connector.manifest, sent))
    except CredentialInvalid as error:
        return str(error) if error.field == name else None
    return None


def deployment_of(manifest: Manifest, sent: Mapping[str, str]) -> Deployment | None:
    """Return where the system runs: what was chosen, its first way when nothing was."""
    chosen = sent.get("deployment") or manifest.deployments[0]
    return next((one for one in manifest.deployments if one == chosen), None)


def prices(manifest: Manifest) -> list[tuple[Deployment, int]]:
    """Return each way of running the system with its credits."""
    return [(kind, credits.price(manifest.tier, kind)) for kind in manifest.deployments]


def placed(manifest: Manifest, errors: Iterable[FieldError]) -> dict[str, str]:
    """Put each error beside the field that most likely causes it.

    Refused credentials are the secret's fault, a system that does not answer the address's.
    What fits no field stays under the empty name.
    """
    secret = next((one.name for one in manifest.credentials if one.secret), "")
    address = next((one.name for one in manifest.credentials if one.kind == "url"), secret)
    stand_ins = {
        "credentials": f"{PREFIX}{secret}" if secret else "",
        "address": f"{PREFIX}{address}" if address else "",
        "": f"{PREFIX}{address}" if address else "",
    }
    return {stand_ins.get(error.field, error.field): error.message for error in errors}


def _name_errors(sent: Mapping[str, str]) -> list[FieldError]:
    name = sent.get("name", "").strip()
    if not name:
        return [FieldError("name", "Give it a name, such as your customer's.")]
    if len(name) > LONGEST_NAME:
        return [FieldError("name", "Use at most 200 characters.")]
    return []


def _deployment_errors(manifest: Manifest, sent: Mapping[str, str]) -> list[FieldError]:
    if deployment_of(manifest, sent) is None:
        return [FieldError("deployment", "Choose where the system runs.")]
    return []
