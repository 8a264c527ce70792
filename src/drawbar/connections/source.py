"""The way to a connection's source: every call to a customer's system goes through here."""

from collections.abc import Mapping

from drawbar.connectors.sdk.connector import Connector, SourceHttp
from drawbar.connectors.sdk.http import JsonHttp
from drawbar.kit.outgoing import OutgoingHttp


def source_of(
    http: OutgoingHttp, connector: Connector, credentials: Mapping[str, str]
) -> SourceHttp:
    """Return the calls to a system with these credentials; raise `CredentialInvalid`."""
    return JsonHttp(connector.transport or http, connector.access(credentials))
