"""The way to a connection's source: every call to a customer's system goes through here."""

from collections.abc import Mapping
from typing import Any

from drawbar.connectors.sdk.connector import Connector, SourceHttp
from drawbar.connectors.sdk.http import JsonHttp
from drawbar.kit.outgoing import OutgoingHttp


def source_of(
    http: OutgoingHttp,
    connector: Connector,
    credentials: Mapping[str, str],
    settings: Mapping[str, Any] = {},
) -> SourceHttp:
    """Return the calls to a system with these credentials; raise `CredentialInvalid`.

    `settings` are the connection's; a connection still to be made has none.
    """
    return JsonHttp(connector.transport or http, connector.access(credentials, settings))
